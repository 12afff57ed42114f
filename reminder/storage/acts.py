"""Many acts at once: kept, found again by their marks, and taken back, a statement each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from reminder.domain.ids import ActId, LineId, ReadingId
from reminder.storage.lines import Act, act_columns, act_of
from reminder.storage.tables import ActRow, ReadingRow


def add(session: Session, done: Sequence[Act]) -> None:
    """Keep what was done."""
    if done:
        session.execute(insert(ActRow), [act_columns(act) for act in done])


def marked(session: Session, marks: Collection[str]) -> set[str]:
    """Those of these marks that an act bears which stands."""
    query = select(ActRow.once).where(col(ActRow.once).in_(marks))
    return {once for once in session.exec(query) if once}


def last(session: Session, wanted: Collection[LineId]) -> dict[LineId, Act]:
    """The latest act that stands of each of these lines."""
    query = select(ActRow).where(col(ActRow.line_id).in_(wanted), col(ActRow.undone_at).is_(None))
    rows = session.exec(query.order_by(col(ActRow.at), col(ActRow.id)))
    return {LineId(row.line_id): act_of(row) for row in rows}


def undo(
    session: Session, done: Collection[ActId], gone: Collection[ReadingId], now: datetime
) -> None:
    """Mark acts as taken back, so that their marks may be used again; forget their readings."""
    if not done:
        return
    session.execute(delete(ReadingRow).where(col(ReadingRow.id).in_(gone)))
    back = update(ActRow).where(col(ActRow.id).in_(done))
    session.execute(back.values(undone_at=now, once=None))
