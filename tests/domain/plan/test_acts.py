"""What a person did changes what is owed (rules 12 and 13)."""

from __future__ import annotations

from reminder.domain.acts import acknowledge, resume, snooze, stop, topped_up
from reminder.domain.look import Key
from reminder.domain.plan import SUPERSEDED, owed
from tests.builders import DEADLINE as D
from tests.builders import (
    RENEWAL,
    build_case,
    by_owner,
    day,
    moscow,
    read_at,
    without_renewal,
)
from tests.domain.plan.planner import NOV_1, NOV_10, Planner, entry, leads_of, messages, short


def test_rule_12_covered_now_stops_the_reminders_of_d() -> None:
    """Reminded once, then topped up: nothing more about this D."""
    planner = Planner(short())
    planner.sleep_until(moscow("2026-11-24 10:00"))
    now = moscow("2026-11-25 12:00")
    planner.case = topped_up(planner.case, entry("200"), None, now)
    assert planner.sleep_until(moscow("2026-12-02"), now) == leads_of("2026-12-01", 7)


def test_rule_12_still_short_goes_on() -> None:
    """Half of it paid in: the remaining leads come."""
    planner = Planner(short())
    planner.sleep_until(moscow("2026-11-24 10:00"))
    now = moscow("2026-11-25 12:00")
    planner.case = topped_up(planner.case, entry("100"), None, now)
    sent = planner.sleep_until(moscow("2026-12-01 12:00"), now)
    assert sent == leads_of("2026-12-01", 7, 3, 1, 0)


def test_rule_12_not_known_is_dealt_with_until_the_next() -> None:
    """Topped up an unknown balance: silent for this D, leads for the next."""
    now = moscow("2026-11-25 12:00")
    case = topped_up(build_case(), entry("300"), None, now)
    assert messages(case, "2026-12-26", now) == leads_of("2027-01-01", 7)


def test_rule_13_acknowledged_ends_this_d_only() -> None:
    """Nothing more of this D, repeats included; the next D's leads come."""
    now = moscow("2026-11-25 12:00")
    case = acknowledge(build_case(by_owner()), RENEWAL, now)
    assert messages(case, "2026-12-26", now) == leads_of("2027-01-01", 7)


def test_rule_13_snooze_is_silent_and_then_says_what_is_so() -> None:
    """Snoozed to the 29th over the lead of three: one message at 09:00, then the usual leads."""
    planner = Planner(short())
    planner.sleep_until(moscow("2026-11-24 10:00"))
    now = moscow("2026-11-25 12:00")
    planner.case = snooze(planner.case, day("2026-11-29"), now)
    planner.sleep_until(moscow("2026-12-01 12:00"), now)
    assert [(t, d.key.lead_days) for t, d in planner.sent[1:]] == [
        (moscow("2026-11-29 09:00"), 2),
        (moscow("2026-11-30 09:00"), 1),
        (moscow("2026-12-01 09:00"), 0),
    ]
    assert planner.known[Key(RENEWAL, D, 3)] == SUPERSEDED


def test_rule_13_a_snooze_onto_a_leads_day_is_one_message() -> None:
    """Snoozed until the day of a lead: that lead, once."""
    now = moscow("2026-11-25 12:00")
    case = snooze(short(), day("2026-11-28"), now)
    assert messages(case, "2026-11-29", now) == leads_of("2026-12-01", 3)


def test_rule_13_a_snooze_says_that_it_is_covered_by_now() -> None:
    """What is so at the end of a snooze is said, also that nothing is missing."""
    now = moscow("2026-11-25 12:00")
    case = snooze(build_case(None, read_at(NOV_1, "350")), day("2026-11-29"), now)
    planner = Planner(case)
    planner.known[Key(RENEWAL, D, 7)] = ""
    planner.sleep_until(moscow("2026-11-29 12:00"), now)
    assert [(d.key.lead_days, d.covered) for _, d in planner.sent] == [(2, True)]


def test_rule_13_a_snooze_with_nothing_to_say_just_ends() -> None:
    """No clock runs any more: the end of the snooze is silent."""
    case = snooze(build_case(standing=without_renewal()), day("2026-11-11"), NOV_10)
    planner = Planner(case)
    assert planner.sleep_until(moscow("2026-12-01"), NOV_10) == []
    assert planner.case.standing.snoozed_until is None


def test_rule_13_a_snooze_over_d_speaks_of_what_is_overdue() -> None:
    """D passes in the snooze: at its end the line is overdue, and that is said."""
    now = moscow("2026-11-30 12:00")
    planner = Planner(snooze(short(), day("2026-12-06"), now))
    planner.sleep_until(moscow("2026-12-08 12:00"), now)
    assert planner.said == leads_of("2026-12-01", -5, -7)


def test_rule_13_stopped_says_nothing() -> None:
    """A stopped line is silent over D; what was passed over is kept as skipped."""
    planner = Planner(stop(build_case(by_owner()), NOV_10))
    assert planner.sleep_until(moscow("2026-12-24"), NOV_10) == []
    assert owed(planner.case, {}, moscow("2026-12-24")).send == ()
    assert {why for _, why in owed(planner.case, {}, moscow("2026-12-24")).skip} == {"stopped"}


def test_rule_13_resumed_speaks_of_what_is_to_come() -> None:
    """Resumed between two leads: the later one comes."""
    now = moscow("2026-11-27 12:00")
    case = resume(stop(build_case(), NOV_10), now)
    assert messages(case, "2026-11-29", now) == leads_of("2026-12-01", 3)
