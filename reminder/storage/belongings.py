"""What belongs to one owner as an archive asks for it: row by row, oldest first."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select

from reminder.domain.ids import OwnerId
from reminder.storage.acts import Act, act_of
from reminder.storage.outbox import OwedReminder, reminder_of
from reminder.storage.tables import ActRow, LineRow, ReminderRow

AT_ONCE = 500


def acts(session: Session, owner: OwnerId) -> Iterator[Act]:
    """Every act on an owner's lines, those that were taken back too."""
    query = (
        select(ActRow)
        .join(LineRow, col(LineRow.id) == col(ActRow.line_id))
        .where(LineRow.owner_id == owner)
        .order_by(col(ActRow.id))
    )
    for row in session.exec(query.execution_options(yield_per=AT_ONCE)):
        yield act_of(row)


def reminders(session: Session, owner: OwnerId) -> Iterator[OwedReminder]:
    """Every reminder of an owner."""
    query = select(ReminderRow).where(ReminderRow.owner_id == owner).order_by(col(ReminderRow.id))
    for row in session.exec(query.execution_options(yield_per=AT_ONCE)):
        yield reminder_of(row)
