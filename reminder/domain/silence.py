"""What happens to a number that is not used: how long it may be silent, what counts as use, and
the steps in which it is lost (PRODUCT 2 and 3a, rule 23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class UseKind(StrEnum):
    """How a number was used: a call made or taken, a text sent, mobile data, something paid from
    the balance, or another way. A top-up is none: whether it counts is the operator's rule."""

    CALL = "call"
    SMS = "sms"
    DATA = "data"
    PAYMENT = "payment"
    OTHER = "other"


class TopUpCounts(StrEnum):
    """Whether a top-up alone counts as use: always, if it covers the next fee, never, not known."""

    YES = "yes"
    IF_COVERED = "if_covered"
    NO = "no"
    UNKNOWN = "unknown"


class StageKind(StrEnum):
    """The steps in which a silent number is lost, in their order."""

    WARNED = "warned"
    IDLE_FEE = "idle_fee"
    ZERO = "zero"
    BLOCKED = "blocked"
    ENDED = "ended"
    QUARANTINE = "quarantine"
    RESOLD = "resold"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step as the operator's facts name it: ``days`` after ``since`` (``activity``, ``zero``,
    or another step). ``words`` say by language what happens, and what still helps."""

    kind: StageKind
    since: str
    days: int | None
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A stage with its day; None where the day that it is counted from is not known."""

    kind: StageKind
    on: date | None
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """How long a line may be silent: days, whose figure it is (``owner`` or ``operator``), whether
    its check is too old; what a top-up does, and the steps after it."""

    days: int
    rule: str
    stale: bool = False
    top_up: TopUpCounts = TopUpCounts.UNKNOWN
    stages: tuple[Stage, ...] = ()


def steps(keep: KeepAlive, active: date, zero_on: date | None) -> tuple[Step, ...]:
    """The stages with their days, earliest first, undated ones last.

    ``active`` is the day of the last use, ``zero_on`` the day on which use empties the balance.
    The owner's own figure takes the place of the operator's stage of the contract's end, which
    would speak of another day.
    """
    known: dict[str, date | None] = {"activity": active, "zero": zero_on}
    lost_on = active + timedelta(days=keep.days)
    known[StageKind.ENDED] = lost_on
    order = list(StageKind)
    named = [s for s in keep.stages if s.kind is not StageKind.ENDED or keep.rule != "owner"]
    for stage in sorted(named, key=lambda s: order.index(s.kind)):
        known[stage.kind] = _day(stage, known.get(stage.since))
    found = [Step(s.kind, known[s.kind], s.words) for s in named]
    return tuple(sorted(found, key=lambda s: (s.on or date.max, order.index(s.kind))))


def _day(stage: Stage, since: date | None) -> date | None:
    if since is None or stage.days is None:
        return None
    return since + timedelta(days=stage.days)
