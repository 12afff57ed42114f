"""How often a covered fee is mentioned (rule 6)."""

from __future__ import annotations

import pytest

from reminder.domain.acts import record
from reminder.domain.balance import ReadingKind
from reminder.domain.line import WhenCovered
from reminder.domain.plan import COVERED
from tests.builders import (
    build_case,
    build_ladder,
    moscow,
    read_at,
)
from tests.domain.plan.planner import NOV_1, Planner, entry, keys, leads_of, messages


@pytest.mark.parametrize(
    ("when", "leads"),
    [(WhenCovered.ONCE, [7]), (WhenCovered.ALWAYS, [7, 3, 1, 0]), (WhenCovered.NEVER, [])],
)
def test_rule_6_covered_is_said_once_always_or_never(when: WhenCovered, leads: list[int]) -> None:
    """A covered renewal is mentioned as often as its owner wants, and says that it is covered."""
    case = build_case(None, read_at(NOV_1, "350"), ladder=build_ladder(when_covered=when))
    planner = Planner(case)
    planner.sleep_until(moscow("2026-12-01 23:00"))
    assert [d.key for _, d in planner.sent] == keys(leads)
    assert all(d.covered for _, d in planner.sent)
    assert {why for why in planner.known.values() if why} <= {COVERED}


def test_rule_6_uncovered_later_is_reminded() -> None:
    """Covered at seven days, a lower balance read at four: the lead of three comes."""
    planner = Planner(build_case(None, read_at(NOV_1, "350")))
    planner.look(moscow("2026-11-24 09:00"))
    now = moscow("2026-11-27 12:00")
    planner.case = record(planner.case, ReadingKind.READING, entry("90"), now)
    planner.sleep_until(moscow("2026-12-01 12:00"), now)
    assert [(d.key.lead_days, d.covered) for _, d in planner.sent] == [
        (7, True),
        (3, False),
        (1, False),
        (0, False),
    ]


def test_rule_6_not_known_is_reminded_like_not_covered() -> None:
    """Null is reminded at every lead."""
    assert messages(build_case(), "2026-12-01 12:00") == leads_of("2026-12-01", 7, 3, 1, 0)
