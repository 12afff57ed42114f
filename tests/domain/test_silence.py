"""The steps in which a silent number is lost, and what a top-up and a fee do to the silence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from reminder.domain.acts import renewed, topped_up
from reminder.domain.clocks import inactivity, read
from reminder.domain.ids import ReadingId
from reminder.domain.line import Situation
from reminder.domain.settle import settle
from reminder.domain.silence import KeepAlive, Stage, StageKind, TopUpCounts, steps
from tests.builders import (
    build_case,
    build_line,
    build_standing,
    daily,
    day,
    moscow,
    read_at,
    without_renewal,
)
from tests.domain.plan.planner import entry

NOV_10 = moscow("2026-11-10 12:00")
USED = day("2026-10-01")
WORDS = {"en": "words"}


def stage(kind: StageKind, since: str, days: int | None) -> Stage:
    """A stage with words of no matter."""
    return Stage(kind, since, days, WORDS)


LADDER = (
    stage(StageKind.RESOLD, "ended", 60),
    stage(StageKind.QUARANTINE, "ended", 0),
    stage(StageKind.ENDED, "activity", 90),
    stage(StageKind.IDLE_FEE, "activity", 45),
    stage(StageKind.BLOCKED, "zero", 30),
)


def days_of(keep: KeepAlive, zero_on: date | None = None) -> list[tuple[str, str | None]]:
    """The steps after a last use on 1 October 2026, by kind and day."""
    found = steps(keep, USED, zero_on)
    return [(one.kind.value, str(one.on) if one.on else None) for one in found]


def test_each_step_has_its_day() -> None:
    """Counted from the last use, from zero, or from the step before; undated ones come last."""
    keep = KeepAlive(90, "operator", stages=LADDER)
    known = [
        ("idle_fee", "2026-11-15"),
        ("ended", "2026-12-30"),
        ("quarantine", "2026-12-30"),
        ("resold", "2027-02-28"),
    ]
    assert days_of(keep) == [*known, ("blocked", None)]
    assert days_of(keep, day("2026-11-20")) == [
        known[0],
        ("blocked", "2026-12-20"),
        *known[1:],
    ]


def test_the_owners_figure_moves_the_end() -> None:
    """With the owner's own 60 days what comes after the end is counted from there; the operator's
    own step of the end would speak of another day."""
    assert days_of(KeepAlive(60, "owner", stages=LADDER))[:3] == [
        ("idle_fee", "2026-11-15"),
        ("quarantine", "2026-11-30"),
        ("resold", "2027-01-29"),
    ]


def test_a_step_of_unknown_length_has_no_day() -> None:
    """Where the facts name no number of days, no day is made up, nor one counted from it."""
    later = (stage(StageKind.BLOCKED, "activity", None), stage(StageKind.RESOLD, "blocked", 10))
    assert days_of(KeepAlive(90, "operator", stages=later)) == [("blocked", None), ("resold", None)]


def test_the_clock_carries_its_steps() -> None:
    """The clock of silence shows them, the day of zero taken from the balance clock."""
    keep = KeepAlive(90, "operator", stages=LADDER)
    standing = without_renewal(last_active_on=USED)
    case = build_case(daily(keep_alive=keep), read_at(NOV_10, "100"), standing=standing)
    clock = read(case, NOV_10).inactivity
    assert clock is not None
    assert {s.kind: str(s.on) for s in clock.stages}[StageKind.BLOCKED] == "2026-12-20"


def watched(counts: TopUpCounts, *amounts: str) -> Situation:
    """A number last used on 1 October, 300 RUB due on 1 December, with these balances."""
    line = build_line(keep_alive=KeepAlive(90, "operator", top_up=counts))
    readings = [read_at(NOV_10 - timedelta(days=1), amount) for amount in amounts]
    return build_case(line, *readings, standing=build_standing(last_active_on=USED))


@pytest.mark.parametrize(
    ("counts", "amount", "active"),
    [
        (TopUpCounts.YES, "10", "2026-11-10"),
        (TopUpCounts.IF_COVERED, "199", "2026-10-01"),
        (TopUpCounts.IF_COVERED, "200", "2026-11-10"),
        (TopUpCounts.NO, "900", "2026-10-01"),
        (TopUpCounts.UNKNOWN, "900", "2026-10-01"),
    ],
)
def test_rule_23_a_top_up_counts_only_where_the_rule_says_so(
    counts: TopUpCounts, amount: str, active: str
) -> None:
    """Always, only if it covers the next fee (100 are there), or not."""
    case = topped_up(watched(counts, "100"), entry(amount), None, NOV_10)
    assert str(case.standing.last_active_on) == active


def test_rule_23_a_top_up_does_not_start_a_watch() -> None:
    """Who does not watch the silence is not made to by a top-up."""
    case = watched(TopUpCounts.YES, "100").moved(last_active_on=None)
    after = topped_up(case, entry("100"), None, NOV_10)
    assert after.standing.last_active_on is None
    assert inactivity(after, NOV_10) is None


def test_rule_23_a_booked_fee_counts() -> None:
    """A covered fee is use on its day; one that was short is none."""
    now = moscow("2026-12-02")
    paid = settle(watched(TopUpCounts.NO, "500"), now)
    short = settle(watched(TopUpCounts.NO, "100"), now)
    assert str(paid.standing.last_active_on) == "2026-12-01"
    assert short.standing.last_active_on == USED


def test_rule_23_a_fee_booked_by_renewing_counts() -> None:
    """A renewal whose fee leaves a known balance is use today; of an unknown one it is none."""
    case = renewed(watched(TopUpCounts.NO, "500"), None, ReadingId("rea_fee"), NOV_10)
    assert str(case.standing.last_active_on) == "2026-11-10"
    blind = renewed(watched(TopUpCounts.NO), None, ReadingId("rea_fee"), NOV_10)
    assert blind.standing.last_active_on == USED
