"""Where a balance has been and where it goes: the marks of its track, and sums that carry fees.

Nothing is guessed beyond the first fee that is not covered: what is done about it decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from itertools import islice

from reminder.domain.balance import Reading, ReadingKind, in_order
from reminder.domain.clocks import enough_for, fee_dates, read, there_now
from reminder.domain.line import Situation
from reminder.domain.money import Money
from reminder.domain.schedule import DAY
from reminder.domain.sight import Sight, fee_from_balance, use_a_day

MOST_SUMS = 3


class Step(StrEnum):
    """What happens to a balance at a mark: the kinds of readings, then what is foreseen."""

    SEEN = "reading"
    TOP_UP = "top_up"
    FEE = "fee"
    UNKNOWN = "unknown"
    TODAY = "today"
    FEE_AHEAD = "fee_ahead"
    SHORT = "short"
    EMPTY = "empty"
    END = "end"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a track. ``before`` and ``after`` are the balance around it in minor units (None:
    not known), ``change`` what was added or taken; at SHORT it is the fee that is not covered."""

    step: Step
    on: date
    before: Fraction | None
    after: Fraction | None
    change: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount to pay in, and the fees that it carries."""

    amount: Money
    days: tuple[date, ...]


def past(case: Situation, now: datetime) -> list[Mark]:
    """What was entered and booked up to ``now``, in order, and the balance of today."""
    found: list[Mark] = []
    a_day = Fraction(use_a_day(case))
    known: Fraction | None = None
    day: date | None = None
    for reading in in_order([r for r in case.readings if r.at <= now]):
        used = a_day * (reading.on - day).days if day else 0
        found.append(_mark(reading, None if known is None else known - used))
        known, day = found[-1].after, reading.on
    today = there_now(case, now)
    if found and today is not None:
        found.append(Mark(Step.TODAY, case.ladder.days.of(now), Fraction(today), Fraction(today)))
    return found


def _mark(reading: Reading, before: Fraction | None) -> Mark:
    minor = Fraction(reading.minor)
    match reading.kind:
        case ReadingKind.READING:
            return Mark(Step.SEEN, reading.on, minor, minor)
        case ReadingKind.UNKNOWN:
            return Mark(Step.UNKNOWN, reading.on, before, None)
        case ReadingKind.TOP_UP:
            after = None if before is None else before + minor
            return Mark(Step.TOP_UP, reading.on, before, after, minor)
        case ReadingKind.FEE:
            after = None if before is None else before - minor
            return Mark(Step.FEE, reading.on, before, after, -minor)


def ahead(
    case: Situation, now: datetime, until: date, paid_in: Fraction | None = None
) -> list[Mark]:
    """From today to ``until``: fees at their days, up to the first that is not covered or to the
    day the money is used up; only today where it is. ``paid_in``: as if that sum were paid in
    today."""
    there = there_now(case, now)
    if there is None:
        return []
    today, a_day = case.ladder.days.of(now), Fraction(use_a_day(case))
    value = there + (paid_in or Fraction(0))
    found = [Mark(Step.TODAY, today, value, value)]
    day = today
    fee = Fraction(fee_from_balance(case) or 0)
    for on in _fees(case, now):
        if on > until:
            break
        before = value - a_day * max((on - DAY - day).days, 0)
        if a_day > 0 and before < 0:
            break
        if before < fee:
            return [*found, Mark(Step.SHORT, max(on, today), before, before, -fee)]
        value, day = before - fee, max(on - DAY, today)
        found.append(Mark(Step.FEE_AHEAD, max(on, today), before, value, -fee))
    return found if a_day > 0 and value < 0 else [*found, _last(value, a_day, day, until)]


def _last(value: Fraction, a_day: Fraction, day: date, until: date) -> Mark:
    end = value - a_day * (until - day).days
    if a_day <= 0 or end > 0:
        return Mark(Step.END, until, end, end)
    empty = day + DAY * int(max(-(-value // a_day), 0))
    return Mark(Step.EMPTY, empty, Fraction(0), Fraction(0))


def _fees(case: Situation, now: datetime) -> Iterator[date]:
    """The days of fees still to come, with that of a fee whose day is here and that is open."""
    if fee_from_balance(case) is None or case.line.autopay:
        return
    today, renewal = case.ladder.days.of(now), read(case, now).renewal
    if renewal and renewal.covered is False and renewal.on <= today:
        yield renewal.on
    yield from fee_dates(case, today)


def sums(case: Situation, now: datetime) -> list[Sum]:
    """The least that carries the next fee, then two, then three; none where it is not known, or
    where it is there already."""
    found: list[Sum] = []
    days: list[date] = []
    if case.standing.renews_on is None:
        return found
    seen = Sight(case, now)
    for day in islice(fee_dates(case, case.standing.renews_on - DAY), MOST_SUMS):
        days.append(day)
        enough = enough_for(seen, len(days))
        if enough is not None:
            found.append(Sum(enough.amount, tuple(days)))
    return found
