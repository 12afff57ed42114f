"""What the three clocks of a number say for themselves."""

from __future__ import annotations

import httpx

from tests.conftest import HandClock
from tests.web.conftest import add_number
from tests.web.test_board import said


async def test_silence_says_since_when_and_how_sure(anna: httpx.AsyncClient) -> None:
    """The day is about a day where it follows the operator's rule."""
    form = {"operator": "mts", "used": "date", "used_on": "2026-11-01"}
    page = said(await anna.get(await add_number(anna, **form)))
    assert "180 days after 1 Nov, the last use we know of; the exact term may differ." in page
    assert "about 30 Apr 2027" in page


async def test_a_measured_use_is_called_an_estimate_and_said_in_round_sums(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """From three balances over a week: what is used a day; what to pay is a whole sum, enough."""
    line = await add_number(anna, balance="120.50", low_balance="")
    for day, balance in (("2026-11-24", "101.30"), ("2026-11-28", "90.10")):
        clock.set(f"{day}T09:00")
        await anna.post(f"{line}/balance", data={"balance": balance, "on": day})
    page = said(await anna.get(line))
    assert "is used a day, by the balances entered: an estimate." in page
    assert "Top up at least 218 ₽" in page
    assert "Counted with a fee of 300 ₽." in page


async def test_a_daily_fee_is_no_estimate(anna: httpx.AsyncClient) -> None:
    """What the tariff takes each day is said as such."""
    page = said(await anna.get(await add_number(anna, cycle="daily", fee="10", next="")))
    assert "10 ₽ a day by the tariff." in page


async def test_money_that_is_left_under_the_floor_is_not_called_used_up(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """The day on which it fell under the owner's floor is no day until which it lasts."""
    line = await add_number(anna, balance="50", low_balance="100", fee="", next="")
    clock.set("2026-11-26T09:00")
    page = said(await anna.get(line))
    assert "Less than 100 ₽ since" in page
    assert "It fell under 100 ₽ on 20 Nov." in page
    assert "lasts until" not in page


async def test_money_that_is_used_up_does_not_last(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """A day that is over is told as over."""
    line = await add_number(anna, balance="25", low_balance="", cycle="daily", fee="10", next="")
    assert "By our count it lasts until Mon 23 Nov." in said(await anna.get(line))
    clock.set("2026-11-27T09:00")
    page = said(await anna.get(line))
    assert "Money used up on" in page
    assert "By our count it was used up on Mon 23 Nov." in page
    assert "lasts until" not in page


async def test_a_floor_ahead_is_not_the_end_of_money(anna: httpx.AsyncClient) -> None:
    """Of a balance that use takes under the owner's floor on a day to come, it is said that it
    falls under it then, and nowhere that money lasts until then or runs out."""
    form = {"cycle": "daily", "fee": "10", "next": "", "used": "date", "used_on": "2026-11-01"}
    line = await add_number(anna, balance="125", low_balance="100", **form)
    page = said(await anna.get(line))
    assert "By our count it falls under 100 ₽ then." in page
    assert "Less than 100 ₽ from" in page
    assert "By our count it falls under 100 ₽ on 23 Nov." in page
    assert "Low balance: 23 Nov" in page
    for wrong in ("lasts until", "runs out", "The balance is used up"):
        assert wrong not in page
