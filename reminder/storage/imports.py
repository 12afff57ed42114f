"""Files on their way in: how far each is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from reminder.domain.ids import OwnerId
from reminder.errors import NotFound
from reminder.storage.tables import ImportRow

KEPT = 20


@dataclass(frozen=True, slots=True)
class Job:
    """One import: its state is one word, ``permille`` the share of the file that is read."""

    id: str
    owner: OwnerId
    name: str
    state: str
    rows_read: int
    permille: int
    report: str
    created_at: datetime
    updated_at: datetime


def add(session: Session, job: Job) -> None:
    """Keep a new import, and forget all but the owner's latest."""
    session.add(
        ImportRow(
            id=job.id,
            owner_id=job.owner,
            name=job.name,
            state=job.state,
            created_at=job.created_at,
            updated_at=job.updated_at,
        )
    )
    session.flush()
    newest = (col(ImportRow.created_at).desc(), col(ImportRow.id).desc())
    mine = select(ImportRow.id).where(ImportRow.owner_id == job.owner).order_by(*newest)
    old = list(session.exec(mine))[KEPT:]
    session.execute(delete(ImportRow).where(col(ImportRow.id).in_(old)))


def save(session: Session, job: Job) -> None:
    """Write how far an import is."""
    session.execute(
        update(ImportRow)
        .where(col(ImportRow.id) == job.id)
        .values(
            state=job.state,
            rows_read=job.rows_read,
            permille=job.permille,
            report=job.report,
            updated_at=job.updated_at,
        )
    )


def get(session: Session, identity: str, owner: OwnerId) -> Job:
    """One import; raises NotFound for none, or another owner's."""
    row = session.get(ImportRow, identity)
    if row is None or row.owner_id != owner:
        raise NotFound("There is no such import")
    return Job(
        row.id,
        OwnerId(row.owner_id),
        row.name,
        row.state,
        row.rows_read,
        row.permille,
        row.report,
        row.created_at,
        row.updated_at,
    )
