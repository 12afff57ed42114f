"""The balance clock speaks only where it adds something (rule 10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reminder.domain.acts import acknowledge, begin, record, topped_up
from reminder.domain.balance import ReadingKind
from reminder.domain.line import Situation
from reminder.domain.look import Key
from tests.builders import (
    BALANCE,
    build_case,
    build_ladder,
    build_line,
    day,
    moscow,
    rubles,
    use_of_ten_a_day,
    without_renewal,
)
from tests.domain.plan.planner import NOV_1, NOV_10, Planner, entry, leads_of, messages, short


def _runs_out(amount: int = 400, **changes: object) -> Situation:
    """Ten a day, and so much on 10 November; no renewal."""
    line = build_line(**{"fee": None, "period": None, **changes})
    case = build_case(line, *use_of_ten_a_day("2026-11-10", amount), standing=without_renewal())
    return begin(case, NOV_10)


def test_rule_10_run_out_by_burn_rate_has_leads_and_repeats() -> None:
    """400 at ten a day are gone on 20 December: four leads, then repeats until somebody acts."""
    assert messages(_runs_out(), "2027-03-01", NOV_10) == leads_of(
        "2026-12-20", 7, 3, 1, 0, -1, -3, -7, -14, clock="balance"
    )


def test_rule_10_a_reading_under_the_floor_speaks_at_the_next_moment() -> None:
    """50 read at noon under a floor of 100: one message, tomorrow at 09:00, and no other."""
    line = build_line(fee=None, period=None, low_balance=rubles("100"))
    case = begin(build_case(line, standing=without_renewal()), NOV_1)
    case = record(case, ReadingKind.READING, entry("50"), NOV_10)
    planner = Planner(case)
    planner.sleep_until(moscow("2027-02-01"), NOV_10)
    assert [(now, d.key) for now, d in planner.sent] == [
        (moscow("2026-11-11 09:00"), Key(BALANCE, day("2026-11-10"), 0))
    ]


def test_rule_13_a_fall_under_the_floor_that_was_acknowledged_is_not_told() -> None:
    """Who has dealt with it hears nothing of it."""
    line = build_line(fee=None, period=None, low_balance=rubles("100"))
    case = begin(build_case(line, standing=without_renewal()), NOV_1)
    case = acknowledge(record(case, ReadingKind.READING, entry("50"), NOV_10), BALANCE, NOV_10)
    assert messages(case, "2027-02-01", NOV_10) == []


@pytest.mark.parametrize("leads", [(7, 3, 1, 0), (7, 3)])
def test_rule_10_under_the_floor_then_by_leads_of_the_run_out_day(leads: tuple[int, ...]) -> None:
    """Use takes it under the floor on 11 December, and to nothing on the 20th: both are told."""
    case = replace(_runs_out(low_balance=rubles("100")), ladder=build_ladder(leads=leads))
    sent = messages(case, "2026-12-20 12:00", NOV_10)
    zero = [k for k in leads if k != 7] if 0 not in leads else list(leads)
    assert f"balance 2026-12-11 {leads[0]}" in sent
    assert "balance 2026-12-11 0" in sent
    assert sent[-len(zero) :] == leads_of("2026-12-20", *zero, clock="balance")


def test_rule_10_a_fee_that_runs_it_out_is_one_reminder() -> None:
    """Short for D: the renewal clock speaks, the balance clock does not repeat it."""
    assert {s.split()[0] for s in messages(short(), "2026-12-24")} == {"renewal"}


def test_rule_10_run_out_before_d_is_told_beside_the_fee() -> None:
    """Use empties it on 20 November, before the fee of December: both clocks speak."""
    case = begin(build_case(None, *use_of_ten_a_day("2026-11-10", 100)), NOV_10)
    sent = messages(case, "2026-11-24 12:00", NOV_10)
    assert sent == [
        *leads_of("2026-11-20", 7, 3, 1, 0, -1, -3, clock="balance"),
        *leads_of("2026-12-01", 7),
    ]


def test_rule_10_topped_up_above_the_floor_is_silent() -> None:
    """A top-up before the next moment: the fall is not told."""
    line = build_line(fee=None, period=None, low_balance=rubles("100"))
    case = begin(build_case(line, standing=without_renewal()), NOV_1)
    low = record(case, ReadingKind.READING, entry("50"), NOV_10)
    high = topped_up(low, entry("500"), None, NOV_10 + timedelta(hours=1))
    assert messages(high, "2026-12-24", NOV_10 + timedelta(hours=1)) == []


def test_rule_10_a_fall_by_use_is_told_on_its_day_beside_an_open_fee() -> None:
    """No leads, the fee is open, and two days after D use takes the balance under the floor: that
    is said at the hour of its day, not at the next look that comes for another reason."""
    line = build_line(period=None, low_balance=rubles("100"))
    case = build_case(line, *use_of_ten_a_day("2026-11-05", 365), ladder=build_ladder(leads=()))
    planner = Planner(begin(case, NOV_10))
    planner.sleep_until(moscow("2026-12-10"), NOV_10)
    fall = [(now, d.late) for now, d in planner.sent if d.key.clock is BALANCE]
    assert fall == [(moscow("2026-12-02 09:00"), False)]
