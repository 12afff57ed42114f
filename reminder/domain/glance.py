"""What a board must know of a line to sort and find it without reading its clocks anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from reminder.domain.clocks import Clocks
from reminder.domain.line import ChargedBy, Clock, Line, LineState
from reminder.domain.look import Look
from reminder.domain.notice import next_due_at
from reminder.domain.quick import quick

NOW_DAYS = 3
SOON_MONEY_DAYS = 14
SOON_NUMBER_DAYS = 30
LONGEST = timedelta(days=31)


class Level(StrEnum):
    """How soon a number needs somebody; shape, word and hue follow from it."""

    NOW = "now"
    SOON = "soon"
    FINE = "fine"
    REST = "rest"


@quick
@dataclass(frozen=True, slots=True)
class Glance:
    """The leading clock and its day, whether enough is known to call the line fine, the next
    message; all of it true up to ``until``, unless somebody enters something."""

    leading: Clock | None
    leads_on: date | None
    known: bool
    next_due_at: datetime | None
    until: datetime


def glance(seen: Look) -> Glance:
    """A settled line, for as long as time alone changes nothing of what is seen."""
    return glances([seen])[0]


def glances(those: Iterable[Look]) -> list[Glance]:
    """The same of many lines, each step for all of them."""
    looks = list(those)
    following = [next_due_at(seen) for seen in looks]
    until = [_until(seen, at) for seen, at in zip(looks, following, strict=True)]
    return [_glance(*one) for one in zip(looks, following, until, strict=True)]


def _glance(seen: Look, following: datetime | None, until: datetime) -> Glance:
    clocks, leading = seen.clocks, seen.clocks.leading
    return Glance(
        leading=leading,
        leads_on=clocks.deadline(leading) if leading else None,
        known=is_known(seen.case.line, clocks),
        next_due_at=following,
        until=until,
    )


def _until(seen: Look, following: datetime | None) -> datetime:
    """The first instant that may change something: the next message, the next turn of the line,
    the beginning of a deadline; the next midnight, where one is past or today."""
    days, now = seen.case.ladder.days, seen.now
    moments = [now + LONGEST, following, seen.turns_at]
    for on in seen.clocks.deadlines():
        begins = days.start(on)
        moments.append(begins if begins > now else days.end(seen.sight.today))
    return min([m for m in moments if m is not None and m > now])


def is_known(line: Line, clocks: Clocks) -> bool:
    """Whether enough is known of a line that needs nobody to say so."""
    renewal, money = clocks.renewal, clocks.balance
    if renewal is not None and renewal.covered is None and line.charged_by is ChargedBy.OPERATOR:
        return False
    has_sum = money is not None and money.projected is not None
    return renewal is not None or clocks.inactivity is not None or has_sum


def level(
    state: LineState, leading: Clock | None, leads_on: date | None, today: date, *, known: bool
) -> Level:
    """How soon a line needs somebody: by the leading clock's day (DESIGN section 3)."""
    if state is not LineState.ACTIVE:
        return Level.REST
    if leads_on is not None:
        left = (leads_on - today).days
        soon = SOON_NUMBER_DAYS if leading is Clock.INACTIVITY else SOON_MONEY_DAYS
        if left <= NOW_DAYS:
            return Level.NOW
        if left <= soon:
            return Level.SOON
    return Level.FINE if known else Level.REST
