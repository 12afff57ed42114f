"""When leads fall due (rules 2 and 3)."""

from __future__ import annotations

from datetime import time

import pytest

from reminder.domain.foresight import schedule
from reminder.domain.schedule import QuietHours
from tests.builders import (
    build_case,
    build_ladder,
    moscow,
)
from tests.domain.plan.planner import NOV_1, Planner

NIGHT = QuietHours(time(22), time(8))


def test_rule_2_a_lead_is_due_at_its_time_on_its_date() -> None:
    """7, 3 and 1 days before D and on D itself, at 09:00 of the owner's zone."""
    planner = Planner(build_case())
    planner.sleep_until(moscow("2026-12-01 23:00"))
    assert [(now, d.due_at, d.key.lead_days) for now, d in planner.sent] == [
        (moscow(f"{on} 09:00"), moscow(f"{on} 09:00"), lead)
        for on, lead in [("2026-11-24", 7), ("2026-11-28", 3), ("2026-11-30", 1), ("2026-12-01", 0)]
    ]
    assert not any(d.late or d.missed for _, d in planner.sent)


def test_rule_2_the_zone_is_the_owners() -> None:
    """09:00 in Shanghai is 04:00 in Moscow."""
    planner = Planner(build_case(ladder=build_ladder(zone="Asia/Shanghai")))
    planner.sleep_until(moscow("2026-11-25"))
    assert [now for now, _ in planner.sent] == [moscow("2026-11-24 04:00")]


@pytest.mark.parametrize(
    ("at", "moment"), [(time(6), "2026-11-24 08:00"), (time(23), "2026-11-25 08:00")]
)
def test_rule_3_due_at_is_the_moved_moment(at: time, moment: str) -> None:
    """A time in the quiet hours: the reminder is due at their end, in look and schedule alike."""
    case = build_case(ladder=build_ladder(at=at, quiet=NIGHT))
    planner = Planner(case)
    planner.sleep_until(moscow("2026-11-26"))
    assert [d.due_at for _, d in planner.sent] == [moscow(moment)]
    assert schedule(case, {}, NOV_1, moscow("2026-11-26"))[0].due_at == moscow(moment)
    assert not planner.sent[0][1].late
