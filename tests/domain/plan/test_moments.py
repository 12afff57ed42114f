"""When leads fall due (rules 2 and 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from reminder.domain.acts import begin, topped_up
from reminder.domain.balance import Reading
from reminder.domain.foresight import schedule
from reminder.domain.line import Line, Situation
from reminder.domain.look import look_at
from reminder.domain.schedule import Period, QuietHours
from tests.builders import (
    build_case,
    build_ladder,
    build_line,
    by_owner,
    moscow,
    read_at,
)
from tests.domain.plan.planner import NOV_1, Planner, entry

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
    assert schedule(look_at(case, NOV_1), {}, moscow("2026-11-26"))[0].due_at == moscow(moment)
    assert not planner.sent[0][1].late


def _late_in_the_evening(line: Line, *readings: Reading, leads: tuple[int, ...]) -> Situation:
    """A line whose owner wants to be written to at 23:00, and not from 22:00 to 08:00."""
    return build_case(line, *readings, ladder=build_ladder(at=time(23), quiet=NIGHT, leads=leads))


KNOWN_TO_BE_SHORT = (build_line(), read_at(NOV_1, "100"))
ENOUGH = (build_line(), read_at(NOV_1, "350"))
WEEKLY = (by_owner(period=Period(days=7)),)
ONCE = (by_owner(period=None),)


@pytest.mark.parametrize(
    ("what", "leads", "end", "sent"),
    [
        ((build_line(),), (1, 0), "2026-12-25", ["1 12-01", "0 12-02"]),
        ((build_line(),), (0,), "2026-12-25", ["0 12-02"]),
        ((build_line(period=None),), (0,), "2026-12-25", ["0 12-02"]),
        (KNOWN_TO_BE_SHORT, (0,), "2026-12-04", ["0 12-02", "-1 12-03"]),
        ((by_owner(),), (0,), "2026-12-04", ["0 12-02", "-1 12-03"]),
        (ENOUGH, (0,), "2026-12-25", []),
        (ONCE, (0,), "2027-06-01", ["0 12-02", "-1 12-03", "-3 12-05", "-7 12-09", "-14 12-16"]),
        (WEEKLY, (10, 0), "2026-12-10", ["10 11-22", "0 12-02", "0 12-09"]),
        (WEEKLY, (7, 0), "2026-12-10", ["7 11-25", "7 12-02", "7 12-09"]),
    ],
)
def test_rule_3_the_last_word_is_said_after_its_day(
    what: tuple[Line, Reading], leads: tuple[int, ...], end: str, sent: list[str]
) -> None:
    """A lead of D, or the last repeat of a line that ends, that the quiet hours move past the end
    of its day comes all the same, in the morning: unless the fee was met, or the next deadline's
    first lead comes with it (rule 16)."""
    planner = Planner(_late_in_the_evening(*what, leads=leads))
    planner.sleep_until(moscow(end))
    assert all(now == d.due_at and not d.late for now, d in planner.sent)
    assert [f"{d.key.lead_days} {now:%m-%d}" for now, d in planner.sent] == sent
    assert all(f"{now:%H:%M}" == "05:00" for now, _ in planner.sent)


@pytest.mark.parametrize("line", [build_line(), by_owner(), by_owner(period=None)])
def test_rule_3_the_schedule_shows_the_last_word(line: Line) -> None:
    """It stands in the schedule at the moment at which it comes."""
    case = _late_in_the_evening(line, leads=(1, 0))
    found = schedule(look_at(case, NOV_1), {}, moscow("2026-12-20"))
    assert [(d.key.lead_days, d.due_at) for d in found] == [
        (1, moscow("2026-12-01 08:00")),
        (0, moscow("2026-12-02 08:00")),
    ]


def test_rule_3_the_last_word_is_not_said_once_somebody_acted() -> None:
    """Topped up at seven in the morning after D, an hour before its last word: nothing is said."""
    planner = Planner(_late_in_the_evening(build_line(), leads=(0,)))
    planner.look(moscow("2026-12-02"))
    now = moscow("2026-12-02 07:00")
    planner.case = topped_up(planner.case, entry("300"), None, now)
    assert planner.sleep_until(moscow("2026-12-25"), now) == []


def test_rule_3_the_last_word_goes_at_once_if_the_night_is_over() -> None:
    """The quiet hours are taken away in the night: what was still owed goes now (rule 4)."""
    planner = Planner(_late_in_the_evening(build_line(), leads=(0,)))
    planner.look(moscow("2026-12-02"))
    planner.case = replace(planner.case, ladder=build_ladder(leads=(0,)))
    assert [d.key.lead_days for d in planner.look(moscow("2026-12-02 01:00"))] == [0]


def test_rule_3_registered_in_the_night_of_d() -> None:
    """At once means in the morning, also where D is over by then (rule 4)."""
    now = moscow("2026-12-01 22:30")
    case = begin(build_case(ladder=build_ladder(leads=(7, 3), quiet=NIGHT)), now)
    planner = Planner(case)
    planner.sleep_until(moscow("2026-12-20"), now)
    assert [(t, d.key.lead_days, d.missed) for t, d in planner.sent] == [
        (moscow("2026-12-02 08:00"), 3, True)
    ]
