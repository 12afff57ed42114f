"""A line's ladder: from civil days to the instants at which its owner is written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.line import since
from reminder.domain.schedule import DAY, QuietHours
from tests.builders import (
    build_case,
    build_ladder,
    build_line,
    build_standing,
    day,
    moscow,
    read_at,
)

NIGHT = QuietHours(time(22), time(8))


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (time(9), "2026-11-24 09:00"),
        (time(8), "2026-11-24 08:00"),
        (time(6), "2026-11-24 08:00"),
        (time(23), "2026-11-25 08:00"),
    ],
)
def test_rule_3_a_time_inside_quiet_hours_moves_to_their_end(at: time, moment: str) -> None:
    """``at`` inside the quiet hours is allowed: the moment is their end, whatever day that is."""
    assert build_ladder(at=at, quiet=NIGHT).moment(day("2026-11-24")) == moscow(moment)


def test_rule_3_a_retry_moves_as_well() -> None:
    """An instant in the night waits for the morning, one at noon does not wait."""
    ladder = build_ladder(quiet=NIGHT)
    assert ladder.moment_after(moscow("2026-11-24 23:30")) == moscow("2026-11-25 08:00")
    assert ladder.moment_after(moscow("2026-11-24 12:00")) == moscow("2026-11-24 12:00")


@pytest.mark.parametrize(
    ("now", "at", "quiet", "first"),
    [
        ("2026-11-24 08:59", time(9), None, "2026-11-24"),
        ("2026-11-24 09:00", time(9), None, "2026-11-24"),
        ("2026-11-24 09:01", time(9), None, "2026-11-25"),
        ("2026-11-24 07:00", time(23), NIGHT, "2026-11-23"),
        ("2026-11-24 12:00", time(23), NIGHT, "2026-11-24"),
    ],
)
def test_rule_4_leads_are_owed_from_the_next_moment(
    now: str, at: time, quiet: QuietHours | None, first: str
) -> None:
    """The first civil day whose moment is still to come, yesterday's if the night holds it back."""
    found = since(build_ladder(at=at, quiet=quiet), moscow(now))
    assert (found.day, found.set_at) == (day(first), moscow(now))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.times(),
    st.sampled_from([None, NIGHT, QuietHours(time(1), time(23))]),
)
def test_next_moment_is_the_first_not_past(
    wall: datetime, at: time, quiet: QuietHours | None
) -> None:
    """The next moment is not past, and the moment of the day before it is."""
    ladder, now = build_ladder(at=at, quiet=quiet), moscow(wall.isoformat())
    first: date = since(ladder, now).day
    assert ladder.next_moment(now) == ladder.moment(first) >= now
    assert ladder.moment(first - DAY) < now


def test_a_situation_moves_without_changing_the_first() -> None:
    """A moved situation, and one that knows more, are new values."""
    case = build_case()
    reading = read_at(moscow("2026-11-10"), "5")
    assert case.moved(overdue=True).standing.overdue
    assert case.with_reading(reading).readings == (reading,)
    assert not case.standing.overdue
    assert case.readings == ()


def test_a_change_leaves_the_rest_as_it_was() -> None:
    """As ``dataclasses.replace`` would have it, of a line and of where it stands."""
    line, standing = build_line(), build_standing()
    assert line.changed(label="Mum", tags=("a",)) == replace(line, label="Mum", tags=("a",))
    assert standing.changed(overdue=True) == replace(standing, overdue=True)
