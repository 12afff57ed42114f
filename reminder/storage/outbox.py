"""Plan and finish: the SQL by which deliveries come and leave (ENGINE section 8).

A claim raises the token and moves ``run_at`` to the end of its lease, in a transaction that is
committed before anything is sent; only the holder of the token may finish. A claim whose process
died falls due again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from reminder.domain.delivery import Kind, Lane, State
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId, ReminderId
from reminder.domain.line import Clock
from reminder.domain.look import Due, Key, Known
from reminder.domain.quick import quick
from reminder.storage import attempts, swift
from reminder.storage.batches import columns_of, portions
from reminder.storage.swift import Query, Shape
from reminder.storage.tables import DeliveryReminderRow, DeliveryRow, ReminderRow

PENDING = State.PENDING.value
CHANNEL_OFF = "channel off"
_OWED = (
    *("id", "line_id", "owner_id", "label", "clock", "also", "deadline", "lead_days", "due_at"),
    *("planned_at", "late", "covered", "missed", "skipped"),
)
_values = attrgetter(*_OWED)
ENDED = Shape(
    DeliveryRow,
    ("state", "reason", "run_at", "done_at", "lease_by", "last_code"),
    same=("id", "token", "state"),
)
MARKED = Shape(DeliveryReminderRow, ("state", "reason"), same=("delivery_id", "state"))
FELL_OUT = Shape(
    DeliveryReminderRow, ("state", "reason"), same=("delivery_id", "reminder_id", "state")
)
REMINDERS = Shape(ReminderRow, (*_OWED, "ask_at"))
KNOWN = Query(ReminderRow, ("line_id", "clock", "deadline", "lead_days", "skipped"), key="line_id")
CLOCKS = {one.value: one for one in Clock}
NEW = Shape(
    DeliveryRow,
    (
        *("id", "owner_id", "channel_id", "kind", "lane", "due_at", "part"),
        *("run_at", "expires_at", "body", "instead_of"),
        *("state", "reason", "token", "tries", "lost", "lease_by", "last_code", "done_at"),
    ),
)
CARRIED = Shape(
    DeliveryReminderRow,
    ("delivery_id", "reminder_id", "channel_id", "copied", "state", "reason"),
)


@quick
@dataclass(frozen=True, slots=True)
class OwedReminder:
    """A reminder as it is kept."""

    id: ReminderId
    line: LineId
    owner: OwnerId
    label: str
    due: Due
    planned_at: datetime
    skipped: str = ""


@quick
@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message to be sent: its reminders, or the ``body`` of another kind. ``room``: how many
    reminders one message to that channel may hold."""

    id: DeliveryId
    owner: OwnerId
    channel: ChannelId
    kind: Kind
    lane: Lane
    due_at: datetime
    run_at: datetime
    expires_at: datetime
    reminders: tuple[ReminderId, ...] = ()
    body: str = ""
    instead_of: DeliveryId | None = None
    is_copy: bool = False
    room: int = 0


@quick
@dataclass(frozen=True, slots=True)
class Attempt:
    """One try as it is logged."""

    started_at: datetime
    ended_at: datetime
    outcome: str
    code: str = ""
    detail: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Finish:
    """What a claim comes to: its state, the next try if there is one, the attempt if one was made,
    and what became of reminders that fell out."""

    id: DeliveryId
    token: int
    state: State
    run_at: datetime
    reason: str = ""
    attempt: Attempt | None = None
    fallen: Mapping[ReminderId, str] = field(default_factory=dict)


def known(session: Session, lines: Iterable[LineId]) -> dict[LineId, Known]:
    """The keys of the reminders that exist for these lines."""
    found: dict[LineId, Known] = {line: {} for line in lines}
    session.flush()
    for line, clock, deadline, lead, skipped in swift.read(session, KNOWN, list(found)):
        found[line][Key(CLOCKS[clock], deadline, lead)] = skipped
    return found


def add_reminders(
    session: Session, new: Sequence[OwedReminder], asks: Mapping[ReminderId, datetime] | None = None
) -> None:
    """Keep reminders for ever under their keys. ``asks``: when another channel is asked for one."""
    session.flush()
    when = asks or {}
    swift.write(session, REMINDERS, [_kept(one, when.get(one.id)) for one in new])


def _kept(one: OwedReminder, asks_at: datetime | None) -> swift.Row:
    due = one.due
    return (
        *(one.id, one.line, one.owner, one.label, due.key.clock.value, ",".join(due.also)),
        *(due.key.deadline, due.key.lead_days, due.due_at, one.planned_at),
        *(due.late, due.covered, due.missed, one.skipped, asks_at),
    )


def reminder_of(row: ReminderRow) -> OwedReminder:
    """A row as the reminder it keeps."""
    return _owed(_values(row))


def _owed(values: Sequence[Any]) -> OwedReminder:
    """A reminder out of the values of the columns :data:`_OWED`."""
    identity, line, owner, label, clock, named, deadline, lead, due_at, planned_at, *told = values
    late, covered, missed, skipped = told
    also = tuple(Clock(c) for c in named.split(",")) if named else ()
    due = Due(Key(Clock(clock), deadline, lead), due_at, also, covered, late, missed)
    return OwedReminder(identity, line, owner, label, due, planned_at, skipped)


def reminder(session: Session, identity: ReminderId) -> OwedReminder | None:
    """One reminder, or None when it was pruned."""
    row = session.get(ReminderRow, identity)
    return reminder_of(row) if row else None


def add_delivery(session: Session, new: NewDelivery) -> None:
    """Put a message in the outbox."""
    add_deliveries(session, [new])


def add_deliveries(session: Session, new: Sequence[NewDelivery]) -> None:
    """Put messages in the outbox, each under the next free part of its channel and moment."""
    session.flush()
    parts = _parts(session, new)
    rows = []
    for one in new:
        place = one.channel, one.due_at
        rows.append(_row(one, parts[place]))
        parts[place] += 1
    swift.write(session, NEW, rows)
    carried = [
        (one.id, reminder, one.channel, one.is_copy, PENDING, "")
        for one in new
        for reminder in one.reminders
    ]
    swift.write(session, CARRIED, carried)


def _parts(session: Session, new: Sequence[NewDelivery]) -> dict[tuple[str, datetime], int]:
    """The first free part of each channel and moment."""
    row, found = DeliveryRow, defaultdict[tuple[str, datetime], int](int)
    for some in portions(sorted({one.channel for one in new})):
        moments = [one.due_at for one in new]
        query = (
            select(row.channel_id, row.due_at, func.max(row.part))
            .where(col(row.channel_id).in_(some))
            .where(col(row.due_at).between(min(moments), max(moments)))
            .group_by(row.channel_id, col(row.due_at))
        )
        for channel, due_at, last in session.execute(query):
            found[channel, due_at] = last + 1
    return found


def _row(new: NewDelivery, part: int) -> swift.Row:
    """A message to be sent as its table's columns hold it; nobody has tried it yet."""
    return (
        *(new.id, new.owner, new.channel, new.kind.value, new.lane.value, new.due_at, part),
        *(new.run_at, new.expires_at, new.body, new.instead_of),
        *(PENDING, "", 0, 0, 0, None, "", None),
    )


def reminders_of(
    session: Session, deliveries: Iterable[DeliveryId]
) -> dict[DeliveryId, list[OwedReminder]]:
    """The reminders that each of these deliveries still carries."""
    wanted = list(deliveries)
    found: dict[DeliveryId, list[OwedReminder]] = {delivery: [] for delivery in wanted}
    session.flush()
    for some in portions(wanted):
        for delivery, *values in session.connection().execute(_CARRIED_BY, {"ids": some}).all():
            found[delivery].append(_owed(values))
    return found


def finish(session: Session, done: Sequence[Finish], node: str, now: datetime) -> list[DeliveryId]:
    """Write what claims came to; return those whose lease was lost, of which nothing is changed.
    What was written already, though its writer was not told so, is left as it is. In the order of
    ids, so that two writers never wait for each other; a few statements, however many there are."""
    held = _held(session, done)
    doubted = {
        (one.id, one.token)
        for one in done
        if one.attempt and (one.state is State.PENDING or (one.id, one.token) not in held)
    }
    written = attempts.logged(session, doubted)
    told = sorted((one for one in done if one.id not in written), key=lambda one: one.id)
    mine = [one for one in told if (one.id, one.token) in held]
    _end(session, mine, now)
    attempts.add(session, [_attempt(one, one.attempt, node) for one in mine if one.attempt])
    _mark(session, mine)
    others = (one for one in told if (one.id, one.token) not in held)
    return [one.id for one in others if not _ended_so(session, one)]


# Made once: making a statement takes far longer than running it.
_CARRIED_BY = (
    select(col(DeliveryReminderRow.delivery_id), *columns_of(ReminderRow, *_OWED))
    .join(ReminderRow, col(ReminderRow.id) == col(DeliveryReminderRow.reminder_id))
    .where(
        col(DeliveryReminderRow.delivery_id).in_(bindparam("ids", expanding=True)),
        DeliveryReminderRow.state == PENDING,
    )
)
_HELD = (
    select(DeliveryRow.id, DeliveryRow.token)
    .where(col(DeliveryRow.id).in_(bindparam("ids", expanding=True)), DeliveryRow.state == PENDING)
    .order_by(col(DeliveryRow.id))
    .with_for_update(key_share=True)
)


def _held(session: Session, told: Sequence[Finish]) -> set[tuple[DeliveryId, int]]:
    """The claims that are still held, and on PostgreSQL locked: pending, by id and token."""
    if not told:
        return set()
    session.flush()
    found = session.connection().execute(_HELD, {"ids": [one.id for one in told]})
    return {(DeliveryId(identity), token) for identity, token in found}


def _end(session: Session, mine: Sequence[Finish], now: datetime) -> None:
    """Write the state of deliveries that are held."""
    rows = []
    for one in mine:
        done_at = None if one.state is State.PENDING else now
        code = one.attempt.code if one.attempt else ""
        after = one.state.value, one.reason, one.run_at, done_at, None, code
        rows.append((*after, one.id, one.token, PENDING))
    swift.write(session, ENDED, rows)


def _ended_so(session: Session, one: Finish) -> bool:
    """Whether a claim that came to nothing is over already in just this way."""
    query = select(DeliveryRow.id).where(DeliveryRow.id == one.id, DeliveryRow.token == one.token)
    return session.exec(query.where(DeliveryRow.state == one.state.value)).first() is not None


def _attempt(one: Finish, tried: Attempt, node: str) -> swift.Row:
    lasted = tried.started_at, tried.ended_at
    return one.id, one.token, node, *lasted, tried.outcome, tried.code, tried.detail


def _mark(session: Session, mine: Sequence[Finish]) -> None:
    """Write what became of the reminders that these deliveries carried: first of those that fell
    out, then, of what is over, of the rest."""
    fallen = [
        (State.SKIPPED.value, reason, one.id, which, PENDING)
        for one in mine
        for which, reason in one.fallen.items()
    ]
    swift.write(session, FELL_OUT, fallen)
    over = [
        (one.state.value, one.reason, one.id, PENDING)
        for one in mine
        if one.state is not State.PENDING
    ]
    swift.write(session, MARKED, over)
