"""What a pass of the planner comes to: collected as it looks, written in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, insert, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reminder.domain.balance import Reading
from reminder.domain.delivery import State
from reminder.domain.ids import ChannelId, LineId, OwnerId, ReminderId
from reminder.domain.line import Clock, Standing
from reminder.errors import Conflict
from reminder.storage import codec, lines, outbox, swift
from reminder.storage.batches import AT_ONCE, many
from reminder.storage.lines import Kept
from reminder.storage.outbox import NewDelivery, OwedReminder
from reminder.storage.swift import Shape
from reminder.storage.tables import (
    DeliveryReminderRow,
    DeliveryRow,
    LineRow,
    OwnerRow,
    ReadingRow,
    ReminderRow,
)

PENDING = State.PENDING.value
SUPERSEDED = "superseded"
REMINDERS = Shape(
    ReminderRow,
    (
        *("id", "line_id", "owner_id", "label", "clock", "also", "deadline", "lead_days", "due_at"),
        *("planned_at", "late", "covered", "missed", "skipped", "ask_at"),
    ),
)
CARRIED = Shape(
    DeliveryReminderRow,
    ("delivery_id", "reminder_id", "channel_id", "copied", "state", "reason"),
)
_SLEEP, _SAME = ("version", "wake_at", "glance_until"), ("id", "version")
ASLEEP = Shape(LineRow, _SLEEP, _SAME)
MOVED = Shape(LineRow, ("standing", "state", *_SLEEP), _SAME)


@dataclass(frozen=True, slots=True)
class Superseded:
    """What is unsent for a line and clock expires on these channels, and on any that only stands in
    for another: the next has fallen due (rule 16)."""

    channels: frozenset[ChannelId]
    line: LineId
    clock: Clock


@dataclass(frozen=True, slots=True)
class Looked:
    """A line that was looked at: where it stands now, and when it wakes."""

    kept: Kept
    standing: Standing
    wake_at: datetime | None


@dataclass(slots=True)
class Ledger:
    """What is to be written. ``asks``: when another channel is asked for a new reminder; ``done``:
    owners whose lines were all looked at; ``pushed_out``: those who sleep until an instant."""

    looked: list[Looked] = field(default_factory=list)
    readings: list[tuple[LineId, Reading]] = field(default_factory=list)
    reminders: list[OwedReminder] = field(default_factory=list)
    asks: dict[ReminderId, datetime] = field(default_factory=dict)
    superseded: list[Superseded] = field(default_factory=list)
    deliveries: list[NewDelivery] = field(default_factory=list)
    done: list[OwnerId] = field(default_factory=list)
    pushed_out: dict[OwnerId, datetime] = field(default_factory=dict)

    def add(self, other: Ledger) -> None:
        """Take over what another holds."""
        self.looked += other.looked
        self.readings += other.readings
        self.reminders += other.reminders
        self.asks |= other.asks
        self.superseded += other.superseded
        self.deliveries += other.deliveries
        self.done += other.done
        self.pushed_out |= other.pushed_out


def write(session: Session, book: Ledger, now: datetime) -> None:
    """Write it all. Raises Conflict when somebody else changed a line that was looked at."""
    session.flush()
    _supersede(session, book.superseded, now)
    asks = book.asks
    swift.write(session, REMINDERS, [_reminder(one, asks.get(one.id)) for one in book.reminders])
    _deliver(session, book.deliveries)
    many(session, insert(ReadingRow), [lines.reading_columns(*one) for one in book.readings])
    _save(session, book.looked)
    _wake(session, book)


def _reminder(one: OwedReminder, asks_at: datetime | None) -> swift.Row:
    due = one.due
    return (
        *(one.id, one.line, one.owner, one.label, due.key.clock.value, ",".join(due.also)),
        *(due.key.deadline, due.key.lead_days, due.due_at, one.planned_at),
        *(due.late, due.covered, due.missed, one.skipped, asks_at),
    )


def _deliver(session: Session, new: Sequence[NewDelivery]) -> None:
    """Put messages in the outbox, each under the next free part of its channel and moment."""
    parts = _parts(session, new)
    rows = []
    for one in new:
        place = one.channel, one.due_at
        rows.append(outbox.delivery_columns(one, parts[place]))
        parts[place] += 1
    many(session, insert(DeliveryRow), rows)
    carried = [
        (one.id, reminder, one.channel, one.is_copy, PENDING, "")
        for one in new
        for reminder in one.reminders
    ]
    swift.write(session, CARRIED, carried)


def _parts(session: Session, new: Sequence[NewDelivery]) -> dict[tuple[str, datetime], int]:
    """The first free part of each channel and moment."""
    row, found = DeliveryRow, defaultdict[tuple[str, datetime], int](int)
    for some in _portions(sorted({one.channel for one in new})):
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


def _save(session: Session, looked: Sequence[Looked]) -> None:
    """Write where lines stand over the versions that were read. Most only sleep on."""
    moved = [one for one in looked if one.standing is not one.kept.standing]
    asleep = [one for one in looked if one.standing is one.kept.standing]
    done = swift.write(session, ASLEEP, [_sleep(one) for one in asleep])
    done += swift.write(session, MOVED, [_move(one) for one in moved])
    if done != len(looked):
        raise Conflict("A line was changed by somebody else: look again")


def _sleep(one: Looked) -> swift.Row:
    version = one.kept.version
    return version + 1, one.wake_at, None, one.kept.line.id, version


def _move(one: Looked) -> swift.Row:
    standing = codec.dump(codec.STANDING, one.standing)
    return standing, one.standing.state.value, *_sleep(one)


def _wake(session: Session, book: Ledger) -> None:
    """Owners wake with the first of their lines, or when they were put off to."""
    first = select(func.min(LineRow.wake_at)).where(LineRow.owner_id == OwnerRow.id)
    for some in _portions(book.done):
        change = update(OwnerRow).where(col(OwnerRow.id).in_(some))
        session.connection().execute(change.values(wake_at=first.scalar_subquery()))
    put_off = update(OwnerRow).where(col(OwnerRow.id) == bindparam("owner"))
    rows = [{"owner": owner, "wake_at": until} for owner, until in book.pushed_out.items()]
    many(session, put_off, rows)


def _supersede(session: Session, wanted: Sequence[Superseded], now: datetime) -> None:
    """Expire what others take the place of, and messages that carry nothing any more."""
    if not wanted:
        return
    by_clock: dict[tuple[str, str], list[frozenset[ChannelId]]] = defaultdict(list)
    for one in wanted:
        by_clock[one.line, one.clock.value].append(one.channels)
    gone = [
        (delivery, reminder)
        for delivery, reminder, channel, stands_in, line, clock in _unsent(
            session, {one.line for one in wanted}
        )
        if any(stands_in or channel in some for some in by_clock[line, clock])
    ]
    part = DeliveryReminderRow
    expire = update(part).where(
        col(part.delivery_id) == bindparam("delivery"),
        col(part.reminder_id) == bindparam("reminder"),
        col(part.state) == PENDING,
    )
    ended = {"state": State.EXPIRED.value, "reason": SUPERSEDED}
    rows = [{"delivery": d, "reminder": r, **ended} for d, r in sorted(gone)]
    many(session, expire, rows)
    _close_empty(session, sorted({delivery for delivery, _ in gone}), now)


def _unsent(
    session: Session, of_lines: Iterable[LineId]
) -> Iterator[tuple[str, str, str, bool, str, str]]:
    """What waits to be sent for these lines: delivery, reminder, channel, whether it stands in for
    another, line and clock."""
    part, one, message = DeliveryReminderRow, ReminderRow, DeliveryRow
    for some in _portions(sorted(of_lines)):
        query = (
            select(  # type: ignore[call-overload]  # more columns than SQLModel's types know
                part.delivery_id,
                part.reminder_id,
                part.channel_id,
                col(message.instead_of).is_not(None),
                one.line_id,
                one.clock,
            )
            .join(one, col(one.id) == col(part.reminder_id))
            .join(message, col(message.id) == col(part.delivery_id))
            .where(col(one.line_id).in_(some), col(part.state) == PENDING)
        )
        yield from session.execute(query).all()


def _close_empty(session: Session, touched: Sequence[str], now: datetime) -> None:
    """End messages of which nothing is left, whatever their token: a try under way loses its lease
    and changes nothing."""
    row, part = DeliveryRow, aliased(DeliveryReminderRow)
    left = select(part.delivery_id).where(part.delivery_id == row.id, part.state == PENDING)
    for some in _portions(touched):
        change = update(row).where(col(row.id).in_(some), col(row.state) == PENDING)
        session.connection().execute(
            change.where(~left.exists()).values(
                state=State.EXPIRED.value,
                reason=SUPERSEDED,
                done_at=now,
                lease_by=None,
                token=row.token + 1,
            )
        )


def _portions(wanted: Sequence[str]) -> Iterator[Sequence[str]]:
    return (wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE))
