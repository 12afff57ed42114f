"""The owner's calendar: what a trip does to the days, tables first, then any trips at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.days import MOST_TRIPS, Days, Trip, in_order
from reminder.domain.schedule import DAY, QuietHours, local_date
from reminder.errors import InvalidInput
from tests.builders import MOSCOW, day

SHANGHAI, KIRITIMATI, HONOLULU = "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Honolulu"
NIGHT = QuietHours(time(22), time(8))
THERE = Days(MOSCOW, (Trip(day("2026-12-01"), day("2026-12-20"), SHANGHAI),))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("civil", "begins", "ends"),
    [
        ("2026-11-29", "2026-11-28 21:00", "2026-11-29 21:00"),
        ("2026-11-30", "2026-11-29 21:00", "2026-11-30 16:00"),
        ("2026-12-01", "2026-11-30 16:00", "2026-12-01 16:00"),
        ("2026-12-20", "2026-12-19 16:00", "2026-12-20 21:00"),
        ("2026-12-21", "2026-12-20 21:00", "2026-12-21 21:00"),
    ],
)
def test_days_meet_at_the_midnight_of_the_new_zone(civil: str, begins: str, ends: str) -> None:
    """The eve of a trip eastwards is five hours short, its last day five hours long."""
    assert THERE.start(day(civil)) == _utc(begins)
    assert THERE.end(day(civil)) == _utc(ends)
    assert THERE.of(_utc(begins)) == day(civil)
    assert THERE.of(_utc(ends) - timedelta(seconds=1)) == day(civil)


@pytest.mark.parametrize(
    ("civil", "at", "comes"),
    [
        ("2026-11-30", time(9), "2026-11-30 06:00"),
        ("2026-11-30", time(18, 30), "2026-11-30 15:30"),
        ("2026-11-30", time(20), "2026-11-30 15:59"),  # in the gap: the last minute of the day
        ("2026-12-01", time(9), "2026-12-01 01:00"),
        ("2026-12-20", time(23), "2026-12-20 15:00"),  # in the fold: the first of the two
        ("2026-12-21", time(9), "2026-12-21 06:00"),
    ],
)
def test_a_time_of_day_is_that_of_the_days_zone(civil: str, at: time, comes: str) -> None:
    """``at`` follows the traveller, and is never pushed to another day."""
    assert THERE.instant(day(civil), at) == _utc(comes)


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("2026-11-30 15:59", MOSCOW),
        ("2026-11-30 16:00", SHANGHAI),
        ("2026-12-20 15:59", SHANGHAI),
        ("2026-12-20 16:00", MOSCOW),  # 19:00 in Moscow, still the 20th; Shanghai has the 21st
    ],
)
def test_each_instant_is_told_in_one_zone(moment: str, zone: str) -> None:
    """The time of an instant and its civil date agree."""
    assert THERE.zone_at(_utc(moment)) == zone
    assert local_date(_utc(moment), zone) == THERE.of(_utc(moment))


@pytest.mark.parametrize(
    ("moment", "moved"),
    [
        ("2026-11-30 05:30", "2026-11-30 05:30"),
        ("2026-11-30 16:30", "2026-12-01 00:00"),  # 00:30 in Shanghai, 19:30 in Moscow
        ("2026-12-10 22:00", "2026-12-11 00:00"),  # 06:00 in Shanghai
        ("2026-12-20 14:30", "2026-12-21 05:00"),  # 22:30 in Shanghai: till 08:00 at home
        ("2026-12-20 17:00", "2026-12-20 17:00"),  # 20:00 in Moscow
        ("2026-12-20 20:00", "2026-12-21 05:00"),  # 23:00 in Moscow
    ],
)
def test_quiet_hours_are_those_of_the_place(moment: str, moved: str) -> None:
    """Quiet hours hold a message by the clock of where the owner is, to their end on that day."""
    assert THERE.outside(_utc(moment), NIGHT) == _utc(moved)
    assert THERE.outside(_utc(moment), None) == _utc(moment)


@pytest.mark.parametrize(
    ("trips", "words"),
    [
        ([("2026-12-01", "2026-11-30")], "ends on its first day or later"),
        ([("2026-12-01", "2026-12-20"), ("2026-12-20", "2026-12-24")], "have the same day"),
        ([("2026-12-05", "2026-12-06"), ("2026-12-01", "2026-12-20")], "have the same day"),
        ([("2026-12-01", "2046-12-20")], "ten years at most"),
        ([("2026-12-01", "2026-12-01")] * (MOST_TRIPS + 1), f"at most {MOST_TRIPS} trips"),
    ],
)
def test_trips_that_cannot_be(trips: list[tuple[str, str]], words: str) -> None:
    """Overlapping, backward and endless trips are refused, each with what is wrong."""
    with pytest.raises(InvalidInput, match=words):
        in_order(Trip(day(first), day(last), SHANGHAI) for first, last in trips)


def test_trips_may_touch_and_come_in_any_order() -> None:
    """One may begin the day after another ended."""
    first = Trip(day("2026-12-01"), day("2026-12-20"), SHANGHAI)
    second = Trip(day("2026-12-21"), day("2026-12-21"), HONOLULU)
    assert in_order([second, first]) == (first, second)
    assert Days(MOSCOW, (first, second)).zone_on(day("2026-12-21")) == HONOLULU


ZONES = st.sampled_from(
    [MOSCOW, SHANGHAI, KIRITIMATI, HONOLULU, "America/New_York", "Pacific/Pago_Pago", "Etc/GMT+12"]
)
LENGTHS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 12), ZONES), max_size=5)


def calendars() -> st.SearchStrategy[Days]:
    """Any home, and up to five trips in October to December 2026, touching ones too."""

    def built(home: str, lengths: list[tuple[int, int, str]]) -> Days:
        trips, last = [], date(2026, 10, 20)
        for gap, length, zone in lengths:
            first = last + gap * DAY
            last = first + length * DAY
            trips.append(Trip(first, last, zone))
        return Days(home, in_order(trips))

    return st.builds(built, ZONES, LENGTHS)


@given(calendars())
def test_days_follow_one_another_without_gap(days: Days) -> None:
    """Whatever trips: each day ends where the next begins, none ends before it began, and every
    instant belongs to one day; a day without a moment is passed over."""
    civil = [date(2026, 10, 15) + n * DAY for n in range(80)]
    for one, other in pairwise(civil):
        assert days.end(one) == days.start(other) >= days.start(one)
        if days.end(one) > days.start(one):
            assert days.of(days.start(one)) == one
            assert days.of(days.end(one) - timedelta(seconds=1)) == one


@given(
    calendars(),
    st.integers(0, 80 * 24 * 4),
    st.sampled_from([NIGHT, QuietHours(time(0), time(20))]),
)
def test_quiet_hours_end(days: Days, quarter: int, quiet: QuietHours) -> None:
    """A moved moment is not moved again, and never lies before what it was."""
    moment = datetime(2026, 10, 15, tzinfo=UTC) + quarter * timedelta(minutes=15)
    moved = days.outside(moment, quiet)
    assert moved >= moment
    assert days.outside(moved, quiet) == moved


@given(calendars(), st.times(), st.integers(0, 79))
def test_a_moment_lies_in_its_day(days: Days, at: time, n: int) -> None:
    """``at`` on a day comes on that day, if that day has a minute at all."""
    civil = date(2026, 10, 15) + n * DAY
    moment = days.instant(civil, at.replace(second=0, microsecond=0))
    assert days.start(civil) <= moment
    if days.end(civil) > days.start(civil):
        assert days.of(moment) == civil
