"""The page of one number: what it says, draws, counts and sends."""

from __future__ import annotations

import re

import httpx
import pytest

from reminder.app import App
from tests.conftest import HandClock
from tests.web.conftest import add_number
from tests.web.test_board import said


async def test_the_drawing_says_itself_and_comes_as_numbers(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """Two sentences, a picture with the same words, and a table of all it shows."""
    line = await add_number(anna)
    clock.set("2026-11-22T09:00")
    await anna.post(f"{line}/topped-up", data={"sum": "other", "other": "100"})
    page = said(await anna.get(line))
    told = "About 220.50 ₽ is there now. On 1 Dec a fee of 300 ₽ is charged: 79.50 ₽ short."
    assert page.count(told) == 2
    rows = re.findall(
        r'<td class="keep">([^<]+)</td><td>([^<]+)</td>'
        r'<td class="num">([^<]*)</td><td class="num">([^<]*)</td>',
        page,
    )
    assert rows == [
        ("20 Nov", "balance entered", "", "120.50 ₽"),
        ("22 Nov", "top-up", "+100 ₽", "220.50 ₽"),
        ("22 Nov", "today, by our count", "", "220.50 ₽"),
        ("1 Dec", "fee to come", "−300 ₽", "79.50 ₽ short"),
    ]
    assert "if 379.50 ₽ is paid in" in page


async def test_without_a_balance_nothing_is_drawn(anna: httpx.AsyncClient) -> None:
    """The fee's clock stands, the money's asks for a balance."""
    page = said(await anna.get(await add_number(anna, balance="")))
    assert 'role="img"' not in page
    assert "Add a balance, and we can tell." in page


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2027-03-01", "Enough until 1 Mar 2027: 779.50 ₽"),
        ("2026-11-25", "Enough until Wed 25 Nov already."),
        ("2026-11-20", "Choose a day after today"),
        ("2050-01-01", "Choose a day after today"),
        ("tomorrow", "Enter a date, such as 2026-12-01"),
    ],
)
async def test_how_much_reaches_a_day_of_ones_own(
    anna: httpx.AsyncClient, until: str, expected: str
) -> None:
    """PRODUCT section 2: enough until 1 March, 779.50 ₽."""
    line = await add_number(anna)
    assert expected in said(await anna.get(f"{line}?until={until}"))


async def test_a_message_asked_for_goes_out_and_stands_in_the_log(
    app: App, anna: httpx.AsyncClient
) -> None:
    """Sent by the real path, seen on the page with its state; asked again it says why not."""
    line = await add_number(anna)
    answer = await anna.post(f"{line}/send")
    assert answer.headers["location"] == f"{line}?said=sent-now#log"
    await app.ensure_sender().drain()
    page = said(await anna.get(line))
    assert "delivered" in page
    again = await anna.post(f"{line}/send")
    assert "Nothing was sent" in said(await anna.get(again.headers["location"]))


async def test_the_history_says_what_was_recorded(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """Each entry with its sum and day; the last can be taken back."""
    line = await add_number(anna)
    clock.set("2026-11-20T11:00")
    await anna.post(f"{line}/topped-up", data={"sum": "other", "other": "77", "on": "2026-11-19"})
    assert "Top-up recorded. 77 ₽ 19 Nov" in said(await anna.get(line))
    await anna.post(f"{line}/undo")
    assert "Top-up recorded. 77 ₽" not in said(await anna.get(line))


async def test_deleting_asks_first(anna: httpx.AsyncClient) -> None:
    """Opening the page deletes nothing; its button does, and the board says so."""
    line = await add_number(anna)
    assert "This cannot be taken back" in said(await anna.get(f"{line}/delete"))
    assert (await anna.get(line)).status_code == 200
    gone = await anna.post(f"{line}/delete")
    assert "The number is deleted" in said(await anna.get(gone.headers["location"]))
