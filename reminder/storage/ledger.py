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
from reminder.domain.quick import quick
from reminder.errors import Conflict
from reminder.storage import codec, joining, lines, outbox, swift
from reminder.storage.batches import many, portions
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
_SLEEP, _SAME = ("version", "wake_at"), ("id", "version")
ASLEEP = Shape(LineRow, _SLEEP, _SAME)
MOVED = Shape(LineRow, ("standing", "state", "glance_until", *_SLEEP), _SAME)

_FIRST = select(func.min(LineRow.wake_at)).where(LineRow.owner_id == OwnerRow.id)
_WAKE = (
    update(OwnerRow)
    .where(col(OwnerRow.id).in_(bindparam("owners", expanding=True)))
    .values(wake_at=_FIRST.scalar_subquery())
)
_PUT_OFF = update(OwnerRow).where(col(OwnerRow.id) == bindparam("owner"))


@dataclass(frozen=True, slots=True)
class Superseded:
    """What is unsent for a line and clock expires on these channels, and on any that only stands in
    for another: the next has fallen due (rule 16)."""

    channels: frozenset[ChannelId]
    line: LineId
    clock: Clock


@quick
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
    outbox.add_reminders(session, book.reminders, book.asks)
    outbox.add_deliveries(session, joining.join(session, book.deliveries))
    many(session, insert(ReadingRow), [lines.reading_columns(*one) for one in book.readings])
    _save(session, book)
    _wake(session, book)


def _save(session: Session, book: Ledger) -> None:
    """Write where lines stand over the versions that were read. Most only sleep on: what a board
    sorts them by stays true for as long as it said."""
    booked = {line for line, _ in book.readings}
    moved: list[Looked] = []
    asleep: list[Looked] = []
    for one in book.looked:
        stays = one.standing is one.kept.standing and one.kept.line.id not in booked
        (asleep if stays else moved).append(one)
    done = swift.write(session, ASLEEP, [_sleep(one) for one in asleep])
    done += swift.write(session, MOVED, [_move(one) for one in moved])
    if done != len(book.looked):
        raise Conflict("A line was changed by somebody else: look again")


def _sleep(one: Looked) -> swift.Row:
    version = one.kept.version
    return version + 1, one.wake_at, one.kept.line.id, version


def _move(one: Looked) -> swift.Row:
    standing = codec.dump(codec.STANDING, one.standing)
    return standing, one.standing.state.value, None, *_sleep(one)


def _wake(session: Session, book: Ledger) -> None:
    """Owners wake with the first of their lines, or when they were put off to."""
    for some in portions(book.done):
        session.connection().execute(_WAKE, {"owners": some})
    rows = [{"owner": owner, "wake_at": until} for owner, until in book.pushed_out.items()]
    many(session, _PUT_OFF, rows)


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
    for some in portions(sorted(of_lines)):
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
    for some in portions(touched):
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
