"""Which leads of a deadline are owed, and when (rules 2 to 4)."""

from __future__ import annotations

from datetime import time

import pytest

from reminder.domain.acts import begin
from reminder.domain.leads import leads_of, moments, passed_now
from reminder.domain.line import Passed
from reminder.domain.schedule import QuietHours
from tests.builders import (
    DEADLINE,
    INACTIVITY,
    RENEWAL,
    build_case,
    build_ladder,
    build_line,
    moscow,
    silent,
)

NIGHT = QuietHours(time(22), time(8))


def test_silence_has_leads_of_its_own() -> None:
    """The operator's rule is old: one more lead."""
    case = build_case(build_line(keep_alive=silent(90, stale=True)))
    assert leads_of(case, INACTIVITY) == (45, 30, 7, 1)
    assert leads_of(case, RENEWAL) == (7, 3, 1, 0)


def test_repeats_come_where_they_are_asked_for() -> None:
    """Leads, then the days after D."""
    case = build_case()
    assert [k for k, _ in moments(case, RENEWAL, DEADLINE, repeats=False)] == [7, 3, 1, 0]
    every = [k for k, _ in moments(case, RENEWAL, DEADLINE, repeats=True)]
    assert every == [7, 3, 1, 0, -1, -3, -7, -14]


def test_nothing_is_due_before_it_was_entered() -> None:
    """Registered in the night before D: the lead of D comes at its time, past ones not at all."""
    now = moscow("2026-11-30 23:00")
    case = begin(build_case(ladder=build_ladder(quiet=NIGHT)), now)
    found = list(moments(case, RENEWAL, DEADLINE, repeats=False))
    assert found == [(0, moscow("2026-12-01 09:00"))]


@pytest.mark.parametrize(
    ("at", "leads", "held"),
    [(time(23), (7, 0), 0), (time(23), (7,), None), (time(21), (7, 0), None), (time(23), (), None)],
)
def test_what_the_quiet_hours_hold_back_is_remembered(
    at: time, leads: tuple[int, ...], held: int | None
) -> None:
    """At the end of D: the lead of a day gone by whose moment is still to come."""
    case = build_case(ladder=build_ladder(at=at, leads=leads, quiet=NIGHT))
    assert passed_now(case, DEADLINE, moscow("2026-12-02")) == Passed(DEADLINE, held)
