"""Work that is done once per cluster: whose turn it is (ENGINE section 8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from reminder.storage.system_tables import SystemJobRow


def take(session: Session, name: str, now: datetime, until: datetime) -> int | None:
    """Take a job that is due, until that instant: its token, or None when it is not due or is
    another's. A job that was never done is due."""
    taken = session.execute(
        update(SystemJobRow)
        .where(col(SystemJobRow.name) == name, col(SystemJobRow.next_run) <= now)
        .values(next_run=until, token=SystemJobRow.token + 1)
        .returning(col(SystemJobRow.token))
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if taken is not None:
        return int(taken)
    if session.get(SystemJobRow, name) is not None:
        return None
    session.add(SystemJobRow(name=name, next_run=until, token=1))
    session.flush()
    return 1


def put_off(
    session: Session, name: str, token: int, next_run: datetime, done_at: datetime | None = None
) -> None:
    """When the job is due next, said by who still holds it; ``done_at`` if it was done."""
    said = {"next_run": next_run} | ({"last_ok": done_at} if done_at else {})
    session.execute(
        update(SystemJobRow)
        .where(col(SystemJobRow.name) == name, col(SystemJobRow.token) == token)
        .values(**said)
        .execution_options(synchronize_session=False)
    )
