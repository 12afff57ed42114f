"""What a service has done since an instant, for the word that it lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from reminder.domain.delivery import Kind, State
from reminder.storage.tables import DeliveryRow, LineRow


@dataclass(frozen=True, slots=True)
class Lived:
    """How many numbers there are, and how many messages with reminders were sent and were not."""

    lines: int
    sent: int
    dead: int


def since(session: Session, moment: datetime) -> Lived:
    """Count; reads the log of that time, so once a month is often enough."""
    query = (
        select(DeliveryRow.state, func.count())
        .where(DeliveryRow.kind == Kind.REMINDER.value, col(DeliveryRow.done_at) >= moment)
        .group_by(DeliveryRow.state)
    )
    found = dict(session.exec(query).all())
    lines = session.exec(select(func.count()).select_from(LineRow)).one()
    return Lived(lines, found.get(State.SENT.value, 0), found.get(State.DEAD.value, 0))
