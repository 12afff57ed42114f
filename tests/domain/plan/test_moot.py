"""Each reminder is judged again before each try (rule 14)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from reminder.domain.acts import acknowledge, snooze, stop, topped_up
from reminder.domain.line import Line, LineState, Situation
from reminder.domain.look import Due, Key
from reminder.domain.plan import COVERED, moot
from reminder.domain.schedule import Period
from reminder.domain.settle import settle
from tests.builders import (
    BALANCE,
    RENEWAL,
    build_case,
    build_line,
    by_owner,
    day,
    moscow,
    read_at,
    rubles,
    without_renewal,
)
from tests.builders import DEADLINE as D
from tests.domain.plan.planner import NOV_1, NOV_10, entry, short


def _due(lead: int = 3, *, deadline: date = D, covered: bool = False, missed: bool = False) -> Due:
    return Due(Key(RENEWAL, deadline, lead), NOV_10, covered=covered, missed=missed)


@pytest.mark.parametrize(
    ("case", "due", "reason"),
    [
        (short(), _due(), None),
        (stop(short(), NOV_10), _due(), "stopped"),
        (snooze(short(), day("2026-11-20"), NOV_10), _due(), "snoozed"),
        (acknowledge(short(), RENEWAL, NOV_10), _due(), "acknowledged"),
        (short().moved(dealt_with=D), _due(), "acknowledged"),
        (short(), _due(deadline=day("2026-11-01")), "rolled on"),
        (build_case(standing=without_renewal()), _due(), "rolled on"),
        (build_case(None, read_at(NOV_1, "350")), _due(), COVERED),
        (build_case(None, read_at(NOV_1, "350")), _due(covered=True), None),
        (short(), _due(covered=True), None),
        (short(), _due(deadline=day("2026-11-01"), missed=True), None),
        (short().moved(state=LineState.ENDED), _due(-14), None),
        (short().moved(state=LineState.ENDED), _due(deadline=day("2026-11-01")), "ended"),
    ],
)
def test_rule_14_judged_again_before_every_try(
    case: Situation, due: Due, reason: str | None
) -> None:
    """What is no longer true is taken out with its reason; what is still so is sent."""
    assert moot(case, due, NOV_10, NOV_10 + timedelta(hours=1)) == reason


@pytest.mark.parametrize(("minutes", "reason"), [(-5, None), (5, "acted")])
def test_rule_14_a_missed_deadline_somebody_dealt_with(minutes: int, reason: str | None) -> None:
    """A passed deadline is named unless something was done about the line since it was planned."""
    case = short().moved(acted_at=NOV_10 + timedelta(minutes=minutes))
    due = _due(deadline=day("2026-11-01"), missed=True)
    assert moot(case, due, NOV_10, NOV_10 + timedelta(hours=1)) == reason


@pytest.mark.parametrize(
    ("line", "paid", "reason"),
    [
        (build_line(), None, None),
        (build_line(period=None), None, None),
        (by_owner(), None, None),
        (by_owner(period=Period(days=7)), None, None),
        (build_line(), "300", "acted"),
        (build_line(autopay=True), None, "rolled on"),
    ],
)
def test_rule_14_the_midnight_of_d_passes_before_it_leaves(
    line: Line, paid: str | None, reason: str | None
) -> None:
    """Planned on the evening of D, tried again after its end: still said, as a deadline that has
    passed, unless it was met or somebody acted."""
    due, planned = _due(0), moscow("2026-12-01 23:50")
    now = moscow("2026-12-02 00:30")
    case = settle(build_case(line), now)
    if paid:
        case = topped_up(case, entry(paid), None, now)
    assert moot(case, due, planned, now + timedelta(minutes=1)) == reason


def test_rule_14_a_snooze_that_is_over_holds_nothing() -> None:
    """From the snooze's moment on the reminder may go."""
    case = snooze(short(), day("2026-11-20"), NOV_10)
    assert moot(case, _due(), NOV_10, moscow("2026-11-20 09:00")) is None


def test_rule_14_a_fall_that_was_made_good() -> None:
    """Under the floor it stands, above it the reminder of the fall is moot."""
    line = build_line(fee=None, period=None, low_balance=rubles("100"))
    low = build_case(line, read_at(NOV_1, "50"), standing=without_renewal())
    due = Due(Key(BALANCE, day("2026-11-01"), 0), NOV_10)
    assert moot(low, due, NOV_1, NOV_10) is None
    high = topped_up(low, entry("500"), None, NOV_10)
    assert moot(high, due, NOV_1, NOV_10 + timedelta(minutes=1)) == "rolled on"
