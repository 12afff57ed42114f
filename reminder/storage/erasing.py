"""Everything of one owner, gone: what hangs on the owner's row, and what only names it."""

from __future__ import annotations

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from reminder.domain.ids import OwnerId
from reminder.storage.tables import (
    AttemptRow,
    ChannelRow,
    DeliveryReminderRow,
    DeliveryRow,
    IdempotencyRow,
    LineRow,
    OwnerRow,
    ReminderRow,
)


def erase(session: Session, owner: OwnerId) -> dict[str, int]:
    """Remove an owner with all that is theirs; return how many rows of the largest tables went.

    Lines, readings, acts, channels, tokens and devices hang on the owner's row and go with it; the
    log does not, for it outlives lines and channels.
    """
    counted = {
        "line": _count(session, LineRow, owner),
        "channel": _count(session, ChannelRow, owner),
        "delivery": _count(session, DeliveryRow, owner),
    }
    mine = select(DeliveryRow.id).where(DeliveryRow.owner_id == owner)
    session.execute(delete(AttemptRow).where(col(AttemptRow.delivery_id).in_(mine)))
    carried = col(DeliveryReminderRow.delivery_id).in_(mine)
    session.execute(delete(DeliveryReminderRow).where(carried))
    session.execute(delete(DeliveryRow).where(col(DeliveryRow.owner_id) == owner))
    session.execute(delete(ReminderRow).where(col(ReminderRow.owner_id) == owner))
    session.execute(delete(IdempotencyRow).where(col(IdempotencyRow.owner_id) == owner))
    session.execute(delete(OwnerRow).where(col(OwnerRow.id) == owner))
    return counted


def _count(
    session: Session, table: type[LineRow | ChannelRow | DeliveryRow], owner: OwnerId
) -> int:
    query = select(func.count()).select_from(table).where(col(table.owner_id) == owner)
    return session.exec(query).one()
