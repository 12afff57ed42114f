"""Promises of reminder/domain/track.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.balance import ReadingKind
from reminder.domain.clocks import covered
from reminder.domain.forecast import forecast
from reminder.domain.line import Situation
from reminder.domain.track import Step, ahead, past, sums
from tests.builders import (
    DEADLINE,
    build_case,
    build_line,
    by_owner,
    daily,
    day,
    moscow,
    read_at,
    use_of_ten_a_day,
    without_renewal,
)

NOON = moscow("2026-11-20 12:00")
SHORT = build_case(None, read_at(NOON - timedelta(days=1), "120.50"))


def _steps(case: Situation, until: str) -> list[tuple[str, str, str]]:
    """The marks ahead as (what, day, balance after)."""
    marks = ahead(case, NOON, day(until))
    return [(m.step.value, m.on.isoformat(), str((m.after or Fraction(0)) / 100)) for m in marks]


def test_nothing_is_drawn_beyond_the_first_fee_that_is_not_covered() -> None:
    """A balance of 120.50 before a fee of 300: the track ends on that fee's day."""
    assert _steps(SHORT, "2027-02-01") == [
        ("today", "2026-11-20", "241/2"),
        ("short", "2026-12-01", "241/2"),
    ]


def test_what_is_paid_in_carries_on() -> None:
    """With the suggested sum the fees go off one after the other, to the end of the frame."""
    marks = ahead(SHORT, NOON, day("2027-01-15"), Fraction(47950))
    assert [(m.step, m.on.isoformat()) for m in marks] == [
        (Step.TODAY, "2026-11-20"),
        (Step.FEE_AHEAD, "2026-12-01"),
        (Step.FEE_AHEAD, "2027-01-01"),
        (Step.END, "2027-01-15"),
    ]
    assert marks[-1].after == 0


def test_use_alone_empties_a_balance_on_its_day() -> None:
    """Ten rubles a day out of 120 end twelve days on; what is gone is not drawn below zero."""
    case = build_case(by_owner(), *use_of_ten_a_day("2026-11-20", 120), standing=without_renewal())
    assert _steps(case, "2027-02-01")[-1] == ("empty", "2026-12-02", "0")


def test_a_balance_that_is_used_up_has_no_track_ahead() -> None:
    """Below zero by use, nothing rises to zero again by itself."""
    case = build_case(daily(), read_at(NOON, "25"), standing=without_renewal())
    (only,) = ahead(case, moscow("2026-11-26 12:00"), day("2026-12-20"))
    assert (only.step, only.after) == (Step.TODAY, Fraction(-3500))


def test_use_that_takes_all_before_a_fee_ends_it_first() -> None:
    """Ten rubles a day out of 30 are gone before the fee of December: that day is told."""
    case = build_case(None, *use_of_ten_a_day("2026-11-20", 30))
    assert _steps(case, "2027-02-01") == [
        ("today", "2026-11-20", "30"),
        ("empty", "2026-11-23", "0"),
    ]


def test_a_balance_that_is_not_known_has_no_track_ahead() -> None:
    """Without a reading, or after one that says "not known", nothing is foreseen."""
    assert ahead(build_case(), NOON, DEADLINE) == []
    lost = read_at(NOON, "0", ReadingKind.UNKNOWN)
    case = build_case(None, read_at(NOON - timedelta(days=1), "10"), lost)
    assert ahead(case, NOON, DEADLINE) == []
    assert [m.step for m in past(case, NOON)] == [Step.SEEN, Step.UNKNOWN]


def test_the_past_is_told_in_order_with_what_was_there_before_and_after() -> None:
    """Readings stand as they were seen, fees and top-ups are steps, today closes the row."""
    entries = (
        read_at(NOON - timedelta(days=9), "200"),
        read_at(NOON - timedelta(days=6), "300", ReadingKind.TOP_UP),
        read_at(NOON - timedelta(days=3), "100", ReadingKind.FEE),
    )
    told: list[tuple[object, object, object]] = [
        (m.step, m.before, m.after) for m in past(build_case(None, *entries), NOON)
    ]
    assert told == [
        (Step.SEEN, 20000, 20000),
        (Step.TOP_UP, 20000, 50000),
        (Step.FEE, 50000, 40000),
        (Step.TODAY, 40000, 40000),
    ]


def test_sums_carry_one_fee_then_two_then_three() -> None:
    """Each sum is the least that carries its fees."""
    assert [(s.amount.amount, len(s.days)) for s in sums(SHORT, NOON)] == [
        ("179.50", 1),
        ("479.50", 2),
        ("779.50", 3),
    ]
    assert sums(build_case(by_owner()), NOON) == []
    once = build_case(build_line(period=None), read_at(NOON, "100"))
    assert [s.amount.amount for s in sums(once, NOON)] == ["200.00"]


@given(balance=st.integers(-50_000, 200_000), days=st.integers(12, 200))
def test_what_the_forecast_needs_covers_every_fee_before_that_day(balance: int, days: int) -> None:
    """Paid in today, it leaves no fee before that day short in the track, and one kopeck less
    does: both reckon alike."""
    case = build_case(None, read_at(NOON - timedelta(days=1), str(balance / 100)))
    until = NOON.date() + timedelta(days=days)
    found = forecast(case, NOON, until).needed
    assert found is not None
    carried = ahead(case, NOON, until - timedelta(days=1), Fraction(found.minor))
    assert Step.SHORT not in {m.step for m in carried}
    if found.minor:
        less = ahead(case, NOON, until - timedelta(days=1), Fraction(found.minor - 1))
        assert Step.SHORT in {m.step for m in less}


def test_no_sums_without_a_renewal_date() -> None:
    """Nothing is known of the next fee: no sum is named that would carry it."""
    case = build_case(None, read_at(NOON, "10"), standing=without_renewal())
    assert sums(case, NOON) == []


def test_an_open_fee_is_short_today() -> None:
    """On D and after it, while the fee is open, the track ends today with what is missing."""
    late = moscow("2026-12-03 12:00")
    case = replace(SHORT, standing=replace(SHORT.standing, overdue=True))
    assert covered(case, late) is False
    assert [(m.step, m.on) for m in ahead(case, late, day("2027-01-15"))][-1] == (
        Step.SHORT,
        late.date(),
    )


def test_what_is_paid_in_late_pays_the_open_fee_today() -> None:
    """A track never leads back: the fee of a day gone by is taken when there is money for it."""
    late = moscow("2026-12-03 12:00")
    case = replace(SHORT, standing=replace(SHORT.standing, overdue=True))
    days = [m.on for m in ahead(case, late, day("2027-01-15"), Fraction(100_000))]
    assert days[:2] == [late.date(), late.date()]
    assert days == sorted(days)
