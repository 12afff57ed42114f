"""A reminder that somebody asks for now: what it is about."""

from __future__ import annotations

from reminder.domain.look import Key
from reminder.domain.plan import told_now
from tests.builders import DEADLINE as D
from tests.builders import (
    INACTIVITY,
    RENEWAL,
    build_case,
    build_line,
    day,
    moscow,
    read_at,
    silent,
    without_renewal,
)
from tests.domain.plan.planner import NOV_10


def test_it_counts_the_days_left_from_today() -> None:
    """On 10 November, 21 days before the renewal, at this very moment."""
    due = told_now(build_case(), NOV_10)
    assert due is not None
    assert (due.key, due.due_at, due.also, due.covered) == (Key(RENEWAL, D, 21), NOV_10, (), False)


def test_it_says_when_the_fee_is_covered() -> None:
    """300 RUB pay for December: the message asked for says so."""
    due = told_now(build_case(None, read_at(NOV_10, "300")), NOV_10)
    assert due is not None
    assert (due.key, due.covered) == (Key(RENEWAL, D, 21), True)


def test_clocks_of_one_deadline_are_told_as_one() -> None:
    """Renewal and silence end on the same day: one message that names both (rule 19)."""
    line = build_line(fee=None, keep_alive=silent(90))
    standing = without_renewal(renews_on=D, anchor=D, last_active_on=day("2026-09-02"))
    due = told_now(build_case(line, standing=standing), NOV_10)
    assert due is not None
    assert (due.key, due.also) == (Key(RENEWAL, D, 21), (INACTIVITY,))


def test_nothing_is_told_where_no_date_is_known() -> None:
    """Without a date there is nothing to say, however much is there."""
    case = build_case(build_line(fee=None), read_at(NOV_10, "100"), standing=without_renewal())
    assert told_now(case, moscow("2026-11-11")) is None
