"""What is sent after a time when nobody looked (rule 5)."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from reminder.domain.look import Due, Key
from reminder.domain.plan import SUPERSEDED, comes_late, owed
from reminder.domain.schedule import Period, QuietHours
from tests.builders import DEADLINE as D
from tests.builders import (
    RENEWAL,
    build_case,
    build_ladder,
    build_line,
    by_owner,
    day,
    moscow,
    read_at,
)
from tests.domain.plan.planner import NOV_1, Planner


def test_rule_5_down_over_three_leads_sends_the_latest() -> None:
    """Down for ten days: one late message of the latest lead, the others superseded."""
    planner = Planner(build_case())
    planner.look(moscow("2026-11-20 12:00"))
    found = owed(planner.case, {}, moscow("2026-11-30 12:00"))
    assert [(d.key.lead_days, d.late, d.missed) for d in found.send] == [(1, True, False)]
    assert [(d.key.lead_days, why) for d, why in found.skip] == [(7, SUPERSEDED), (3, SUPERSEDED)]


NIGHT = QuietHours(time(22), time(8))
# When it was due, when its message was to leave, when it does; in Moscow, quiet from 22 to 8.
LEAVING = [
    ("24T09:00", "24T09:00", "24T23:59", False),  # later that day: the same bytes
    ("24T09:00", "24T09:00", "25T00:00", True),
    ("24T21:50", "24T21:50", "25T08:00", True),
    ("24T08:00", "24T08:00", "26T09:00", True),
    ("24T09:00", "24T09:30", "24T09:30", False),  # in place of another, half an hour on
    ("24T21:50", "25T08:00", "25T08:00", False),  # the same, held until the morning
    ("24T21:50", "25T08:00", "25T20:00", False),
    ("24T21:50", "25T08:00", "26T00:00", True),
    ("24T09:00", "26T09:00", "26T09:00", True),  # asked for two days on
    ("23T22:30", "24T08:00", "24T20:00", False),  # due in the reader's quiet hours
    ("23T22:30", "24T08:00", "25T08:00", True),
]


@pytest.mark.parametrize(("due_at", "left", "now", "late"), LEAVING)
def test_rule_5_what_leaves_on_a_later_day_is_late(
    due_at: str, left: str, now: str, late: bool
) -> None:
    """Planned in time and sent on a later day than it was to leave is late; what the quiet hours
    held is not."""
    due = Due(Key(RENEWAL, day("2026-12-01"), 7), moscow(f"2026-11-{due_at}"))
    reader = build_ladder(quiet=NIGHT)
    found = comes_late(due, moscow(f"2026-11-{left}"), reader, moscow(f"2026-11-{now}"))
    assert found is late


@pytest.mark.parametrize(("now", "late"), [("00:10", False), ("00:30", False), ("00:31", True)])
def test_rule_5_half_an_hour_over_midnight_is_not_late(now: str, late: bool) -> None:
    """Another day is not enough: late is more than an hour."""
    due_at = moscow("2026-11-24 23:30")
    due = Due(Key(RENEWAL, day("2026-12-01"), 7), due_at)
    assert comes_late(due, due_at, build_ladder(), moscow(f"2026-11-25 {now}")) is late


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (60, False), (61, True)])
def test_rule_5_late_is_more_than_an_hour(minutes: int, late: bool) -> None:
    """An hour is not late, a minute more is."""
    now = moscow("2026-11-24 09:00") + timedelta(minutes=minutes)
    assert [d.late for d in Planner(build_case()).look(now)] == [late]


def test_rule_5_down_over_d_sends_the_repeat() -> None:
    """D has passed: the repeat of that day, and nothing else of the line."""
    sent = Planner(build_case(by_owner())).look(moscow("2026-12-05 12:00"))
    assert [(d.key, d.late) for d in sent] == [(Key(RENEWAL, D, -3), True)]


def test_rule_5_down_past_the_repeats_names_the_last_missed() -> None:
    """Repeats are over and the next first lead is not there: one late message of D."""
    sent = Planner(build_case(by_owner())).look(moscow("2026-12-20 12:00"))
    assert [(d.key, d.late) for d in sent] == [(Key(RENEWAL, D, -14), True)]


def test_rule_5_down_for_months_sends_one() -> None:
    """Four deadlines passed: one message, of the last moment, and the rest superseded."""
    found = owed(build_case(by_owner()), {}, moscow("2027-03-20 12:00"))
    assert [d.key for d in found.send] == [Key(RENEWAL, day("2027-03-01"), -14)]
    assert {why for _, why in found.skip} == {SUPERSEDED}


def test_rule_5_a_passed_d_that_is_not_known_is_named() -> None:
    """Nobody knows whether it was charged: one late message names the deadline missed."""
    sent = Planner(build_case()).look(moscow("2026-12-05 12:00"))
    assert [(d.key, d.missed, d.late) for d in sent] == [(Key(RENEWAL, D, 0), True, True)]


def test_rule_5_a_passed_d_that_was_covered_is_not_spoken_of() -> None:
    """The fee was there and the line rolled on while nobody looked: nothing is to be said."""
    assert Planner(build_case(None, read_at(NOV_1, "350"))).look(moscow("2026-12-05")) == ()


def test_rule_5_down_for_a_century_is_judged_in_bounded_steps() -> None:
    """One look at a line forgotten for a hundred years ends, and still sends one message."""
    found = owed(build_case(build_line(period=Period(days=7))), {}, moscow("2126-12-01"))
    assert len(found.send) == 1
