"""The owner's calendar: which civil date it is where the owner is, trips included (3a, rule 1).

A trip is a zone with its first and last day. On those days `at`, quiet hours and the count of days
are that zone's; the day before the first is cut short, or drawn out, until that zone's midnight.
What a clock change is to an hour, a trip is to a day: a time that a short day does not reach comes
at its last minute, one that a long day has twice comes the first time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from reminder.domain.schedule import (
    DAY,
    QuietHours,
    day_end,
    day_start,
    instant,
    local_date,
    outside_quiet,
    zone,
)
from reminder.errors import InvalidInput

MOST_TRIPS = 100
LONGEST_TRIP = timedelta(days=3660)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Trip:
    """Days in another zone, the first and the last included."""

    first: date
    last: date
    zone: str


class Days(NamedTuple):
    """Civil days of one person: those of ``home``, and of each trip's zone while it lasts. Trips
    are in order and none touches another's days (:func:`in_order`)."""

    home: str
    trips: tuple[Trip, ...] = ()

    def zone_on(self, day: date) -> str:
        """The zone of a civil day."""
        return next((t.zone for t in self.trips if t.first <= day <= t.last), self.home)

    def start(self, day: date) -> datetime:
        """The UTC instant at which a day begins: never before the day before it did."""
        if not self.trips:
            return day_start(day, self.home)
        here = self.zone_on(day)
        begins = day_start(day, here)
        if (before := self.zone_on(day - DAY)) == here:
            return begins
        return max(begins, day_start(day - DAY, before))

    def end(self, day: date) -> datetime:
        """The UTC instant at which a day is over: the next one's beginning."""
        return self.start(day + DAY) if self.trips else day_end(day, self.home)

    def of(self, moment: datetime) -> date:
        """The civil date of an instant."""
        there = local_date(moment, self.home)
        if not self.trips:
            return there
        days = (there + n * DAY for n in (2, 1, 0, -1, -2))
        return next(day for day in days if self.start(day) <= moment)

    def zone_at(self, moment: datetime) -> str:
        """The zone that tells an instant's time: while a day is drawn out, that of the next day
        once the old zone's midnight is past."""
        if not self.trips:
            return self.home
        day = self.of(moment)
        here = self.zone_on(day)
        return self.zone_on(day + DAY) if local_date(moment, here) > day else here

    def instant(self, day: date, at: time) -> datetime:
        """The UTC instant of a time of day; within that day, whatever zone it ends in."""
        if not self.trips:
            return instant(day, at, self.home)
        moment = instant(day, at, self.zone_on(day))
        return max(self.start(day), min(moment, self.end(day) - _MINUTE))

    def outside(self, moment: datetime, quiet: QuietHours | None) -> datetime:
        """An instant, or the end of the quiet hours it falls in, by the zone of that day."""
        if quiet is None or not self.trips:
            return outside_quiet(moment, quiet, self.home)
        local = moment.astimezone(zone(self.zone_at(moment)))
        if not quiet.hold(local.time()):
            return moment
        day = local.date() if local.time() < quiet.end else local.date() + DAY
        ends = instant(day, quiet.end, self.zone_on(day))
        return self.outside(ends, quiet) if ends > moment else moment


def in_order(trips: Iterable[Trip], field: str = "trips") -> tuple[Trip, ...]:
    """Trips, the earliest first; raise InvalidInput for one that ends before it begins, lasts over
    ten years, or has a day of another's."""
    ordered = tuple(sorted(trips))
    if len(ordered) > MOST_TRIPS:
        raise InvalidInput.of(field, f"Name at most {MOST_TRIPS} trips")
    for trip in ordered:
        if trip.last < trip.first:
            raise InvalidInput.of(field, "A trip ends on its first day or later")
        if trip.last - trip.first > LONGEST_TRIP:
            raise InvalidInput.of(field, "A trip lasts ten years at most")
    for one, other in itertools.pairwise(ordered):
        if other.first <= one.last:
            raise InvalidInput.of(
                field,
                f"Two trips have the same day: one ends on {one.last}, the other begins on"
                f" {other.first}",
            )
    return ordered
