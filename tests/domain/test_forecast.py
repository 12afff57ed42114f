"""How far the money goes, beside a walk from day to day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.balance import Fees, Reading, RunOut, run_out
from reminder.domain.clocks import balance
from reminder.domain.forecast import Longer, forecast, lacking, longer
from reminder.domain.line import Plan, Situation
from reminder.domain.schedule import DAY, Period
from reminder.errors import InvalidInput
from tests.builders import (
    build_case,
    build_line,
    build_standing,
    by_owner,
    daily,
    day,
    moscow,
    read_at,
    rubles,
    use_of_ten_a_day,
    without_renewal,
)

NOV_20 = moscow("2026-11-20 12:00")
TODAY = day("2026-11-20")


def needed(case: Situation, until: str, now: str = "2026-11-20 12:00") -> str | None:
    """What a forecast says is needed, as an amount."""
    found = forecast(case, moscow(now), day(until)).needed
    return found.amount if found else None


@pytest.mark.parametrize(
    ("until", "amount", "fees"),
    [
        ("2026-12-01", "0.00", 0),
        ("2026-12-02", "179.50", 1),
        ("2027-01-01", "179.50", 1),
        ("2027-03-01", "779.50", 3),
    ],
)
def test_enough_until_a_day(until: str, amount: str, fees: int) -> None:
    """120.50 are there and 300 a month are taken from 1 December on: until 1 March three fees."""
    case = build_case(None, read_at(NOV_20, "120.50"))
    found = forecast(case, NOV_20, day(until))
    assert (needed(case, until), len(found.fees)) == (amount, fees)
    assert found.fees_sum == rubles(str(300 * fees))


def test_use_is_added_up_to_the_eve() -> None:
    """Ten a day is an estimate; what is needed carries it to the end of the day before."""
    case = build_case(None, *use_of_ten_a_day("2026-11-20", 300))
    found = forecast(case, NOV_20, day("2026-12-02"))
    assert found.is_estimate
    assert found.a_day == rubles("10")
    assert found.projected == rubles("300")
    assert (found.runs_out_on, found.basis) == (day("2026-12-01"), "fee")
    assert found.needed == rubles("110")


def test_a_daily_fee_is_no_estimate() -> None:
    """Ten a day by the tariff is certain, and is no fee of a single day."""
    case = build_case(daily(), read_at(NOV_20, "100"), standing=without_renewal())
    found = forecast(case, NOV_20, day("2026-12-11"))
    assert (found.is_estimate, found.fees, found.a_day) == (False, (), rubles("10"))
    assert found.needed == rubles("100")
    assert found.runs_out_on == day("2026-11-30")


@pytest.mark.parametrize(
    "case",
    [
        build_case(),
        build_case(by_owner(), read_at(NOV_20, "100")),
        build_case(by_owner(fee=rubles("300")), read_at(NOV_20, "100")),
        build_case(build_line(plan=Plan.POSTPAID), read_at(NOV_20, "100")),
    ],
    ids=["no balance", "no fee", "paid by hand", "postpaid"],
)
def test_what_nobody_can_know_is_not_said(case: Situation) -> None:
    """Without a balance, or a fee that leaves it, no sum is named."""
    assert needed(case, "2027-03-01") is None


def test_autopay_needs_only_the_use() -> None:
    """Fees that are paid automatically are not to be paid in."""
    case = build_case(build_line(autopay=True), *use_of_ten_a_day("2026-11-20", 50))
    assert needed(case, "2026-12-01") == "50.00"


def test_the_fee_of_today_counts_once() -> None:
    """On D itself: a covered fee is taken already, a short one is still to be taken, later too."""
    paid = build_case(None, read_at(NOV_20, "350"))
    short = build_case(None, read_at(NOV_20, "100"))
    overdue = short.moved(overdue=True)
    assert needed(paid, "2026-12-20", "2026-12-01 12:00") == "0.00"
    assert needed(paid, "2027-01-02", "2026-12-01 12:00") == "250.00"
    assert needed(short, "2026-12-20", "2026-12-01 12:00") == "200.00"
    assert needed(overdue, "2026-12-20", "2026-12-05 12:00") == "200.00"
    assert needed(overdue, "2027-01-02", "2026-12-05 12:00") == "500.00"


def test_a_day_that_is_not_to_come_is_refused() -> None:
    """Today, the past, and what lies more than five years off: the answer names the bounds."""
    case = build_case(None, read_at(NOV_20, "100"))
    for until in (TODAY, TODAY - DAY, TODAY + timedelta(days=1831)):
        with pytest.raises(InvalidInput, match="2026-11-21 to 2031-11-24"):
            forecast(case, NOV_20, until)
    assert forecast(case, NOV_20).until == day("2027-02-18")


def lasts(value: Fraction, a_day: Fraction, fees: frozenset[date], fee: int, until: date) -> bool:
    """Walk from the end of today, day by day: a fee at each beginning, use at each end."""
    at = TODAY + DAY
    while at < until:
        if at in fees:
            if value < fee:
                return False
            value -= fee
        value -= a_day
        if value < 0:
            return False
        at += DAY
    return True


PERIODS = st.sampled_from([Period(months=1), Period(days=7), Period(days=30), None])


@settings(deadline=None)
@given(
    st.integers(0, 90_000),
    st.integers(0, 2_000),
    st.integers(1, 40_000),
    PERIODS,
    st.integers(1, 40),
    st.integers(1, 200),
)
def test_the_sum_is_the_least_that_lasts(
    there: int, use: int, fee: int, period: Period | None, first: int, until: int
) -> None:
    """With what is needed a walk from day to day comes through; with a kopeck less it does not, or
    with a ruble less from ten rubles up, where a measured use allows no finer sum."""
    deadline = TODAY + timedelta(days=first)
    line = build_line(fee=rubles("1") if fee == 0 else rubles(f"{fee / 100:.2f}"), period=period)
    readings = _steady(there, use)
    case = build_case(line, *readings, standing=build_standing(renews_on=deadline, anchor=deadline))
    end = TODAY + timedelta(days=until)
    found = forecast(case, NOV_20, end)
    assert found.needed is not None
    walk = (Fraction(use), frozenset(found.fees), fee, end)
    assert lasts(Fraction(there + found.needed.minor), *walk)
    if found.needed.minor:
        less = 100 if use and found.needed.minor >= 1000 else 1
        assert not lasts(Fraction(there + found.needed.minor - less), *walk)


def _steady(there: int, use: int) -> list[Reading]:
    days = (10, 5, 0)
    return [
        read_at(NOV_20 - timedelta(days=n), f"{(there + use * n) / 100:.2f}", id_=f"r{n}")
        for n in days
    ]


@settings(deadline=None)
@given(
    st.integers(0, 50_000),
    st.just(0) | st.integers(20, 3_000),
    st.integers(0, 5_000),
    st.lists(st.integers(1, 200), unique=True, max_size=6).map(sorted),
    st.integers(1, 40_000),
)
def test_the_run_out_day_is_the_walks(
    value: int, a_day: int, low: int, offsets: list[int], fee: int
) -> None:
    """The day by reckoning is the day that a walk comes to, for every order of use and fees."""
    dates = tuple(TODAY + timedelta(days=n) for n in offsets)
    found = run_out(Fraction(value), TODAY, Fraction(a_day), low, Fees(dates, fee))
    assert found == _walked(value, a_day, low, frozenset(dates), fee)


def _walked(value: int, a_day: int, low: int, dates: frozenset[date], fee: int) -> RunOut | None:
    floor = low if value >= low else 0
    at = TODAY
    while at <= TODAY + timedelta(days=3_000):
        if at in dates:
            if value < fee:
                return RunOut(at, "fee")
            value -= fee
            floor = low if value >= low else 0
        if at > TODAY:
            value -= a_day
        gone = value < floor if floor else value <= 0
        if gone and a_day:
            return RunOut(at, "burn_rate", floor)
        at += DAY
    return None


NOV_24 = moscow("2026-11-24 09:00")


def lasting(case: Situation) -> Longer | None:
    """What lasts longer, seen on 24 November."""
    return longer(case, NOV_24, balance(case, NOV_24))


def lack(case: Situation) -> str | None:
    """What is missing to the floor, seen on 24 November, as an amount."""
    found = lacking(case, balance(case, NOV_24))
    return found.amount if found else None


def test_what_lasts_longer() -> None:
    """Of 105, ten a day leave 65 on the 24th, which last to the 30th: 36 days more cost 295."""
    case = build_case(daily(), read_at(NOV_20, "105"), standing=without_renewal())
    assert lasting(case) == Longer(rubles("295"), day("2026-12-31"), None, None)
    used_up = build_case(daily(), read_at(NOV_20, "35"), standing=without_renewal())
    assert lasting(used_up) == Longer(rubles("295"), day("2026-12-24"), None, None)


def test_what_lasts_longer_leaves_the_floor() -> None:
    """A floor of 100 is to be there still; so is the fee of 1 December."""
    line = daily(low_balance=rubles("100"))
    case = build_case(line, read_at(NOV_20, "165"), standing=without_renewal())
    assert lasting(case) == Longer(rubles("295"), day("2026-12-27"), None, rubles("100"))
    line = build_line(low_balance=rubles("100"))
    case = build_case(line, read_at(NOV_20, "40"))
    assert lasting(case) == Longer(rubles("360"), day("2026-12-31"), rubles("300"), rubles("100"))


@pytest.mark.parametrize(
    "case",
    [
        build_case(None),
        build_case(daily(), read_at(NOV_20, "20000"), standing=without_renewal()),
        build_case(
            build_line(fee=None, low_balance=rubles("50")),
            read_at(NOV_20, "40"),
            standing=without_renewal(),
        ),
    ],
)
def test_what_lasts_longer_is_not_guessed(case: Situation) -> None:
    """Nothing known, years away, no use and no fee: no sum is said. Nor where enough is there."""
    assert lasting(case) is None
    line = build_line(low_balance=rubles("100"))
    now = moscow("2026-12-01 12:00")
    short = build_case(line, read_at(NOV_20, "40"), read_at(now, "2000"))
    assert longer(short, now, balance(build_case(line, read_at(NOV_20, "40")), now)) is None


def test_what_is_missing_to_the_floor() -> None:
    """40 of 100 lack 60, 80 by a measured use lack whole rubles; above it, nothing."""
    line = build_line(fee=None, low_balance=rubles("100"))
    assert lack(build_case(line, read_at(NOV_20, "40.50"), standing=without_renewal())) == "59.50"
    assert lack(build_case(line, *use_of_ten_a_day("2026-11-23", 90))) == "20.00"
    assert lack(build_case(line, read_at(NOV_20, "100"), standing=without_renewal())) is None
    assert lack(build_case(None)) is None
