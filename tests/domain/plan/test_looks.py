"""Whenever one looks: no reminder twice, no open deadline lost, and sleeping is as good as that."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reminder.domain.acts import begin
from reminder.domain.balance import Reading
from reminder.domain.days import Trip
from reminder.domain.ids import ReadingId
from reminder.domain.line import ChargedBy, Ladder, Line, Situation, Standing, WhenCovered
from reminder.domain.look import Due, Key, Known
from reminder.domain.plan import owed, wake_at
from reminder.domain.schedule import DAY, Period, QuietHours
from tests.builders import (
    MOSCOW,
    RENEWAL,
    build_case,
    build_ladder,
    build_line,
    build_standing,
    by_owner,
    moscow,
    read_at,
    rubles,
    silent,
    use_of_ten_a_day,
)

START = moscow("2026-11-10 12:00")
HOUR = timedelta(hours=1)
GAPS = st.lists(st.integers(1, 24 * 45), min_size=1, max_size=30)


def _look(case: Situation, known: Known, now: datetime) -> tuple[Situation, list[Due]]:
    found = owed(case, known, now)
    fresh = [*found.send, *(d for d, _ in found.skip)]
    keys = [d.key for d in fresh]
    assert len(set(keys)) == len(keys)
    assert not known.keys() & set(keys)
    assert all(d.due_at <= now for d in fresh)
    known.update({d.key: "" for d in found.send})
    known.update({d.key: why for d, why in found.skip})
    return found.case, list(found.send)


def _moments(deadlines: list[date], leads: list[int]) -> list[tuple[datetime, Key]]:
    """Every moment of every deadline at 09:00 in Moscow, which is 06:00 UTC all year."""
    return [
        (datetime.combine(d - timedelta(days=k), time(6), tzinfo=UTC), Key(RENEWAL, d, k))
        for d in deadlines
        for k in leads
    ]


MONTHS = [date(2026 + (m - 1) // 12, (m - 1) % 12 + 1, 1) for m in range(12, 72)]


@settings(max_examples=60)
@given(GAPS, st.booleans())
def test_each_look_sends_the_latest_that_passed_and_nothing_else(
    gaps: list[int], by_hand: bool
) -> None:
    """However often one looks: if any moment of an open deadline has passed since the last look,
    exactly its latest is sent, else nothing. Nobody ever presses anything."""
    case = build_case(by_owner() if by_hand else build_line())
    every = _moments(MONTHS, [7, 3, 1, 0, -1, -3, -7, -14] if by_hand else [7, 3, 1, 0])
    known: Known = {}
    before = now = START
    for gap in gaps:
        now = before + gap * HOUR
        case, sent = _look(case, known, now)
        passed = sorted(m for m in every if before < m[0] <= now)
        assert [d.key for d in sent] == [key for _, key in passed[-1:]]
        before = now


AMOUNTS = st.integers(-100, 900)


@st.composite
def _readings(draw: st.DrawFn) -> tuple[Reading, ...]:
    amounts = draw(st.lists(AMOUNTS, max_size=4))
    first = START - timedelta(days=5 * len(amounts))
    return tuple(
        read_at(first + timedelta(days=5 * n), str(amount), id_=f"rea_{n}")
        for n, amount in enumerate(amounts)
    )


LEADS = st.lists(st.integers(0, 40), unique=True, max_size=4).map(tuple)
LINES = st.builds(
    build_line,
    fee=st.sampled_from([None, rubles("300")]),
    charged_by=st.sampled_from(ChargedBy),
    period=st.sampled_from([None, Period(months=1), Period(days=30), Period(days=7)]),
    low_balance=st.sampled_from([None, rubles("100")]),
    autopay=st.booleans(),
    keep_alive=st.sampled_from([None, silent(60), silent(90, stale=True)]),
)
STANDINGS = st.builds(
    build_standing,
    last_active_on=st.none() | st.dates(date(2026, 9, 1), date(2026, 11, 10)),
    renews_on=st.just(date(2026, 11, 30)),
    anchor=st.just(date(2026, 10, 31)),
)
AWAY = (Trip(date(2026, 11, 21), date(2026, 11, 29), "Asia/Shanghai"),)
LADDERS = st.builds(
    build_ladder,
    zone=st.sampled_from([MOSCOW, "America/New_York", "Pacific/Apia"]),
    at=st.sampled_from([time(9), time(0), time(2, 30), time(23)]),
    quiet=st.sampled_from([None, QuietHours(time(22), time(8))]),
    leads=LEADS,
    when_covered=st.sampled_from(WhenCovered),
    trips=st.sampled_from([(), AWAY, (*AWAY, Trip(date(2026, 11, 30), date(2026, 12, 4), MOSCOW))]),
)


@st.composite
def _cases(draw: st.DrawFn) -> Situation:
    line: Line = draw(LINES)
    standing: Standing = draw(STANDINGS)
    ladder: Ladder = draw(LADDERS)
    return begin(Situation(line, standing, draw(_readings()), ladder), START)


def _days_and_leads(known: Known) -> set[tuple[date, int]]:
    return {(key.deadline, key.lead_days) for key in known}


USED_UP = build_case(
    build_line(period=None),
    *use_of_ten_a_day("2026-11-05", 380),
    ladder=build_ladder(leads=()),
)


FALLS_WHILE_OVERDUE = build_case(
    build_line(period=None, low_balance=rubles("100")),
    *use_of_ten_a_day("2026-11-05", 365),
    ladder=build_ladder(leads=()),
    standing=build_standing(renews_on=date(2026, 11, 30), anchor=date(2026, 10, 31)),
)


@settings(max_examples=30, deadline=None)
@given(_cases())
@example(begin(USED_UP, START))  # the line ends a day after its balance does
@example(begin(FALLS_WHILE_OVERDUE, START))  # under the floor by use, beside an open fee
def test_sleeping_until_wake_at_misses_nothing(case: Situation) -> None:
    """A planner that sleeps until ``wake_at`` sends at the very instant, and comes to know the same
    reminders as one that looks every eight hours; it is never told to wake in the past. Who looks
    after D may find it met: only a message of D's own day may differ."""
    end = START + 90 * DAY
    slept, looked = case, case
    by_sleep: Known = {}
    often: Known = {}
    now: datetime | None = START
    while now is not None and now <= end:
        slept, sent = _look(slept, by_sleep, now)
        assert all(now in (d.due_at, START) for d in sent)
        following = wake_at(slept, by_sleep, now)
        assert following is None or following > now
        now = following
    for number in range(90 * 3 + 1):
        looked, _ = _look(looked, often, START + number * 8 * HOUR)
    missed = _days_and_leads(by_sleep) ^ _days_and_leads(often)
    assert all(lead == 0 for _, lead in missed)
    assert slept.standing == looked.standing


@settings(max_examples=60, deadline=None)
@given(_cases(), GAPS)
def test_no_key_comes_twice_and_one_a_clock_a_look(case: Situation, gaps: list[int]) -> None:
    """Any line, any looks: no key twice, nothing before its moment, one message a clock at most."""
    known: Known = {}
    now = START
    for gap in gaps:
        now += gap * HOUR
        case, sent = _look(case, known, now)
        clocks = [d.key.clock for d in sent]
        assert len(set(clocks)) == len(clocks)


@pytest.mark.parametrize("hours", [1, 24, 24 * 6])
def test_an_uncovered_deadline_is_always_spoken_of(hours: int) -> None:
    """Looking each hour, day or week: every month's deadline gets at least one message."""
    case, known, now = build_case(by_owner()), Known(), START
    while now < moscow("2027-06-01"):
        now += hours * HOUR
        case, _ = _look(case, known, now)
    spoken = {key.deadline for key, why in known.items() if not why}
    assert spoken >= {d for d in MONTHS if d < date(2027, 5, 1)}


def test_ids_of_readings_do_not_matter() -> None:
    """A look books under an id that tells the line and the deadline, so that it comes once."""
    case = build_case(None, read_at(START, "350"))
    found = owed(case, {}, moscow("2026-12-05"))
    assert found.case.readings[-1].id == ReadingId("fee:lin_1:2026-12-01")
    assert len(owed(found.case, {}, moscow("2026-12-06")).case.readings) == 2
