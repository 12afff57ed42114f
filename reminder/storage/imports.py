"""Files on their way in: how far each is, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from reminder.domain.ids import OwnerId
from reminder.errors import NotFound
from reminder.storage.import_tables import ImportPartRow, ImportRow

KEPT = 20


@dataclass(frozen=True, slots=True)
class Job:
    """One import: its state is one word, ``permille`` the share of the file that is read,
    ``wishes`` and ``report`` are JSON."""

    id: str
    owner: OwnerId
    name: str
    state: str
    rows_read: int
    permille: int
    report: str
    created_at: datetime
    updated_at: datetime
    wishes: str = "{}"


def add(session: Session, job: Job) -> None:
    """Keep a new import, and forget all but the owner's latest."""
    session.add(
        ImportRow(
            id=job.id,
            owner_id=job.owner,
            name=job.name,
            state=job.state,
            wishes=job.wishes,
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
            wishes=job.wishes,
            report=job.report,
            updated_at=job.updated_at,
        )
    )


def get(session: Session, identity: str, owner: OwnerId) -> Job:
    """One import; raises NotFound for none, or another owner's."""
    row = session.get(ImportRow, identity)
    if row is None or row.owner_id != owner:
        raise NotFound("There is no such import")
    return _job(row)


def _job(row: ImportRow) -> Job:
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
        row.wishes,
    )


def latest(session: Session, owner: OwnerId, limit: int) -> list[Job]:
    """An owner's last imports, newest first."""
    newest = (col(ImportRow.created_at).desc(), col(ImportRow.id).desc())
    query = select(ImportRow).where(ImportRow.owner_id == owner).order_by(*newest).limit(limit)
    return [_job(row) for row in session.exec(query)]


def keep_parts(session: Session, identity: str, parts: Iterable[tuple[int, bytes]]) -> None:
    """Keep pieces of a file, each under its number."""
    for number, content in parts:
        row = {"import_id": identity, "number": number, "content": content}
        session.execute(insert(ImportPartRow).values(row))


def part(session: Session, identity: str, number: int) -> bytes | None:
    """One piece of a kept file, None past its end."""
    row = session.get(ImportPartRow, (identity, number))
    return None if row is None else row.content


def has_file(session: Session, identity: str) -> bool:
    """Whether a file is kept for an import."""
    query = select(ImportPartRow.number).where(ImportPartRow.import_id == identity).limit(1)
    return session.exec(query).first() is not None


def drop_files(session: Session, owner: OwnerId, reading: str) -> None:
    """Let go of an owner's kept files, but of those whose state is ``reading``."""
    mine = select(ImportRow.id).where(ImportRow.owner_id == owner, ImportRow.state != reading)
    session.execute(delete(ImportPartRow).where(col(ImportPartRow.import_id).in_(mine)))


def drop_file(session: Session, identity: str) -> None:
    """Let go of one import's file."""
    session.execute(delete(ImportPartRow).where(col(ImportPartRow.import_id) == identity))


def forget_files(session: Session, before: datetime) -> None:
    """Let go of files that nobody has touched since an instant."""
    old = select(ImportRow.id).where(col(ImportRow.updated_at) < before)
    session.execute(delete(ImportPartRow).where(col(ImportPartRow.import_id).in_(old)))
