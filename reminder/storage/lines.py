"""Lines and their readings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, delete, insert, update
from sqlmodel import Session, col, select

from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.ids import LineId, OwnerId, ReadingId
from reminder.domain.line import ChargedBy, Line, Plan, Standing
from reminder.domain.money import Money
from reminder.domain.quick import quick
from reminder.domain.schedule import Period
from reminder.errors import Conflict, NotFound, Taken
from reminder.storage import codec, owners, swift
from reminder.storage.batches import columns_of
from reminder.storage.prepared import Prepared
from reminder.storage.swift import Query
from reminder.storage.tables import LineRow, ReadingRow


@quick
@dataclass(frozen=True, slots=True)
class Kept:
    """A line as it is kept: what was entered, where it stands, its readings, and its version."""

    line: Line
    standing: Standing
    readings: tuple[Reading, ...]
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A line by what it may be called: its owner's word, its operator, its number."""

    id: LineId
    label: str
    operator: str
    number: str


_NAMES = (
    *("id", "owner_id", "number", "operator", "currency", "label", "top_up_url", "plan", "fee"),
    *("charged_by", "period", "low_balance", "autopay", "inactivity_days", "timezone"),
    *("lead_times", "channels", "tied_channels", "tags", "note"),
    *("standing", "version", "created_at"),
)
KEPT = columns_of(LineRow, *_NAMES)
"""What of a line's columns makes a :class:`Kept`, in the order of :func:`kept_from_values`."""
_READINGS = Query(
    ReadingRow, ("line_id", "id", "kind", "at", "on", "recorded_at", "minor"), key="line_id"
)
_OF_ID = Query(LineRow, _NAMES, key="id")
_values = attrgetter(*_NAMES)
_KINDS = {one.value: one for one in ReadingKind}
_PLANS = {one.value: one for one in Plan}
_CHARGED = {one.value: one for one in ChargedBy}


UNSEEN = {"leading": "", "leads_on": None, "known": False, "next_due_at": None}
"""The columns of a line at a glance before anybody has looked."""


def columns(line: Line, standing: Standing, wake_at: datetime | None) -> dict[str, Any]:
    """A line as its table's columns hold it."""
    return {
        "number": line.number,
        "operator": line.operator,
        "currency": line.currency,
        "label": line.label,
        "top_up_url": line.top_up_url,
        "plan": line.plan.value,
        "fee": line.fee.minor if line.fee else None,
        "charged_by": line.charged_by.value,
        "period": line.period.iso if line.period else None,
        "low_balance": line.low_balance.minor if line.low_balance else None,
        "autopay": line.autopay,
        "inactivity_days": line.inactivity_days,
        "timezone": line.timezone,
        "lead_times": None if line.lead_times is None else codec.dump(codec.DAYS, line.lead_times),
        "channels": codec.texts(line.channels),
        "tied_channels": codec.texts(line.tied_channels),
        "tags": codec.texts(line.tags),
        "note": line.note,
        "words": "\n".join([line.label, *line.tags, line.number, line.note]).casefold(),
        "standing": codec.dump(codec.STANDING, standing),
        "state": standing.state.value,
        "wake_at": wake_at,
        "glance_until": None,
    }


def kept_of(session: Session, rows: Sequence[LineRow]) -> list[Kept]:
    """Lines with their readings, in the order of their rows."""
    readings = readings_of(session, [row.id for row in rows])
    return [kept_from(row, readings[row.id]) for row in rows]


def readings_of(session: Session, lines: Sequence[str]) -> dict[str, list[Reading]]:
    """The readings of each of these lines."""
    found: dict[str, list[Reading]] = {line: [] for line in lines}
    for line, identity, kind, at, on, recorded_at, minor in swift.read(session, _READINGS, lines):
        found[line].append(Reading(identity, _KINDS[kind], at, on, recorded_at, minor))
    return found


def kept_from(row: LineRow, readings: Iterable[Reading]) -> Kept:
    """A line out of its row and its readings."""
    return kept_from_values(_values(row), readings)


def kept_from_values(values: Sequence[Any], readings: Iterable[Reading]) -> Kept:
    """A line out of the values of the columns :data:`KEPT` and its readings."""
    (identity, owner, number, operator, currency, label, url, plan, fee, charged_by, *rest) = values
    period, low, autopay, days, timezone, leads, channels, tied, tags, note, *state = rest
    standing, version, created_at = state
    line = Line(
        id=identity,
        owner=owner,
        number=number,
        operator=operator,
        currency=currency,
        label=label,
        top_up_url=url,
        plan=_PLANS[plan],
        fee=None if fee is None else Money(fee, currency),
        charged_by=_CHARGED[charged_by],
        period=Period.parse(period) if period else None,
        low_balance=None if low is None else Money(low, currency),
        autopay=autopay,
        inactivity_days=days,
        timezone=timezone,
        lead_times=None if leads is None else codec.load(codec.DAYS, leads),
        channels=codec.texts_in(channels),
        tied_channels=codec.texts_in(tied),
        tags=codec.texts_in(tags),
        note=note,
    )
    return Kept(line, codec.load(codec.STANDING, standing), tuple(readings), version, created_at)


def add(
    session: Session, line: Line, standing: Standing, wake_at: datetime | None, now: datetime
) -> None:
    """Keep a new line; raise Taken when the owner has that number already."""
    there = taken(session, line.owner, line.number)
    if there is not None:
        raise there
    own = {"id": line.id, "owner_id": line.owner, "created_at": now, "version": 1}
    _NEW.run(session, **columns(line, standing, wake_at), **UNSEEN, **own)
    owners.wake_by(session, line.owner, wake_at)


_NAMESAKE = Prepared(
    select(*columns_of(LineRow, "id", "label")).where(
        col(LineRow.owner_id) == bindparam("owner"), col(LineRow.number) == bindparam("number")
    )
)
_NEW = Prepared(insert(LineRow), *(one.name for one in columns_of(LineRow)))
_NEW_READING = Prepared(insert(ReadingRow), *(one.name for one in columns_of(ReadingRow)))


def taken(session: Session, owner: OwnerId, number: str) -> Taken | None:
    """The refusal of a number that the owner has already; None where it is free."""
    found = _NAMESAKE.rows(session, owner=owner, number=number)
    if not found:
        return None
    line, label = found[0]
    named = f"{label} ({line})" if label else line
    return Taken(f"This number is in your list already: {named}", line)


def numbers(session: Session, owner: OwnerId) -> dict[str, LineId]:
    """Every number of an owner, with its line."""
    query = select(LineRow.number, LineRow.id).where(LineRow.owner_id == owner)
    return {number: LineId(line) for number, line in session.exec(query)}


def currencies(session: Session, owner: OwnerId) -> dict[str, str]:
    """The currency of every number of an owner."""
    query = select(LineRow.number, LineRow.currency).where(LineRow.owner_id == owner)
    return dict(session.exec(query).all())


def of_numbers(session: Session, owner: OwnerId, numbers: Collection[str]) -> dict[str, Kept]:
    """The lines of an owner that bear these numbers, by number."""
    query = select(LineRow).where(LineRow.owner_id == owner, col(LineRow.number).in_(numbers))
    return {k.line.number: k for k in kept_of(session, session.exec(query).all())}


def get(session: Session, line: LineId, owner: OwnerId | None = None) -> Kept:
    """One line; raise NotFound if there is none, or it is another owner's."""
    row = session.exec(select(LineRow).where(LineRow.id == line)).first()
    if row is None or (owner is not None and row.owner_id != owner):
        raise NotFound("There is no such line")
    return kept_of(session, [row])[0]


def all_of(session: Session, owner: OwnerId) -> list[Kept]:
    """All lines of an owner, oldest first."""
    query = select(LineRow).where(LineRow.owner_id == owner).order_by(col(LineRow.id))
    return kept_of(session, session.exec(query).all())


def names(session: Session, owner: OwnerId) -> list[Named]:
    """What each line of an owner is called, oldest first."""
    query = (
        select(LineRow.id, LineRow.label, LineRow.operator, LineRow.number)
        .where(LineRow.owner_id == owner)
        .order_by(col(LineRow.id))
    )
    return [Named(LineId(row[0]), *row[1:]) for row in session.exec(query)]


def by_wake(session: Session, owner: OwnerId) -> list[tuple[datetime, LineId]]:
    """An owner's lines that the planner will look at, soonest first, with the instant."""
    query = (
        select(LineRow.wake_at, LineRow.id)
        .where(LineRow.owner_id == owner, col(LineRow.wake_at).is_not(None))
        .order_by(col(LineRow.wake_at), col(LineRow.id))
    )
    return [(wake_at, LineId(line)) for wake_at, line in session.exec(query) if wake_at]


def some(session: Session, lines: Iterable[LineId]) -> dict[LineId, Kept]:
    """The lines of these ids that still exist."""
    rows = list(swift.read(session, _OF_ID, list(lines)))
    readings = readings_of(session, [row[0] for row in rows])
    return {row[0]: kept_from_values(row, readings[row[0]]) for row in rows}


def save(
    session: Session, kept: Kept, line: Line, standing: Standing, wake_at: datetime | None
) -> int:
    """Write a line anew over the version that was read; return the new version. Raise Conflict
    when somebody else wrote in between."""
    changed = session.execute(
        update(LineRow)
        .where(col(LineRow.id) == line.id, col(LineRow.version) == kept.version)
        .values(version=kept.version + 1, **columns(line, standing, wake_at))
    )
    if cast("CursorResult[Any]", changed).rowcount != 1:
        raise Conflict("This line was changed by somebody else: look again")
    owners.wake_by(session, line.owner, wake_at)
    return kept.version + 1


def sleeping(session: Session, after: LineId, now: datetime, limit: int) -> list[Kept]:
    """Lines behind ``after``, in the order of their ids, that wake later than ``now``."""
    query = select(LineRow).where(LineRow.id > after, col(LineRow.wake_at) > now)
    return kept_of(session, session.exec(query.order_by(col(LineRow.id)).limit(limit)).all())


def behind(session: Session, after: LineId, limit: int) -> list[LineId]:
    """The ids of the lines behind ``after``, in their order, whatever their state."""
    query = select(LineRow.id).where(LineRow.id > after).order_by(col(LineRow.id)).limit(limit)
    return [LineId(one) for one in session.exec(query)]


def set_wake_at(session: Session, kept: Kept, wake_at: datetime | None) -> None:
    """Write when a line wakes, unless somebody changed the line meanwhile: then they wrote it."""
    line = kept.line
    session.execute(
        update(LineRow)
        .where(col(LineRow.id) == line.id, col(LineRow.version) == kept.version)
        .values(wake_at=wake_at)
    )
    owners.wake_by(session, line.owner, wake_at)


def wake_all(session: Session, owner: OwnerId, now: datetime) -> None:
    """Have every line of an owner looked at again, as when their zone or hours changed."""
    change = update(LineRow).where(col(LineRow.owner_id) == owner)
    session.execute(change.values(wake_at=now, glance_until=None))
    owners.wake_by(session, owner, now)


def remove(session: Session, line: LineId) -> None:
    """Forget a line with its readings and acts; the log keeps its label."""
    session.execute(delete(LineRow).where(col(LineRow.id) == line))


def add_readings(session: Session, line: LineId, readings: Iterable[Reading]) -> None:
    """Keep readings that are not kept yet."""
    for reading in readings:
        _NEW_READING.run(session, **reading_columns(line, reading))


def reading_columns(line: LineId, reading: Reading) -> dict[str, Any]:
    """A reading as its table's columns hold it."""
    return {
        "id": reading.id,
        "line_id": line,
        "kind": reading.kind.value,
        "at": reading.at,
        "on": reading.on,
        "recorded_at": reading.recorded_at,
        "minor": reading.minor,
    }


def remove_readings(session: Session, line: LineId, readings: Iterable[ReadingId]) -> int:
    """Forget readings of a line; return how many there were."""
    gone = session.execute(
        delete(ReadingRow).where(
            col(ReadingRow.line_id) == line, col(ReadingRow.id).in_(list(readings))
        )
    )
    return cast("CursorResult[Any]", gone).rowcount
