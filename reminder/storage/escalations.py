"""Reminders that nobody took: when another channel is asked, and what was tried already.

``ask_at`` of a reminder is the moment; the index ``reminder_ask`` holds only those that have one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from reminder.domain.delivery import State
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId, ReminderId
from reminder.storage.batches import portions
from reminder.storage.outbox import CHANNEL_OFF, OwedReminder, reminder_of
from reminder.storage.tables import DeliveryReminderRow, OwnerRow, ReminderRow

REMINDERS_EACH = 100
FIRST_ASK = select(func.min(ReminderRow.ask_at)).where(col(ReminderRow.ask_at).is_not(None))
OPEN = (State.PENDING.value, State.SENT.value)


@dataclass(frozen=True, slots=True)
class Untaken:
    """A reminder that another channel is to be asked for: what was tried, the delivery that the
    next one stands in for, whether somebody took it meanwhile, and whether a later reminder of
    the same clock has taken its place."""

    reminder: OwedReminder
    tried: frozenset[ChannelId]
    instead_of: DeliveryId | None
    is_taken: bool
    is_superseded: bool


def owners_due(session: Session, now: datetime, limit: int) -> list[OwnerId]:
    """Owners with a reminder that another channel is to be asked for now, locked and shared out on
    PostgreSQL. For an owner who is gone nobody is asked any more."""
    # First by the moment: grouped at once, SQLite would walk through every owner's reminders.
    longest = (
        select(ReminderRow.owner_id, ReminderRow.ask_at)
        .where(col(ReminderRow.ask_at) <= now)
        .order_by(col(ReminderRow.ask_at))
        .limit(limit * REMINDERS_EACH)
        .subquery()
    )
    query = (
        select(longest.c.owner_id)
        .group_by(longest.c.owner_id)
        .order_by(func.min(longest.c.ask_at))
        .limit(limit)
    )
    waiting = set(session.exec(query).all())
    if not waiting:
        return []
    there = select(OwnerRow.id).where(col(OwnerRow.id).in_(waiting))
    for gone in waiting - set(session.exec(there).all()):
        push_out(session, OwnerId(gone), now, None)
    locked = there.with_for_update(skip_locked=True, key_share=True)
    return [OwnerId(one) for one in session.exec(locked)]


def push_out(session: Session, owner: OwnerId, now: datetime, until: datetime | None) -> None:
    """Ask for this owner's reminders that are due no sooner than ``until``; None: never."""
    session.execute(
        update(ReminderRow)
        .where(col(ReminderRow.owner_id) == owner, col(ReminderRow.ask_at) <= now)
        .values(ask_at=until)
    )


def next_at(session: Session) -> datetime | None:
    """When another channel is asked next."""
    return session.exec(FIRST_ASK).one_or_none()


def due(session: Session, owner: OwnerId, now: datetime) -> list[Untaken]:
    """The owner's reminders that another channel is to be asked for, oldest first."""
    query = select(ReminderRow, _is_superseded()).where(
        ReminderRow.owner_id == owner, col(ReminderRow.ask_at) <= now
    )
    rows = session.exec(query.order_by(col(ReminderRow.due_at), col(ReminderRow.id))).all()
    tries = _tries(session, [row.id for row, _ in rows])
    return [_untaken(row, tries[row.id], superseded=bool(later)) for row, later in rows]


def _untaken(row: ReminderRow, tries: list[DeliveryReminderRow], *, superseded: bool) -> Untaken:
    states = {one.state for one in tries}
    gone = any(one.state == State.EXPIRED.value for one in tries)
    return Untaken(
        reminder_of(row),
        frozenset(ChannelId(one.channel_id) for one in tries),
        DeliveryId(tries[-1].delivery_id) if tries else None,
        State.SENT.value in states,
        superseded or gone,
    )


def _is_superseded() -> ColumnElement[bool]:
    later = aliased(ReminderRow)
    return (
        select(later.id)
        .where(
            later.line_id == ReminderRow.line_id,
            later.clock == ReminderRow.clock,
            col(later.due_at) > ReminderRow.due_at,
            later.skipped == "",
        )
        .exists()
    )


def _tries(session: Session, wanted: Sequence[str]) -> dict[str, list[DeliveryReminderRow]]:
    """The parts of deliveries that carry these reminders, in the order they were made."""
    found: dict[str, list[DeliveryReminderRow]] = defaultdict(list)
    for some in portions(wanted):
        query = select(DeliveryReminderRow).where(
            col(DeliveryReminderRow.reminder_id).in_(some),
            ~col(DeliveryReminderRow.copied),
        )
        for row in session.exec(query.order_by(col(DeliveryReminderRow.delivery_id))):
            found[row.reminder_id].append(row)
    return found


def set_ask_at(session: Session, reminders: Iterable[ReminderId], at: datetime | None) -> None:
    """When another channel is asked for these reminders; None: none is."""
    for some in portions(list(reminders)):
        them = col(ReminderRow.id).in_(some)
        session.execute(update(ReminderRow).where(them).values(ask_at=at))


def note_taken(session: Session, deliveries: Sequence[DeliveryId]) -> None:
    """What these deliveries carried was taken: nobody else is asked for it."""
    if deliveries:
        session.flush()
        session.connection().execute(_taken(), {"ids": list(deliveries)})
        session.expire_all()


@lru_cache(maxsize=1)
def _taken() -> UpdateBase:
    carried = _carried(bindparam("ids", expanding=True), State.SENT)
    return (
        update(ReminderRow)
        .where(col(ReminderRow.id).in_(carried), col(ReminderRow.ask_at).is_not(None))
        .values(ask_at=None)
    )


def note_lost(session: Session, deliveries: Sequence[DeliveryId], now: datetime) -> int:
    """These deliveries came to nothing: what they carried, and nobody took nor still might take,
    is asked of another channel at once. Return how many reminders that are."""
    if not deliveries:
        return 0
    lost = session.exec(
        select(ReminderRow.id).where(
            col(ReminderRow.id).in_(_carried(deliveries, State.DEAD, State.SKIPPED)),
            ~_is_open(),
        )
    ).all()
    set_ask_at(session, [ReminderId(one) for one in lost], now)
    return len(lost)


def _carried(
    deliveries: Sequence[DeliveryId] | BindParameter[str], *states: State
) -> SelectOfScalar[str]:
    """The reminders of these deliveries; skipped ones only where it was for the channel's sake."""
    part = DeliveryReminderRow
    told = (col(part.state) != State.SKIPPED.value) | (part.reason == CHANNEL_OFF)
    return select(part.reminder_id).where(
        col(part.delivery_id).in_(deliveries),
        col(part.state).in_([state.value for state in states]),
        ~col(part.copied),
        told,
    )


def _is_open() -> ColumnElement[bool]:
    """Whether a delivery of a reminder was taken, or still may be."""
    part = aliased(DeliveryReminderRow)
    return (
        select(part.reminder_id)
        .where(part.reminder_id == ReminderRow.id, col(part.state).in_(OPEN), ~col(part.copied))
        .exists()
    )


def _is_settled() -> ColumnElement[bool]:
    """Whether a delivery of a reminder ended for the reminder's own sake."""
    part = aliased(DeliveryReminderRow)
    ended = col(part.state).in_([State.SKIPPED.value, State.EXPIRED.value])
    return (
        select(part.reminder_id)
        .where(part.reminder_id == ReminderRow.id, ended, part.reason != CHANNEL_OFF)
        .where(~col(part.copied))
        .exists()
    )


def _is_lost(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ReminderRow.planned_at) >= since,
        col(ReminderRow.skipped) == "",
        ~_is_open(),
        ~_is_settled(),
    )


def ask_again(session: Session, owner: OwnerId, since: datetime, now: datetime) -> None:
    """A channel can be used again: have what nobody took since an instant asked of it."""
    query = select(ReminderRow.id).where(ReminderRow.owner_id == owner, *_is_lost(since))
    set_ask_at(session, [ReminderId(one) for one in session.exec(query).all()], now)


def count_lost(session: Session, since: datetime) -> int:
    """How many reminders since an instant nobody took, nor is anybody going to be asked for."""
    query = select(func.count()).select_from(ReminderRow)
    return session.exec(query.where(*_is_lost(since), col(ReminderRow.ask_at).is_(None))).one()


def taken_elsewhere(
    session: Session, deliveries: Sequence[DeliveryId]
) -> dict[DeliveryId, set[ReminderId]]:
    """Of what these fallback deliveries carry, the reminders that another channel took."""
    if not deliveries:
        return {}
    mine, other = DeliveryReminderRow, aliased(DeliveryReminderRow)
    query = (
        select(mine.delivery_id, mine.reminder_id)
        .join(other, col(other.reminder_id) == col(mine.reminder_id))
        .where(col(mine.delivery_id).in_(deliveries), other.state == State.SENT.value)
        .where(col(other.delivery_id) != col(mine.delivery_id), ~col(other.copied))
    )
    found: dict[DeliveryId, set[ReminderId]] = defaultdict(set)
    for delivery, reminder in session.exec(query):
        found[DeliveryId(delivery)].add(ReminderId(reminder))
    return found
