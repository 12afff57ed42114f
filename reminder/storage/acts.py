"""What people did about lines, one or many at once: kept, found again by a mark, and taken back."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from reminder.domain.ids import ActId, LineId, ReadingId
from reminder.domain.line import Standing
from reminder.storage import codec
from reminder.storage.tables import ActRow, ReadingRow

_STANDS = col(ActRow.undone_at).is_(None)


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person did about a line, and where the line stood before. ``once`` is the mark of
    the link or the list that it was done by, which does it once."""

    id: ActId
    line: LineId
    kind: str
    at: datetime
    before: Standing
    said: str
    version: int
    once: str | None = None

    @property
    def details(self) -> Mapping[str, str]:
        """What was said with it, by the names of its fields."""
        return dict(json.loads(self.said))


def add(session: Session, done: Sequence[Act]) -> None:
    """Keep what was done."""
    if done:
        session.execute(insert(ActRow), [_columns(act) for act in done])


def _columns(act: Act) -> dict[str, object]:
    return {
        "id": act.id,
        "line_id": act.line,
        "kind": act.kind,
        "at": act.at,
        "before": codec.dump(codec.STANDING, act.before),
        "said": act.said,
        "version": act.version,
        "once": act.once,
    }


def act_of(row: ActRow) -> Act:
    """An act out of its row."""
    before = codec.load(codec.STANDING, row.before)
    line, said = LineId(row.line_id), row.said
    return Act(ActId(row.id), line, row.kind, row.at, before, said, row.version, row.once)


def get(session: Session, act: ActId) -> Act | None:
    """One act, while it stands."""
    row = session.get(ActRow, act)
    return act_of(row) if row and row.undone_at is None else None


def by_mark(session: Session, once: str) -> Act | None:
    """The act that bears a mark, if one does, and stands."""
    row = session.exec(select(ActRow).where(ActRow.once == once, _STANDS)).first()
    return act_of(row) if row else None


def marked(session: Session, marks: Collection[str]) -> set[str]:
    """Those of these marks that an act bears which stands."""
    query = select(ActRow.once).where(col(ActRow.once).in_(marks))
    return {once for once in session.exec(query) if once}


def latest(session: Session, line: LineId, limit: int = 50) -> list[Act]:
    """The latest acts on a line that stand, newest first."""
    query = select(ActRow).where(ActRow.line_id == line, _STANDS)
    return [act_of(r) for r in session.exec(query.order_by(col(ActRow.at).desc()).limit(limit))]


def last(session: Session, line: LineId) -> Act | None:
    """The latest act on a line that stands."""
    query = select(ActRow).where(ActRow.line_id == line, _STANDS)
    row = session.exec(query.order_by(col(ActRow.at).desc(), col(ActRow.id).desc())).first()
    return act_of(row) if row else None


def last_of(session: Session, wanted: Collection[LineId]) -> dict[LineId, Act]:
    """The same of each of these lines."""
    query = select(ActRow).where(col(ActRow.line_id).in_(wanted), _STANDS)
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
