"""Project from readings what a balance is on a day, and the day it runs out.

Projection: last reading + top-ups since - fees charged since - use a day x days (PRODUCT 3a, rule
11). Readings stand at instants; where two stand at one instant the later entered wins. Sums are
exact fractions of a minor unit until they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from reminder.domain.ids import ReadingId
from reminder.domain.money import Minor, Money
from reminder.domain.quick import quick

FEWEST_READINGS = 3
SHORTEST_SPAN_DAYS = 7
RECENT_DAYS = 120
RATES_KEPT = 256


class ReadingKind(StrEnum):
    """What a reading says: a sum added, the whole balance, a fee taken, or that it is not known; in
    the order in which they count when they were recorded together."""

    TOP_UP = "top_up"
    READING = "reading"
    FEE = "fee"
    UNKNOWN = "unknown"


_ORDER = {kind: place for place, kind in enumerate(ReadingKind)}
_READING = ReadingKind.READING


@quick
@dataclass(frozen=True, slots=True)
class Reading:
    """Something known about a balance. ``at`` is the instant it stands at, ``on`` its civil date
    in the owner's zone, ``recorded_at`` when it was entered or booked. ``minor`` is 0 for UNKNOWN.
    """

    id: ReadingId
    kind: ReadingKind
    at: datetime
    on: date
    recorded_at: datetime
    minor: int

    def money(self, currency: str) -> Money:
        """The reading's amount."""
        return Money(self.minor, currency)


@quick
@dataclass(frozen=True, slots=True)
class Balance:
    """What is known at an instant: the sum, and the civil date of the reading it rests on."""

    minor: Minor
    read_on: date

    def after(self, day: date, a_day: Minor) -> Minor:
        """The sum at the end of ``day``, less the use since."""
        return self.minor - a_day * max((day - self.read_on).days, 0) if a_day else self.minor


def in_order(readings: Sequence[Reading]) -> list[Reading]:
    """Readings as they stand in time; of two at one instant the later recorded comes last. Of what
    was recorded together a top-up is in the balance seen with it, and a fee is taken from it."""
    if len(readings) < 2:  # noqa: PLR2004 - one is in order
        return list(readings)
    return sorted(readings, key=lambda r: (r.at, r.recorded_at, _ORDER[r.kind], r.id))


def stated(readings: Sequence[Reading], until: datetime) -> Balance | None:
    """The balance by what was read and booked before ``until``, without use; None if not known."""
    known: Balance | None = None
    for reading in in_order(readings):
        if reading.at >= until:
            break
        known = _apply(known, reading)
    return known


def _apply(known: Balance | None, reading: Reading) -> Balance | None:
    kind = reading.kind
    if kind is _READING:
        return Balance(reading.minor, reading.on)
    if known is None or kind is ReadingKind.UNKNOWN:
        return None
    added = reading.minor if kind is ReadingKind.TOP_UP else -reading.minor
    return Balance(known.minor + added, known.read_on)


def projected(
    readings: Sequence[Reading], until: datetime, day: date, a_day: Minor
) -> Minor | None:
    """The balance at the end of ``day``: :func:`stated` before ``until`` less the use since."""
    known = stated(readings, until)
    return None if known is None else known.after(day, a_day)


def last_reading(readings: Sequence[Reading]) -> Reading | None:
    """The latest whole balance that a person stated; fees and top-ups are none."""
    whole = [r for r in in_order(readings) if r.kind is ReadingKind.READING]
    return whole[-1] if whole else None


@dataclass(frozen=True, slots=True)
class Span:
    """The time between the readings of two days, and what was used in it."""

    days: int
    used: int

    @property
    def a_day(self) -> Fraction:
        """Minor units a day."""
        return Fraction(self.used, self.days)


def burn_rate(readings: Sequence[Reading]) -> Fraction | None:
    """Minor units used a day, from at least 3 readings over 7 days; None if they do not allow it.

    The mean of the middle half of the days, by how much was used in each: a mistyped reading or a
    month abroad does not carry it away. It rests on the last four months before the last reading.
    """
    return _burn_rate(tuple(readings)) if len(readings) >= FEWEST_READINGS else None


@lru_cache(maxsize=RATES_KEPT)
def _burn_rate(readings: tuple[Reading, ...]) -> Fraction | None:
    """Kept, because every clock of a line asks for it again."""
    whole = [r for r in readings if r.kind is ReadingKind.READING]
    spans = _spans(readings)
    days = sum(span.days for span in spans)
    if len(whole) < FEWEST_READINGS or days < SHORTEST_SPAN_DAYS:
        return None
    return _middle_half(spans, days) or None


def _spans(readings: Sequence[Reading]) -> list[Span]:
    """The use between the last readings of each day, latest first: what is missing after top-ups
    and fees. A span in which the balance rose unexplained (a top-up nobody recorded) or became
    unknown tells nothing and is left out."""
    found: list[Span] = []
    before: Reading | None = None
    between, first_on = 0, date.max
    for reading in in_order(readings):
        match reading.kind:
            case ReadingKind.TOP_UP:
                between += reading.minor
            case ReadingKind.FEE:
                between -= reading.minor
            case ReadingKind.UNKNOWN:
                before = None
            case ReadingKind.READING:
                if before is None:
                    first_on = reading.on
                elif before.on < reading.on:
                    used = before.minor + between - reading.minor
                    found.append(Span((reading.on - before.on).days, used))
                elif first_on < reading.on:
                    used = found[-1].used + before.minor + between - reading.minor
                    found[-1] = Span(found[-1].days, used)
                before, between = reading, 0
    return _recent([span for span in reversed(found) if span.used >= 0])


def _recent(spans: list[Span]) -> list[Span]:
    """The latest spans that reach four months back, at least two."""
    found: list[Span] = []
    for span in spans:
        enough = len(found) >= FEWEST_READINGS - 1
        if enough and sum(s.days for s in found) >= RECENT_DAYS:
            break
        found.append(span)
    return found


def _middle_half(spans: list[Span], days: int) -> Fraction:
    """The mean use of the days between the lower and the upper quarter."""
    low, high = Fraction(days, 4), Fraction(3 * days, 4)
    total, passed = Fraction(0), Fraction(0)
    for span in sorted(spans, key=lambda s: s.a_day):
        begins, ends = max(passed, low), min(passed + span.days, high)
        total += span.a_day * max(ends - begins, Fraction(0))
        passed += span.days
    return total / (high - low)


def fell_under(readings: Sequence[Reading], floor: int) -> Reading | None:
    """The reading that took the balance under ``floor`` and left it there; None if it is not."""
    known: Balance | None = None
    first: Reading | None = None
    for reading in in_order(readings):
        known = _apply(known, reading)
        if known is None or known.minor >= floor:
            first = None
        elif first is None and reading.kind is ReadingKind.READING:
            first = reading
    return first


@quick
@dataclass(frozen=True, slots=True)
class RunOut:
    """The day a balance reaches its floor, and by what: ``fee``, ``burn_rate``, ``daily_fee`` or
    ``low_balance`` (it is under the owner's own floor already). ``floor`` is the owner's own where
    that is what it falls under: money is left then."""

    on: date
    basis: str
    floor: int = 0


@quick
@dataclass(frozen=True, slots=True)
class Fees:
    """The fees to come: their dates in order (none, when no fee leaves the balance) and the sum."""

    dates: Iterable[date]
    minor: int


def run_out(value: Minor, day: date, a_day: Minor, low: int, fees: Fees) -> RunOut | None:
    """Walk from ``value`` at the end of ``day``: the first fee not covered, or use to the floor.

    The floor is ``low`` while the balance is at or above it, else zero. What a fee emptied runs
    out on that fee's day, not on its eve. None: it lasts as far as the fees given.
    """
    earliest = day
    for fee_on in fees.dates:
        by_use = _use_reaches(value, day, a_day, low)
        eve = fee_on - timedelta(days=1)
        if by_use is not None and by_use <= eve:
            return RunOut(max(by_use, earliest), "burn_rate", _floor(value, low))
        if a_day:
            value -= a_day * max((eve - day).days, 0)
        day = max(eve, day)
        if value < fees.minor:
            return RunOut(fee_on, "fee")
        value -= fees.minor
        earliest = fee_on
    by_use = _use_reaches(value, day, a_day, low)
    if by_use is None:
        return None
    return RunOut(max(by_use, earliest), "burn_rate", _floor(value, low))


def _floor(value: Minor, low: int) -> int:
    """What use takes ``value`` to first: below ``low``, if it is not there yet, else to zero."""
    return low if value >= low else 0


def _use_reaches(value: Minor, day: date, a_day: Minor, low: int) -> date | None:
    """The first day at whose end use alone has taken ``value`` below ``low``, or to zero."""
    if a_day <= 0:
        return None
    floor = _floor(value, low)
    days = (value - floor) // a_day + 1 if floor else -(-value // a_day)
    if days > 366 * 20:
        return None
    return day + timedelta(days=max(int(days), 0))
