"""Repeats, and going on without a word (rules 7 and 9)."""

from __future__ import annotations

import pytest

from reminder.domain.acts import begin, topped_up
from reminder.domain.line import Line, LineState
from reminder.domain.plan import wake_at
from reminder.domain.schedule import Period
from tests.builders import (
    build_case,
    build_ladder,
    build_line,
    by_owner,
    moscow,
    read_at,
    use_of_ten_a_day,
)
from tests.domain.plan.planner import NOV_1, NOV_10, Planner, entry, leads_of, messages, short


def test_rule_9_repeats_after_one_three_seven_and_fourteen_days() -> None:
    """Short: leads, then repeats while overdue, each once."""
    sent = messages(short(), "2026-12-24")
    assert sent == leads_of("2026-12-01", 7, 3, 1, 0, -1, -3, -7, -14)


@pytest.mark.parametrize("line", [by_owner(), build_line()])
def test_rule_9_who_presses_nothing_is_reminded_each_month(line: Line) -> None:
    """Four months without a word: every month's leads come, of a line that went on by itself."""
    sent = messages(build_case(line, read_at(NOV_1, "100")), "2027-03-31")
    for month in ("2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01"):
        assert [s for s in sent if month in s][:4] == leads_of(month, 7, 3, 1, 0)


def test_rule_9_a_line_without_a_period_ends_after_its_repeats() -> None:
    """The repeats come, then the line is ended and nothing wakes it."""
    planner = Planner(build_case(by_owner(period=None)))
    sent = planner.sleep_until(moscow("2027-06-01"))
    assert sent == leads_of("2026-12-01", 7, 3, 1, 0, -1, -3, -7, -14)
    assert planner.case.standing.state is LineState.ENDED
    assert wake_at(planner.case, planner.known, moscow("2027-06-01")) is None


def test_rule_9_an_ended_line_says_nothing_of_its_balance() -> None:
    """No leads, and use that empties the balance a day before the line ends: its balance clock was
    silent beside the open fee (rule 10), and has nothing to make up once the line is over."""
    case = build_case(
        build_line(period=None), *use_of_ten_a_day("2026-11-05", 380), ladder=build_ladder(leads=())
    )
    planner = Planner(begin(case, NOV_10))
    assert planner.sleep_until(moscow("2027-01-31"), NOV_10) == leads_of(
        "2026-12-01", -1, -3, -7, -14
    )
    assert planner.case.standing.state is LineState.ENDED


def test_rule_9_repeats_stop_at_the_next_first_lead() -> None:
    """A fee each fortnight: repeats of days one and three, then the next D's leads."""
    sent = messages(build_case(by_owner(period=Period(days=14))), "2026-12-12 12:00")
    assert sent[4:] == leads_of("2026-12-01", -1, -3) + leads_of("2026-12-15", 7, 3)


def test_rule_7_covered_in_the_end_needs_no_repeat() -> None:
    """Topped up after the last lead: D passes quietly, and January is spoken of when due."""
    planner = Planner(short())
    planner.sleep_until(moscow("2026-12-01 10:00"))
    now = moscow("2026-12-01 12:00")
    planner.case = topped_up(planner.case, entry("200"), None, now)
    planner.sleep_until(moscow("2026-12-26"), now)
    assert planner.said == leads_of("2026-12-01", 7, 3, 1, 0) + leads_of("2027-01-01", 7)
