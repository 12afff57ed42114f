"""Many rows at once, past the objects of the session: what the hot path reads and writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session, SQLModel

Table = TypeVar("Table", bound=SQLModel)
AT_ONCE = 500


def many(session: Session, change: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
    """Do one change for each of these rows; for none, nothing."""
    if rows:
        session.connection().execute(change, rows)


def rows_of(
    session: Session, table: type[Table], wanted: Collection[str], column: str = "id"
) -> list[Table]:
    """The rows whose column holds one of these values: with the names of the table's fields, but
    only to be read."""
    columns = table.__table__.c  # type: ignore[attr-defined]  # SQLModel's own
    ids = list(wanted)
    found: list[Any] = []
    for start in range(0, len(ids), AT_ONCE):
        query = select(*columns).where(columns[column].in_(ids[start : start + AT_ONCE]))
        found += session.connection().execute(query).all()
    return found
