"""What is seen of a line at an instant."""

from __future__ import annotations

from reminder.domain.clocks import read
from reminder.domain.look import candidates, look_at, look_until_turns, settled
from reminder.domain.settle import next_turn, settle
from tests.builders import (
    build_case,
    build_ladder,
    by_owner,
    moscow,
    read_at,
    without_renewal,
)

NOV_10 = moscow("2026-11-10 12:00")
OVER = moscow("2026-12-02")


def test_a_look_holds_what_the_rules_say_by_themselves() -> None:
    """Clocks, reminders and the next turn are those of the line at that instant."""
    case = build_case(None, read_at(NOV_10, "120.50"))
    seen = look_at(case, NOV_10)
    assert (seen.case, seen.now) == (case, NOV_10)
    assert seen.clocks == read(case, NOV_10)
    assert seen.ahead == candidates(case, seen.clocks)
    assert [due.key.lead_days for due in seen.ahead] == [7, 3, 1, 0]
    assert seen.turns_at == next_turn(case) == OVER


def test_a_line_without_a_day_never_turns() -> None:
    """No clock runs: nothing is ahead."""
    seen = look_at(build_case(standing=without_renewal()), NOV_10)
    assert (seen.ahead, seen.turns_at) == ((), None)


def test_a_look_reaches_no_farther_than_the_next_turn() -> None:
    """What fell due before D was over is seen as it was at its end, whenever one looks."""
    case = build_case(by_owner())
    (seen,) = look_until_turns([case], NOV_10)
    assert seen.now == NOV_10
    (seen,) = look_until_turns([case], moscow("2027-03-05"))
    assert (seen.now, seen.turns_at) == (OVER, OVER)
    assert seen.clocks == read(case, OVER)


def test_a_settled_look_has_passed_its_deadlines() -> None:
    """What time alone changes is changed, and a look that is settled stays itself."""
    case, late = build_case(by_owner()), moscow("2026-12-03 10:00")
    seen = settled(look_at(case, late))
    assert seen.case == settle(case, late)
    assert seen.case.standing.overdue
    assert settled(seen) is seen


def test_candidates_are_in_the_order_of_their_moments() -> None:
    """The oldest moment comes first, whatever the order of the leads."""
    case = build_case(ladder=build_ladder(leads=(0, 3, 7)))
    found = candidates(case, read(case, NOV_10))
    assert [d.key.lead_days for d in found] == [7, 3, 0]
    assert found[0].due_at == moscow("2026-11-24 09:00")
