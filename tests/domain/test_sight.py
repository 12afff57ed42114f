"""What the clocks ask of a line's money at one instant (rules 6 and 11)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.sight import Sight, fee_from_balance, use_a_day
from tests.builders import (
    build_case,
    by_owner,
    moscow,
    read_at,
    use_of_ten_a_day,
    without_renewal,
)

EVE = moscow("2026-11-30 23:00")
DAY = moscow("2026-12-01 10:00")


def test_before_its_day_a_fee_is_met_by_what_is_left_on_the_eve() -> None:
    """The use of the days until then is taken off; nothing entered counts before it was."""
    case = build_case(None, *use_of_ten_a_day("2026-11-10", 290))
    seen = Sight(case, moscow("2026-11-10 13:00"))
    assert not seen.begun
    assert seen.before() == seen.available() == 29000 - 20 * 1000
    assert seen.there() == 29000


def test_on_its_day_what_was_short_is_looked_at_again() -> None:
    """What is entered on D counts for a fee that was short on the eve."""
    case = build_case(
        None, read_at(moscow("2026-11-20 12:00"), "100"), read_at(moscow("2026-12-01 09:00"), "500")
    )
    assert Sight(case, EVE).cover()[0] is False
    seen = Sight(case, DAY)
    assert seen.begun
    assert (seen.before(), seen.available()) == (10000, 50000)
    assert seen.cover()[0] is True


def test_without_a_day_or_a_balance_nothing_is_known() -> None:
    """No D: nothing is asked of it; no reading: it is not known what there is."""
    seen = Sight(build_case(standing=without_renewal()), EVE)
    assert seen.begins is None
    assert seen.before() is None
    assert not seen.begun
    assert not seen.entered_on_the_day()
    assert Sight(build_case(), EVE).there() is None
    assert Sight(build_case(), EVE).cover() == (None, 0)


def test_a_fee_that_the_owner_pays_is_not_taken_from_the_balance() -> None:
    """Neither as a fee nor as a daily one."""
    case = build_case(by_owner())
    assert fee_from_balance(case) is None
    assert use_a_day(case) == 0


HOURS = st.integers(0, 40 * 24).map(lambda hours: timedelta(hours=hours))


@given(
    readings=st.lists(st.tuples(HOURS, st.integers(0, 700)), max_size=5),
    now=HOURS,
    later=HOURS,
)
def test_what_is_covered_later_is_what_a_look_then_would_say(
    readings: list[tuple[timedelta, int]], now: timedelta, later: timedelta
) -> None:
    """Readings of any age, and of the future; before D, on it and after."""
    start = moscow("2026-11-05 12:00")
    case = build_case(None, *(read_at(start + at, str(sum_)) for at, sum_ in readings))
    moment = start + now + later
    assert Sight(case, start + now).cover_at(moment) == Sight(case, moment).cover()[0]


@pytest.mark.parametrize(("sum_", "covered"), [("300", True), ("299", False)])
def test_before_its_day_nothing_changes_what_a_fee_finds(sum_: str, covered: bool) -> None:
    """Not even the use of the days between: it was counted to the eve."""
    seen = Sight(build_case(None, read_at(moscow("2026-11-20 12:00"), sum_)), EVE)
    assert seen.cover_at(moscow("2026-11-30 23:59")) is covered
