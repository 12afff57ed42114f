"""Reminders over trips: at local time, counted on the days of the place, each lead once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.acts import begin
from reminder.domain.clocks import read
from reminder.domain.days import Days, Trip
from reminder.domain.foresight import schedule
from reminder.domain.line import Ladder, Situation
from reminder.domain.look import Known, look_at
from reminder.domain.plan import owed, wake_at
from reminder.domain.schedule import DAY, Period, QuietHours
from tests.builders import (
    build_case,
    build_ladder,
    build_standing,
    by_owner,
    day,
    moscow,
)
from tests.domain.test_days import calendars

SHANGHAI = "Asia/Shanghai"
LEADS = (7, 3, 1, 0)


def _away(first: str, last: str) -> tuple[Trip, ...]:
    return (Trip(day(first), day(last), SHANGHAI),)


@pytest.mark.parametrize(
    ("trips", "comes"),
    [
        ((), ["24 06:00", "28 06:00", "30 06:00", "01 06:00"]),
        (_away("2026-11-28", "2026-11-30"), ["24 06:00", "28 01:00", "30 01:00", "01 06:00"]),
        (_away("2026-11-20", "2026-11-27"), ["24 01:00", "28 06:00", "30 06:00", "01 06:00"]),
        (_away("2026-12-01", "2026-12-20"), ["24 06:00", "28 06:00", "30 06:00", "01 01:00"]),
    ],
)
def test_each_lead_comes_at_nine_where_the_owner_is(
    trips: tuple[Trip, ...], comes: list[str]
) -> None:
    """09:00 is 06:00 UTC in Moscow and 01:00 in Shanghai, day by day; the schedule says the same
    as what is sent."""
    case = begin(
        build_case(by_owner(), ladder=build_ladder(trips=trips)), moscow("2026-11-10 12:00")
    )
    ahead = schedule(look_at(case, moscow("2026-11-10 12:00")), {}, moscow("2026-12-02"))
    assert [f"{d.due_at:%d %H:%M}" for d in ahead] == comes


def test_days_left_change_with_the_place() -> None:
    """At 20:00 in Moscow on the eve of a trip it is the first day there already."""
    moment = moscow("2026-11-30 20:00")
    home = build_case(by_owner())
    away = build_case(by_owner(), ladder=build_ladder(trips=_away("2026-12-01", "2026-12-20")))
    for case, left in ((home, 1), (away, 0)):
        renewal = read(case, moment).renewal
        assert renewal is not None
        assert renewal.days_left == left


def test_the_end_of_the_deadline_is_the_midnight_of_the_place() -> None:
    """D is over five hours earlier for who spends the next day in Shanghai."""
    trips = _away("2026-12-02", "2026-12-20")
    case = build_case(by_owner(), ladder=build_ladder(trips=trips))
    assert not owed(case, {}, datetime(2026, 12, 1, 15, 59, tzinfo=UTC)).case.standing.overdue
    assert owed(case, {}, datetime(2026, 12, 1, 16, 0, tzinfo=UTC)).case.standing.overdue


def _run(
    case: Situation, changed: Days, change_at: datetime, until: datetime
) -> tuple[Known, list[tuple[date, int]]]:
    """Look whenever the line asks for it, and when the trips change; what is known, what came."""
    known: Known = {}
    sent: list[tuple[date, int]] = []
    now, is_changed = START, False
    while now <= until:
        found = owed(case, known, now)
        case = found.case
        for due in found.send:
            assert due.key not in known
            assert due.due_at <= now
            known[due.key] = ""
            sent.append((due.key.deadline, due.key.lead_days))
        known.update({due.key: why for due, why in found.skip})
        following = wake_at(case, known, now)
        assert following is not None
        assert following > now
        if not is_changed and following >= change_at > now:
            case = replace(case, ladder=case.ladder.by(changed))
            now, is_changed = change_at, True
        else:
            now = following
    return known, sent


START = datetime(2026, 10, 20, 12, tzinfo=UTC)
UNTIL = datetime(2026, 12, 29, tzinfo=UTC)
WEEKLY = [date(2026, 11, 1) + 14 * n * DAY for n in range(4)]


@settings(max_examples=150, deadline=None)
@given(
    calendars(),
    calendars(),
    st.integers(1, 24 * 60),
    st.sampled_from([time(9), time(0), time(23, 30)]),
    st.sampled_from([None, QuietHours(time(22), time(8))]),
)
def test_each_lead_comes_once_over_any_trips(
    before: Days, after: Days, hours: int, at: time, quiet: QuietHours | None
) -> None:
    """Whatever trips, and however they change on the way: no lead is missed and none comes twice.
    While they stay as they are, each is sent by itself, unless quiet hours hold it until the next
    has come too, over a day that a trip cut short; a change may make one overtake another."""
    line = by_owner(period=Period(days=14))
    standing = build_standing(renews_on=WEEKLY[0], anchor=WEEKLY[0])
    ladder = replace(build_ladder(at=at, quiet=quiet).by(before), after_times=())
    case = begin(build_case(line, standing=standing, ladder=ladder), START)
    wanted = {(deadline, lead) for deadline in WEEKLY for lead in LEADS}
    _, sent = _run(case, before, UNTIL + DAY, UNTIL)
    assert len(sent) == len(set(sent))
    assert {(deadline, lead) for deadline, lead in wanted if _is_alone(ladder, deadline, lead)} <= {
        *sent
    }
    known, sent = _run(case, after, START + hours * timedelta(hours=1), UNTIL)
    assert len(sent) == len(set(sent))
    assert wanted <= {(key.deadline, key.lead_days) for key in known}


def _is_alone(ladder: Ladder, deadline: date, lead: int) -> bool:
    """Whether a lead comes before the next one, and the last of them before its day is over."""
    moment = ladder.moment(deadline - lead * DAY)
    if lead == 0:
        return moment < ladder.days.end(deadline)
    following = LEADS[LEADS.index(lead) + 1]
    return moment < ladder.moment(deadline - following * DAY)
