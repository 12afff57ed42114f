"""Work that is done once, however many nodes there are (ENGINE section 8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col

from reminder.storage.tables import SystemJobRow


def take_turn(session: Session, name: str, every: timedelta, now: datetime) -> bool:
    """Whether it is ours to do a job now: the node whose update changes the row does it, the next
    after ``every``."""
    if session.get(SystemJobRow, name) is None:
        session.add(SystemJobRow(name=name, next_run=now + every, token=1))
        session.flush()
        return True
    changed = session.execute(
        update(SystemJobRow)
        .where(col(SystemJobRow.name) == name, col(SystemJobRow.next_run) <= now)
        .values(next_run=now + every, token=SystemJobRow.token + 1)
    )
    return cast("CursorResult[Any]", changed).rowcount == 1
