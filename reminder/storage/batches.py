"""Many rows at once, past the objects of the session: what the hot path reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Column
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session, SQLModel

T = TypeVar("T")
AT_ONCE = 500


def portions(wanted: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many at a time as one statement may name."""
    return (wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE))


def many(session: Session, change: UpdateBase, rows: Sequence[dict[str, Any]]) -> None:
    """Do one change for each of these rows; for none, nothing."""
    if rows:
        session.connection().execute(change, rows)


def columns_of(table: type[SQLModel], *names: str) -> tuple[Column[Any], ...]:
    """Columns of a table by their names, without names all: what is selected so is read as plain
    values."""
    columns = table.__table__.c  # type: ignore[attr-defined]  # SQLModel's own
    return tuple(columns[name] for name in names or columns.keys())


class Unread(Generic[T]):
    """Rows by their ids, which come first in them, each made a value when it is asked for: one that
    cannot be read holds up nobody else."""

    def __init__(self, rows: Iterable[Sequence[Any]], read: Callable[[Sequence[Any]], T]) -> None:
        self._rows = {row[0]: row for row in rows}
        self._read = read
        self._known: dict[str, T] = {}

    def get(self, identity: str) -> T | None:
        """The value of a row; None where there is none of that id."""
        if identity not in self._known and identity in self._rows:
            self._known[identity] = self._read(self._rows[identity])
        return self._known.get(identity)
