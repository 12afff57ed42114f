"""What is foreseen, and when to look next (rule 24)."""

from __future__ import annotations

from reminder.domain.acts import snooze, stop
from reminder.domain.foresight import one_by_one, schedule
from reminder.domain.line import ChargedBy
from reminder.domain.look import Known, look_at
from reminder.domain.plan import wake_at
from reminder.domain.schedule import Period
from tests.builders import (
    build_case,
    build_line,
    build_standing,
    by_owner,
    day,
    moscow,
    read_at,
    silent,
    without_renewal,
)
from tests.domain.plan.planner import NOV_1, NOV_10, Planner, keys


def test_rule_24_the_schedule_assumes_every_d_is_met() -> None:
    """Twelve months of leads, no repeats, though nobody has entered anything."""
    found = schedule(look_at(build_case(by_owner()), NOV_1), {}, moscow("2027-11-01"))
    assert [d.key.lead_days for d in found] == [7, 3, 1, 0] * 11 + [7, 3, 1]
    assert [d.due_at for d in found] == sorted(d.due_at for d in found)


def test_rule_24_covered_ones_by_rule_6() -> None:
    """700 pay for two months: covered ones are mentioned once, then the leads come."""
    found = schedule(
        look_at(build_case(None, read_at(NOV_1, "700")), NOV_1), {}, moscow("2027-02-02")
    )
    assert [(str(d.key.deadline), d.key.lead_days, d.covered) for d in found] == [
        ("2026-12-01", 7, True),
        ("2027-01-01", 7, True),
        *[("2027-02-01", k, False) for k in (7, 3, 1, 0)],
    ]


def test_rule_24_an_overdue_line_starts_with_its_next_leads() -> None:
    """No repeats: what comes next is the first lead of the next D."""
    known: Known = dict.fromkeys(keys([7, 3, 1, 0, -1]), "")
    case = build_case(by_owner()).moved(overdue=True)
    found = schedule(look_at(case, moscow("2026-12-03")), known, moscow("2026-12-26"))
    assert [d.key for d in found] == keys([7], day("2027-01-01"))


def test_rule_24_silence_is_met_on_its_day() -> None:
    """Used on the day it would be lost, the silence starts anew: three times in a year of 90s."""
    line = build_line(keep_alive=silent())
    case = build_case(line, standing=without_renewal(last_active_on=day("2026-10-20")))
    found = schedule(look_at(case, NOV_1), {}, moscow("2027-11-01"))
    assert [(str(d.key.deadline), d.key.lead_days) for d in found] == [
        (lost, lead)
        for lost in ("2027-01-18", "2027-04-18", "2027-07-17", "2027-10-15")
        for lead in (30, 7, 1)
    ]


def test_rule_24_a_silence_that_is_over_is_not_met_any_more() -> None:
    """Nobody used the number on its day: no later day of it is made up, the fee's go on."""
    line = build_line(fee=None, charged_by=ChargedBy.OWNER, keep_alive=silent())
    standing = build_standing(last_active_on=day("2026-07-01"))
    found = schedule(look_at(build_case(line, standing=standing), NOV_1), {}, moscow("2027-01-02"))
    assert {str(d.key.deadline) for d in found if d.due_at > NOV_1} == {"2026-12-01", "2027-01-01"}


def test_rule_24_a_snooze_hides_what_falls_in_it() -> None:
    """What a snooze holds back is not shown, the one message at its end is."""
    case = snooze(build_case(), day("2026-11-29"), moscow("2026-11-20 12:00"))
    found = schedule(look_at(case, moscow("2026-11-20 12:00")), {}, moscow("2026-12-02"))
    assert [d.key.lead_days for d in found] == [2, 1, 0]
    assert found[0].due_at == moscow("2026-11-29 09:00")


def test_rule_24_a_stopped_line_has_none() -> None:
    """Nothing is to come of a line that is stopped."""
    assert schedule(look_at(stop(build_case(), NOV_10), NOV_10), {}, moscow("2027-11-01")) == []


def test_rule_24_the_schedule_is_what_then_comes() -> None:
    """Where every D is covered, exactly the schedule is sent."""
    case = build_case(None, read_at(NOV_1, "9000"))
    end = moscow("2027-11-01")
    planner = Planner(case)
    planner.sleep_until(end)
    assert [d.key for d in schedule(look_at(case, NOV_1), {}, end)] == [
        d.key for _, d in planner.sent
    ]


def test_a_stopped_or_snoozed_line_wakes_for_its_turn() -> None:
    """Stopped: at the end of D. Snoozed: at the end of the snooze, if that is sooner."""
    case = build_case()
    assert wake_at(stop(case, NOV_10), {}, NOV_10) == moscow("2026-12-02")
    snoozed = snooze(case, day("2026-11-20"), NOV_10)
    assert wake_at(snoozed, {}, NOV_10) == moscow("2026-11-20 09:00")
    assert wake_at(build_case(standing=without_renewal()), {}, NOV_10) is None


def test_rule_24_a_schedule_ends() -> None:
    """A schedule asked for far too long stops after so many deadlines."""
    weekly = build_case(build_line(period=Period(days=7), autopay=True))
    found = schedule(look_at(weekly, NOV_1), {}, moscow("2126-12-01"))
    assert 1000 < len(found) <= 2000


def test_rule_24_a_schedule_can_be_asked_one_by_one() -> None:
    """Each is looked for when it is asked for, and together they are the schedule."""
    case, end = build_case(None, read_at(NOV_1, "700")), moscow("2027-02-02")
    ahead = one_by_one(look_at(case, NOV_1), {}, end)
    assert next(ahead).due_at == moscow("2026-11-24 09:00")
    assert [d.due_at for d in ahead] == [d.due_at for d in schedule(look_at(case, NOV_1), {}, end)][
        1:
    ]
