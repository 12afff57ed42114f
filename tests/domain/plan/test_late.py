"""What is owed after registering late, an edit or a changed time (rule 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from reminder.domain.acts import begin, resume, stop
from reminder.domain.line import LineState
from reminder.domain.plan import wake_at
from reminder.domain.schedule import QuietHours
from tests.builders import (
    build_case,
    build_ladder,
    by_owner,
    moscow,
)
from tests.domain.plan.planner import NOV_1, NOV_10, Planner, keys, leads_of, messages

NIGHT = QuietHours(time(22), time(8))


def test_rule_4_past_leads_are_not_made_up() -> None:
    """Registered five days before D: the lead of a week is not sent, the others are."""
    case = begin(build_case(), moscow("2026-11-26 12:00"))
    sent = messages(case, "2026-12-01 12:00", moscow("2026-11-26 12:00"))
    assert sent == leads_of("2026-12-01", 3, 1, 0)


@pytest.mark.parametrize("leads", [(7, 3), (3, 7), (7, 3, 1, 0)])
def test_rule_4_none_left_sends_the_last_at_once(leads: tuple[int, ...]) -> None:
    """Registered on D after its moment: the last of the past leads goes at once, under its key."""
    now = moscow("2026-12-01 12:00")
    planner = Planner(begin(build_case(ladder=build_ladder(leads=leads)), now))
    sent = planner.look(now)
    assert [d.key for d in sent] == keys([min(leads)])
    assert not sent[0].late
    assert planner.look(now + timedelta(hours=1)) == ()


def test_rule_4_at_once_waits_for_the_morning() -> None:
    """Registered in the night: at once means at the end of the quiet hours."""
    now = moscow("2026-11-30 23:00")
    case = begin(build_case(ladder=build_ladder(leads=(7, 3), quiet=NIGHT)), now)
    assert Planner(case).look(now) == ()
    assert wake_at(case, {}, now) == moscow("2026-12-01 08:00")
    assert [d.key for d in Planner(case).look(moscow("2026-12-01 08:00"))] == keys([3])


def test_rule_4_a_lead_of_today_whose_moment_is_to_come_is_kept() -> None:
    """Registered at 08:00 a week before: the lead of 09:00 comes."""
    now = moscow("2026-11-24 08:00")
    assert messages(begin(build_case(), now), "2026-11-25", now) == leads_of("2026-12-01", 7)


def test_rule_4_nothing_is_made_up_of_a_past_d() -> None:
    """Resumed on the morning after D: no lead of D, and of its repeats only those to come."""
    stopped = stop(settled := build_case(by_owner()), NOV_1)
    assert settled.standing.state is LineState.ACTIVE
    now = moscow("2026-12-02 08:00")
    planner = Planner(stopped)
    planner.look(now)
    planner.case = resume(planner.case, now)
    planner.known = {}
    assert planner.sleep_until(moscow("2026-12-05"), now) == leads_of("2026-12-01", -1, -3)


def test_rule_4_past_repeats_are_not_made_up() -> None:
    """An edit while overdue, five days after D: the next repeat is that of day seven."""
    now = moscow("2026-12-06 12:00")
    case = begin(build_case(by_owner()).moved(overdue=True), now)
    assert messages(case, "2026-12-10", now) == leads_of("2026-12-01", -7)


def test_rule_4_no_lead_times_no_reminders() -> None:
    """Who wants no leads gets none, also when registering late."""
    case = build_case(ladder=build_ladder(leads=()))
    assert messages(begin(case, NOV_1), "2026-12-01 12:00") == []


@pytest.mark.parametrize(
    ("at", "sent_at"),
    [(time(7), "2026-11-24 08:00"), (time(18), "2026-11-24 18:00"), (time(8), "2026-11-24 08:00")],
)
def test_rule_4_a_changed_time_keeps_what_was_owed(at: time, sent_at: str) -> None:
    """``at`` is changed at 08:00 of a lead's day: it goes at its new moment, at once if past."""
    now = moscow("2026-11-24 08:00")
    planner = Planner(begin(build_case(), NOV_10))
    planner.look(now)
    planner.case = replace(planner.case, ladder=build_ladder(at=at))
    planner.sleep_until(moscow("2026-11-24 20:00"), now)
    assert [(t, d.key.lead_days) for t, d in planner.sent] == [(moscow(sent_at), 7)]


def test_rule_4_a_changed_time_makes_nothing_up() -> None:
    """A lead past at registration does not come back by a later ``at``."""
    now = moscow("2026-11-24 12:00")
    case = replace(begin(build_case(), now), ladder=build_ladder(at=time(18)))
    assert messages(case, "2026-11-25", now) == []
