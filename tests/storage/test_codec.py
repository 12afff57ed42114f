"""Promises of reminder/storage/codec.py."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.line import Clock, LineState, Since, Standing, WhenCovered
from reminder.domain.owner import Habits
from reminder.storage import codec

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
STANDINGS = st.builds(
    Standing,
    state=st.sampled_from(LineState),
    renews_on=st.none() | DAYS,
    anchor=st.none() | DAYS,
    acknowledged=st.lists(st.tuples(st.sampled_from(Clock), DAYS), max_size=3).map(tuple),
    renewal_since=st.none() | st.builds(Since, DAYS, MOMENTS),
    acted_at=st.none() | MOMENTS,
)


@given(STANDINGS)
def test_a_standing_comes_back_as_it_was(standing: Standing) -> None:
    """Every standing survives its JSON unchanged."""
    assert codec.load(codec.STANDING, codec.dump(codec.STANDING, standing)) == standing


def test_habits_come_back_as_they_were() -> None:
    """Habits survive their JSON; "not said" and "none" stay different."""
    for habits in (
        Habits(),
        Habits(time(8, 30), "", (), (30,), (1, 3), WhenCovered.NEVER),
    ):
        assert codec.load(codec.HABITS, codec.dump(codec.HABITS, habits)) == habits


def test_an_older_standing_is_read_with_defaults() -> None:
    """A standing written before a field existed is read with that field's default."""
    assert codec.load(codec.STANDING, '{"renews_on":"2026-12-01"}') == Standing(
        renews_on=date(2026, 12, 1)
    )


def test_lists_of_texts_come_back() -> None:
    """An empty list, which most are, and any other."""
    assert all(codec.texts_in(codec.texts(one)) == one for one in ((), ("a", "б"), ("",)))
