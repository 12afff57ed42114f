"""Trips: days in another zone, read from what was typed, added and taken away one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reminder.domain.days import MOST_TRIPS, Trip, in_order
from reminder.domain.ids import OwnerId
from reminder.domain.owner import Owner
from reminder.domain.schedule import parse_date, zone
from reminder.errors import InvalidInput, NotFound
from reminder.service.fields import Fields
from reminder.service.work import Work
from reminder.storage import lines, owners

FIELD = "trips"
KEYS = frozenset(["timezone", "first_day", "last_day"])


def read(fields: Fields, old: tuple[Trip, ...]) -> tuple[Trip, ...]:
    """The trips that a request names, in order; null is none, not named leaves them as they are."""
    if FIELD not in fields:
        return old
    named = fields.objects(FIELD, KEYS, MOST_TRIPS)
    return fields.take(lambda: in_order(_trip(one) for one in named), ())


def _trip(given: Mapping[str, str]) -> Trip:
    named = given["timezone"].strip()
    zone(named, FIELD)
    first = parse_date(given["first_day"], FIELD)
    return Trip(first, parse_date(given["last_day"], FIELD), named)


def add_trip(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Owner:
    """One trip more, with each fault beside its own field."""
    fields = Fields(given, KEYS)
    there = fields.text("timezone", 60) or ""
    fields.take(lambda: zone(there), None)
    first, last = fields.day("first_day"), fields.day("last_day")
    for name in ("first_day", "last_day"):
        if fields.text(name, 40) is None and not fields.is_faulty(name):
            fields.fault(name, "Write a date as 2026-12-01", "required")
    fields.check()
    old = owners.get(work.session, owner)
    if first is None or last is None:
        raise InvalidInput.of("first_day", "Write a date as 2026-12-01")
    return keep(work, old, in_order([*old.trips, Trip(first, last, there)], "last_day"))


def remove_trip(work: Work, owner: OwnerId, first_day: str) -> Owner:
    """The trip that begins on a day is off; raise NotFound if none does."""
    first, old = parse_date(first_day, "first_day"), owners.get(work.session, owner)
    left = tuple(trip for trip in old.trips if trip.first != first)
    if left == old.trips:
        raise NotFound("There is no trip that begins on this day")
    return keep(work, old, left)


def keep(work: Work, old: Owner, trips: tuple[Trip, ...]) -> Owner:
    """Write an owner with other trips, and have their lines looked at by the new days."""
    new = replace(old, trips=trips)
    if new != old:
        owners.save(work.session, new)
        lines.wake_all(work.session, old.id, work.now)
    return new
