"""Calendar arithmetic: periods, anchors, lead times, quiet hours and zones.

A civil date and a local time are what people mean; an instant is computed from them when it is
needed. A time in the gap of a clock change is taken with the offset before the gap (RFC 5545
3.3.5), a time in the fold is its first occurrence. Months are counted from the anchor, so that a
short month uses its last day and the next returns to the anchor (ARCHITECTURE, decision 2).
"""

from __future__ import annotations

import calendar
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reminder.errors import InvalidInput

DAY = timedelta(days=1)
MIDNIGHT = time()
SHORTEST_PERIOD_DAYS = 7
SHORTEST_MONTH = 28
LONGEST_LEAD_DAYS = 366
LONGEST_MONTHS = 120
LONGEST_DAYS = 3660
DAYS_KEPT = 20_000
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
P = ParamSpec("P")
T = TypeVar("T")
_FORGET: list[Callable[[], None]] = []
_PERIOD = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,3})W)?(?:(\d{1,4})D)?")
_LEAD = re.compile(r"P(\d{1,3})D")


@dataclass(frozen=True, slots=True)
class Period:
    """A fee's rhythm: so many calendar months, or so many civil days. One of the two is zero."""

    months: int = 0
    days: int = 0

    @classmethod
    @lru_cache(maxsize=DAYS_KEPT)
    def parse(cls, text: str, field: str = "period") -> Period:
        """Read ISO 8601: ``P1M``, ``P30D``, ``P4W``, ``P1Y``, ``P1D``; raise InvalidInput else.

        >>> Period.parse("P1Y"), Period.parse("P4W")
        (Period(months=12, days=0), Period(months=0, days=28))
        """
        match = _PERIOD.fullmatch(text.strip().upper())
        years, months, weeks, days = (int(g or 0) for g in match.groups()) if match else (0,) * 4
        period = cls(years * 12 + months, weeks * 7 + days)
        too_long = period.months > LONGEST_MONTHS or period.days > LONGEST_DAYS
        if (period.months == 0) == (period.days == 0) or too_long:
            raise InvalidInput.of(field, "Write a period such as P1M, P30D, P4W or P1Y")
        if 1 < period.days < SHORTEST_PERIOD_DAYS:
            raise InvalidInput.of(field, "A period is one day (P1D) or at least seven (P7D)")
        return period

    @property
    def is_daily(self) -> bool:
        """Whether a fee is taken each day: it lowers the projection and has no renewal clock."""
        return self.days == 1

    @property
    def iso(self) -> str:
        """The period in ISO 8601, in its plainest form: P1M, P1Y, P28D."""
        if self.months:
            years, rest = divmod(self.months, 12)
            return f"P{years}Y" if rest == 0 else f"P{self.months}M"
        return f"P{self.days}D"


def occurrence(anchor: date, period: Period, n: int) -> date:
    """The n-th occurrence (0 is the anchor), counted from the anchor and from nothing else.

    >>> [occurrence(date(2027, 1, 31), Period(months=1), n).isoformat() for n in range(3)]
    ['2027-01-31', '2027-02-28', '2027-03-31']
    """
    if period.days:
        return anchor + timedelta(days=period.days * n)
    years, month = divmod(anchor.month - 1 + period.months * n, 12)
    year = anchor.year + years
    if anchor.day <= SHORTEST_MONTH:
        return date(year, month + 1, anchor.day)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last))


def occurrences(anchor: date, period: Period, after: date) -> Iterator[date]:
    """Every occurrence later than ``after``, without end."""
    if period.days:
        n = max((after - anchor).days // period.days + 1, 0)
    else:
        months = (after.year - anchor.year) * 12 + after.month - anchor.month
        n = max(months // period.months, 0)
    following = (occurrence(anchor, period, k) for k in itertools.count(n))
    return itertools.dropwhile(lambda day: day <= after, following)


def next_occurrence(anchor: date, period: Period, after: date) -> date:
    """The first occurrence later than ``after``."""
    return next(occurrences(anchor, period, after))


def by_zone(work: Callable[P, T]) -> Callable[P, T]:
    """Keep what was computed with zones, until other tz data are in force (:func:`forget_zones`):
    the same days, hours and zones come again for every line."""
    kept = lru_cache(maxsize=DAYS_KEPT)(work)
    _FORGET.append(kept.cache_clear)
    return cast("Callable[P, T]", kept)


def forget_zones() -> None:
    """Forget every zone and what was computed with it: other tz data are in force."""
    for forget in _FORGET:
        forget()


@by_zone
def zone(name: str, field: str = "timezone") -> ZoneInfo:
    """The zone of that IANA name; raise InvalidInput for ``field`` if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput.of(
            field, "Write a time zone of the IANA list, such as Europe/Moscow"
        ) from error


@by_zone
def instant(day: date, at: time, zone_name: str) -> datetime:
    """The UTC instant of a local date and time; gap and fold as the module says."""
    return datetime.combine(day, at, tzinfo=zone(zone_name)).astimezone(UTC)


def day_start(day: date, zone_name: str) -> datetime:
    """The UTC instant at which a civil day begins in a zone."""
    return instant(day, MIDNIGHT, zone_name)


def day_end(day: date, zone_name: str) -> datetime:
    """The UTC instant at which a civil day is over: the next day's beginning."""
    return day_start(day + DAY, zone_name)


@by_zone
def local_date(moment: datetime, zone_name: str) -> date:
    """The civil date of an instant in a zone."""
    return moment.astimezone(zone(zone_name)).date()


class QuietHours(NamedTuple):
    """A span of local time [start, end) in which nothing is sent; it may cross midnight."""

    start: time
    end: time

    def hold(self, local: time) -> bool:
        """Whether a local time lies in the quiet hours."""
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    @property
    def text(self) -> str:
        """As config.toml writes it: ``22:00-08:00``."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def outside_quiet(at: datetime, quiet: QuietHours | None, zone_name: str) -> datetime:
    """Move an instant that falls in the quiet hours to their end, on whatever day that is."""
    if quiet is None:
        return at
    local = at.astimezone(zone(zone_name))
    wall = local.time()
    if not quiet.hold(wall):
        return at
    day = local.date() if wall < quiet.end else local.date() + DAY
    return max(at, instant(day, quiet.end, zone_name))


@by_zone
def moment(day: date, at: time, quiet: QuietHours | None, zone_name: str) -> datetime:
    """The UTC instant of a local date and time, or the end of the quiet hours it falls in."""
    return outside_quiet(instant(day, at, zone_name), quiet, zone_name)


@lru_cache(maxsize=700)
def parse_quiet(text: str, field: str = "quiet_hours") -> QuietHours | None:
    """Read ``22:00-08:00``; an empty text is None; raise InvalidInput else."""
    if not text.strip():
        return None
    first, dash, second = text.partition("-")
    start, end = parse_time(first, field), parse_time(second, field)
    if not dash or start == end:
        raise InvalidInput.of(field, "Write quiet hours as 22:00-08:00, or leave them empty")
    return QuietHours(start, end)


def parse_time(text: str, field: str = "at") -> time:
    """Read a local time of day as ``09:00``; raise InvalidInput else."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip(), re.ASCII)
    if match is None:
        raise InvalidInput.of(field, "Write a time of day as 09:00")
    return time(int(match[1]), int(match[2]))


@lru_cache(maxsize=DAYS_KEPT)
def parse_date(text: str, field: str) -> date:
    """Read ``2026-12-01``; raise InvalidInput for ``field`` else."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
        try:
            day = date.fromisoformat(text.strip())
        except ValueError as error:
            raise InvalidInput.of(field, "There is no such day in the calendar") from error
        if EARLIEST <= day <= LATEST:
            return day
        raise InvalidInput.of(field, "Write a day of the years 2000 to 2199")
    raise InvalidInput.of(field, "Write a date as 2026-12-01")


def parse_lead(text: str, field: str = "lead_times") -> int:
    """Read a lead of whole days, ISO 8601 ``P7D``; raise InvalidInput else."""
    match = _LEAD.fullmatch(text.strip().upper())
    if match is None or int(match[1]) > LONGEST_LEAD_DAYS:
        raise InvalidInput.of(field, "Write each lead time as whole days, such as P7D")
    return int(match[1])
