"""Many lines at once: packed one by one as they are checked, written in one short transaction."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from reminder.domain.balance import Reading
from reminder.domain.glance import Glance
from reminder.domain.ids import OwnerId
from reminder.domain.line import Line, Standing
from reminder.domain.quick import quick
from reminder.errors import Conflict
from reminder.storage import board as glances
from reminder.storage import lines, owners, swift
from reminder.storage.swift import Shape
from reminder.storage.tables import LineRow, ReadingRow

BATCH = 500
_HELD = (
    *("number", "operator", "currency", "label", "top_up_url", "plan", "fee", "charged_by"),
    *("period", "low_balance", "autopay", "inactivity_days", "timezone", "lead_times"),
    *("channels", "tied_channels", "tags", "note", "words", "standing", "state"),
    *("wake_at", "leading", "leads_on", "known", "next_due_at", "glance_until"),
)
_held = itemgetter(*_HELD)
_WAKES, _DAY = _HELD.index("wake_at"), _HELD.index("leads_on")
_INSTANTS = (_WAKES, _HELD.index("next_due_at"), _HELD.index("glance_until"))
ADDED = Shape(LineRow, (*_HELD, "version", "id", "owner_id", "created_at"))
CHANGED = Shape(LineRow, (*_HELD, "version"), same=("id", "version"))
READINGS = Shape(ReadingRow, ("id", "line_id", "kind", "at", "on", "recorded_at", "minor"))
CHANGED_MEANWHILE = "Your lines were changed meanwhile, so nothing was written: send it again"


@quick
@dataclass(frozen=True, slots=True)
class Change:
    """A line to be written: ``version`` is the one that was read, None for a new line; ``seen`` is
    the line at a glance, None where that is looked up later."""

    line: Line
    standing: Standing
    readings: tuple[Reading, ...]
    wake_at: datetime | None
    version: int | None = None
    seen: Glance | None = None


def pack(change: Change) -> bytes:
    """One change as a line of bytes that a temporary file can hold."""
    line = change.line
    held = lines.columns(line, change.standing, change.wake_at)
    held |= lines.UNSEEN if change.seen is None else glances.columns(change.seen)
    readings = [
        (r.id, line.id, r.kind.value, r.at, r.on, r.recorded_at, r.minor) for r in change.readings
    ]
    return orjson.dumps([line.id, change.version, _held(held), readings]) + b"\n"


def write(session: Session, owner: OwnerId, packed: Iterable[bytes], now: datetime) -> None:
    """Write all changes, and have the owner looked at in time. Raises Conflict when a number was
    added, or a line changed, since they were checked."""
    session.flush()
    earliest: datetime | None = None
    for batch in _batches(packed):
        added, changed, readings, wake_at = _typed(batch, owner, now)
        try:
            swift.write(session, ADDED, added)
            done = swift.write(session, CHANGED, changed)
            swift.write(session, READINGS, readings)
        except IntegrityError as error:
            raise Conflict(CHANGED_MEANWHILE) from error
        if done != len(changed):
            raise Conflict(CHANGED_MEANWHILE)
        earliest = min(filter(None, (earliest, wake_at)), default=None)
    owners.wake_by(session, owner, earliest)


def _batches(packed: Iterable[bytes]) -> Iterator[list[list[Any]]]:
    unpacked = (orjson.loads(line) for line in packed)
    while batch := list(itertools.islice(unpacked, BATCH)):
        yield batch


def _typed(
    batch: Sequence[list[Any]], owner: OwnerId, now: datetime
) -> tuple[list[swift.Row], list[swift.Row], list[swift.Row], datetime | None]:
    """Lines to be added, lines to be changed, readings, and when the first of the lines wakes."""
    added: list[swift.Row] = []
    changed: list[swift.Row] = []
    readings: list[swift.Row] = []
    wakes: list[datetime] = []
    for identity, version, held, of_line in batch:
        for place in _INSTANTS:
            held[place] = _instant(held[place])
        held[_DAY] = _day(held[_DAY])
        if held[_WAKES] is not None:
            wakes.append(held[_WAKES])
        if version is None:
            added.append((*held, 1, identity, owner, now))
        else:
            changed.append((*held, version + 1, identity, version))
        for name, line, kind, at, on, recorded_at, minor in of_line:
            day, entered = date.fromisoformat(on), datetime.fromisoformat(recorded_at)
            readings.append((name, line, kind, datetime.fromisoformat(at), day, entered, minor))
    return added, changed, readings, min(wakes, default=None)


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
