"""What is sent after a time when nobody looked (rule 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.look import Key
from reminder.domain.plan import SUPERSEDED, owed
from reminder.domain.schedule import Period
from tests.builders import DEADLINE as D
from tests.builders import (
    RENEWAL,
    build_case,
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
