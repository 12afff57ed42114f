"""Clocks that meet, and clocks with leads of their own (rules 19, 20, 22, 23, 27)."""

from __future__ import annotations

import pytest

from reminder.domain.acts import begin
from reminder.domain.line import Line, Situation, WhenCovered
from reminder.domain.look import Key, Known
from reminder.domain.plan import SUPERSEDED, owed
from reminder.domain.schedule import Period
from tests.builders import (
    BALANCE,
    INACTIVITY,
    RENEWAL,
    build_case,
    build_ladder,
    build_line,
    build_standing,
    by_owner,
    daily,
    day,
    moscow,
    read_at,
    silent,
    use_of_ten_a_day,
    without_renewal,
)
from tests.builders import DEADLINE as D
from tests.domain.plan.planner import NOV_10, Planner, leads_of, messages


def _both_on_d(amount: str = "100") -> Situation:
    """Lost to silence on the day of the fee: ninety days after 2 September."""
    line = build_line(keep_alive=silent())
    standing = build_standing(last_active_on=day("2026-09-02"))
    return build_case(line, read_at(moscow("2026-10-30"), amount), standing=standing)


def test_rule_19_two_clocks_on_one_day_are_one_reminder() -> None:
    """Renewal and silence end on 1 December: one reminder a lead, under renewal, naming both."""
    planner = Planner(_both_on_d())
    planner.sleep_until(moscow("2026-12-01 12:00"))
    assert planner.said == leads_of("2026-12-01", 30, 7, 3, 1, 0)
    assert all(d.also == (INACTIVITY,) for _, d in planner.sent)


def test_rule_19_a_covered_fee_does_not_hide_the_other_clock() -> None:
    """The fee is covered, the silence is not: its leads come all the same."""
    planner = Planner(_both_on_d("350"))
    planner.sleep_until(moscow("2026-12-01 12:00"))
    assert planner.said == leads_of("2026-12-01", 30, 7, 1)
    assert all(d.covered for _, d in planner.sent)


def test_rule_19_a_covered_fee_does_not_hide_the_run_out() -> None:
    """The last kopeck goes with a covered fee: what runs out that day is told at every lead."""
    readings = use_of_ten_a_day("2026-11-10", 505)
    planner = Planner(begin(build_case(None, *readings), NOV_10))
    planner.sleep_until(moscow("2026-12-01 12:00"), NOV_10)
    assert planner.said == leads_of("2026-12-01", 7, 3, 1, 0)
    assert all(d.also == (BALANCE,) for _, d in planner.sent)


def test_rule_20_a_key_is_for_ever() -> None:
    """What is known is not planned again, whatever became of it."""
    known: Known = {Key(RENEWAL, D, 7): "", Key(RENEWAL, D, 3): SUPERSEDED}
    assert owed(build_case(), known, moscow("2026-11-29")).send == ()


def test_rule_22_a_daily_fee_runs_the_balance_out() -> None:
    """Ten a day and 300: gone on 10 December, by the balance clock's leads."""
    case = build_case(daily(), read_at(NOV_10, "300"), standing=without_renewal())
    assert messages(begin(case, NOV_10), "2026-12-10 12:00", NOV_10) == leads_of(
        "2026-12-10", 7, 3, 1, 0, clock="balance"
    )


@pytest.mark.parametrize(("stale", "leads"), [(False, [30, 7, 1]), (True, [45, 30, 7, 1])])
def test_rule_23_silence_has_leads_of_its_own(stale: bool, leads: list[int]) -> None:
    """30, 7 and 1 days before; one more, 45, where the rule was not checked for long."""
    line = build_line(keep_alive=silent(stale=stale))
    case = build_case(line, standing=without_renewal(last_active_on=day("2026-10-20")))
    sent = messages(case, "2027-01-18 12:00")
    assert sent == leads_of("2027-01-18", *leads, clock="inactivity")


def test_rule_23_silence_is_repeated_after_the_day() -> None:
    """The day passed unused: the repeats come, also to a planner that sleeps in between."""
    line = build_line(keep_alive=silent())
    case = build_case(line, standing=without_renewal(last_active_on=day("2026-10-20")))
    sent = messages(case, "2027-06-01")
    assert sent[3:] == leads_of("2027-01-18", -1, -3, -7, -14, clock="inactivity")


@pytest.mark.parametrize("line", [build_line(autopay=True), by_owner(autopay=True)])
def test_rule_27_autopay_is_one_message_a_period(line: Line) -> None:
    """At the longest lead, each month, and never overdue."""
    sent = messages(build_case(line, read_at(NOV_10, "100")), "2027-02-15")
    assert sent == [s for d in ("2026-12-01", "2027-01-01", "2027-02-01") for s in leads_of(d, 7)]


def test_rule_27_autopay_speaks_whatever_the_leads() -> None:
    """A week's fee and a lead of a week: the message comes at the longest lead there is."""
    line = build_line(autopay=True, period=Period(days=7))
    sent = messages(build_case(line), "2026-12-16")
    assert sent == [
        *leads_of("2026-12-01", 7),
        *leads_of("2026-12-08", 3),
        *leads_of("2026-12-15", 3),
    ]


@pytest.mark.parametrize("when", WhenCovered)
def test_rule_27_autopay_is_told_after_a_time_down(when: WhenCovered) -> None:
    """Down over the longest lead: the period still has its one message, however fees are told."""
    case = build_case(build_line(autopay=True), ladder=build_ladder(when_covered=when))
    planner = Planner(case)
    planner.sleep_until(moscow("2026-12-02"), moscow("2026-11-29"))
    assert planner.said == leads_of("2026-12-01", 3)
