"""Many lines at once: packed one by one as they are checked, written in one short transaction."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import orjson
from sqlalchemy import CursorResult, bindparam, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from reminder.domain.balance import Reading
from reminder.domain.glance import Glance
from reminder.domain.ids import OwnerId
from reminder.domain.line import Line, Standing
from reminder.errors import Conflict
from reminder.storage import board as glances
from reminder.storage import lines
from reminder.storage.tables import LineRow, ReadingRow

BATCH = 500
CHANGED_MEANWHILE = "Your lines were changed meanwhile, so nothing was written: send it again"


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
    columns = lines.columns(line, change.standing, None)
    if change.seen is not None:
        columns |= {name: _plain(value) for name, value in glances.columns(change.seen).items()}
    readings = [
        (r.id, r.kind.value, _stamp(r.at), r.on.isoformat(), _stamp(r.recorded_at), r.minor)
        for r in change.readings
    ]
    wake = _stamp(change.wake_at) if change.wake_at else None
    return orjson.dumps([line.id, change.version, wake, columns, readings]) + b"\n"


def _stamp(at: datetime) -> str:
    return at.isoformat()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def write(session: Session, owner: OwnerId, packed: Iterable[bytes], now: datetime) -> None:
    """Write all changes, and have the owner looked at in time. Raises Conflict when a number was
    added, or a line changed, since they were checked."""
    earliest: datetime | None = None
    for batch in _batches(packed):
        rows = [_row(words, owner, now) for words in batch]
        try:
            _insert(session, [row for row in rows if row["version"] == 1])
            _update(session, [row for row in rows if row["version"] > 1])
            _insert_readings(session, batch)
        except IntegrityError as error:
            raise Conflict(CHANGED_MEANWHILE) from error
        wakes = [row["wake_at"] for row in rows if row["wake_at"] is not None]
        earliest = min([*wakes, *([earliest] if earliest else [])], default=None)
    lines.wake_owner(session, owner, earliest)


def _batches(packed: Iterable[bytes]) -> Iterator[list[list[Any]]]:
    unpacked = (orjson.loads(line) for line in packed)
    while batch := list(itertools.islice(unpacked, BATCH)):
        yield batch


def _row(words: list[Any], owner: OwnerId, now: datetime) -> dict[str, Any]:
    identity, version, wake, columns, _ = words
    wake_at = _instant(wake)
    for name in ("next_due_at", "glance_until"):
        columns[name] = _instant(columns.get(name))
    day = columns.get("leads_on")
    columns["leads_on"] = date.fromisoformat(day) if day else None
    own = {"id": identity, "owner_id": owner, "created_at": now, "version": (version or 0) + 1}
    return {**columns, **own, "wake_at": wake_at}


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _insert(session: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(insert(LineRow), rows)


def _update(session: Session, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    kept = {"id", "owner_id", "created_at"}
    named: dict[str, Any] = {name: bindparam(f"b_{name}") for name in rows[0] if name not in kept}
    matches = (
        col(LineRow.id) == bindparam("b_id"),
        col(LineRow.version) == bindparam("b_version") - 1,
    )
    bound = [{f"b_{name}": value for name, value in row.items()} for row in rows]
    done = session.connection().execute(update(LineRow).where(*matches).values(**named), bound)
    if cast("CursorResult[Any]", done).rowcount != len(rows):
        raise Conflict(CHANGED_MEANWHILE)


def _insert_readings(session: Session, batch: list[list[Any]]) -> None:
    names = ("id", "kind", "at", "on", "recorded_at", "minor")
    rows = [
        {"line_id": words[0], **_typed(dict(zip(names, reading, strict=True)))}
        for words in batch
        for reading in words[4]
    ]
    if rows:
        session.connection().execute(insert(ReadingRow), rows)


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    instants = {name: datetime.fromisoformat(row[name]) for name in ("at", "recorded_at")}
    return {**row, **instants, "on": date.fromisoformat(row["on"])}
