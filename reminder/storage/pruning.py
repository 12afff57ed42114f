"""Forget what is long over, oldest first, a batch at a time (``history.keep``).

A batch is one transaction of its own. Killed in between, the next run goes on where it stopped.
Ids sort by age, so that each query ends where the young rows begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from reminder.domain.delivery import State
from reminder.domain.ids import ENTROPY_BYTES, ReminderId, compose
from reminder.storage.outbox import OwedReminder, reminder_of
from reminder.storage.system_tables import TallyRow
from reminder.storage.tables import (
    ActRow,
    AttemptRow,
    DeliveryReminderRow,
    DeliveryRow,
    ReminderRow,
)

BATCH = 500
YOUNGEST = bytes(ENTROPY_BYTES)


def deliveries(session: Session, before: datetime) -> int:
    """Forget finished deliveries with their attempts; return how many. They go on counting."""
    query = (
        select(DeliveryRow.id, DeliveryRow.lane, DeliveryRow.state)
        .where(DeliveryRow.state != State.PENDING.value, col(DeliveryRow.done_at) < before)
        .where(col(DeliveryRow.id) < compose("dlv", before, YOUNGEST))
        .order_by(col(DeliveryRow.id))
        .limit(BATCH)
    )
    found = session.exec(query).all()
    gone = [identity for identity, _, _ in found]
    for name in {f"{lane}.{state}" for _, lane, state in found}:
        number = sum(1 for _, lane, state in found if f"{lane}.{state}" == name)
        _count(session, f"deliveries.{name}", number)
    session.execute(delete(AttemptRow).where(col(AttemptRow.delivery_id).in_(gone)))
    parts = col(DeliveryReminderRow.delivery_id).in_(gone)
    session.execute(delete(DeliveryReminderRow).where(parts))
    session.execute(delete(DeliveryRow).where(col(DeliveryRow.id).in_(gone)))
    return len(gone)


def _count(session: Session, name: str, more: int) -> None:
    row = session.get(TallyRow, name, with_for_update=True) or TallyRow(name=name, count=0)
    row.count += more
    session.add(row)


def tallies(session: Session) -> dict[str, int]:
    """How many there were of what was forgotten: ``deliveries.<lane>.<state>``, ``reminders``,
    ``acts``."""
    return {row.name: row.count for row in session.exec(select(TallyRow))}


def old_reminders(
    session: Session, before: datetime, after: ReminderId | None
) -> list[OwedReminder]:
    """The next reminders planned before an instant that no delivery carries any more."""
    carried = (
        select(DeliveryReminderRow.reminder_id)
        .where(DeliveryReminderRow.reminder_id == ReminderRow.id)
        .exists()
    )
    query = select(ReminderRow).where(col(ReminderRow.planned_at) < before, ~carried)
    query = query.where(col(ReminderRow.id) < compose("rem", before, YOUNGEST))
    query = query.where(col(ReminderRow.ask_at).is_(None))
    if after is not None:
        query = query.where(col(ReminderRow.id) > after)
    found: Sequence[ReminderRow] = session.exec(
        query.order_by(col(ReminderRow.id)).limit(BATCH)
    ).all()
    return [reminder_of(row) for row in found]


def forget_reminders(session: Session, reminders: Iterable[ReminderId]) -> None:
    """Forget these reminders and their keys."""
    gone = list(reminders)
    if gone:
        _count(session, "reminders", len(gone))
        session.execute(delete(ReminderRow).where(col(ReminderRow.id).in_(gone)))


def acts(session: Session, before: datetime) -> int:
    """Forget acts of before an instant; return how many."""
    query = select(ActRow.id).where(col(ActRow.at) < before)
    query = query.where(col(ActRow.id) < compose("act", before, YOUNGEST))
    gone = session.exec(query.order_by(col(ActRow.id)).limit(BATCH)).all()
    if gone:
        _count(session, "acts", len(gone))
        session.execute(delete(ActRow).where(col(ActRow.id).in_(gone)))
    return len(gone)


def finished(session: Session) -> dict[str, int]:
    """How many deliveries there are in each lane and state: those kept, and those forgotten."""
    query = select(DeliveryRow.lane, DeliveryRow.state, func.count()).group_by(
        DeliveryRow.lane, DeliveryRow.state
    )
    found = {f"{lane}.{state}": number for lane, state, number in session.exec(query)}
    for name, number in tallies(session).items():
        kind, _, rest = name.partition(".")
        if kind == "deliveries":
            found[rest] = found.get(rest, 0) + number
    return found
