"""Move everything from one database to another: every row, counted and read back, or none.

Between SQLite and PostgreSQL, either way. Keys, anchors, sealed secrets and the keys of reminders
are taken as they are, so that what was sent stays sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Row, Table, delete, func, insert, select, text
from sqlmodel import Session

from reminder.errors import StorageError
from reminder.storage import tables
from reminder.storage.database import DBAPIError

_AT_ONCE = 500
_MODULUS = 1 << 256
# Who works on a database, and the marks of their commits: of no use to another one.
_STAYS = frozenset({"node", "unit"})
# What a service leaves in a database that nobody has used yet.
_FROM_A_START = frozenset({"fact", "node", "sign_in", "system_job", "unit", "use"})


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table holds, and a digest of them that no order changes."""

    rows: int
    digest: int


def everything() -> list[Table]:
    """All tables, those that others point to first."""
    return list(tables.OwnerRow.metadata.sorted_tables)


def filled(session: Session) -> dict[str, int]:
    """How many rows stand in each table that only a used database fills."""
    found: dict[str, int] = {}
    for table in everything():
        if table.name not in _FROM_A_START:
            rows = session.execute(select(func.count()).select_from(table)).scalar_one()
            found |= {table.name: rows} if rows else {}
    return found


def copy(source: Session, target: Session) -> dict[str, int]:
    """Take every row of one database over into another that nobody has used; return how many there
    were of each kind. Raises StorageError, for the caller to roll back, when the target holds
    something, refuses a row, or reads back anything else than was written."""
    _keep_out(target.connection())
    held = filled(target)
    if held:
        what = ", ".join(f"{rows} in {name}" for name, rows in held.items())
        raise StorageError(
            f"The database is not empty ({what}): name an empty one, or drop it and make it anew"
        )
    there, here = source.connection(), target.connection()
    for table in reversed(everything()):
        here.execute(delete(table))
    return {table.name: _copied(there, here, table) for table in everything() if _moves(table)}


def _keep_out(target: Connection) -> None:
    """Let nobody else read or write the target until it is filled; on SQLite nobody can."""
    if target.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in everything())
        target.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def _moves(table: Table) -> bool:
    return table.name not in _STAYS


def _copied(source: Connection, target: Connection, table: Table) -> int:
    try:
        for rows in _read(source, table):
            target.execute(insert(table), [row._asdict() for row in rows])
    except DBAPIError as error:
        said = str(error.orig).splitlines()[0]
        raise StorageError(f"A row of {table.name} is not taken by the database: {said}") from error
    _count_on(target, table)
    wanted, found = _sum(source, table), _sum(target, table)
    if wanted != found:
        raise StorageError(
            f"{table.name} reads back {found.rows} rows, not the {wanted.rows} that were written, "
            "or other ones: nothing was moved"
        )
    return found.rows


def _read(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    """The rows of a table, some hundreds at a time, by their key."""
    query = select(table).order_by(*table.primary_key.columns)
    for rows in connection.execute(query).yield_per(_AT_ONCE).partitions():
        yield list(rows)


def _sum(connection: Connection, table: Table) -> Sum:
    rows = digest = 0
    for some in _read(connection, table):
        rows += len(some)
        for row in some:
            said = hashlib.sha256(repr(tuple(row)).encode()).digest()
            digest = (digest + int.from_bytes(said)) % _MODULUS
    return Sum(rows, digest)


def _count_on(target: Connection, table: Table) -> None:
    """Let PostgreSQL number on after the highest number that was taken over."""
    key = next(iter(table.primary_key.columns))
    if target.dialect.name != "postgresql" or not isinstance(key.type, Integer):
        return
    sequence = target.execute(select(func.pg_get_serial_sequence(f'"{table.name}"', key.name)))
    name = sequence.scalar_one()
    if name is not None:
        highest = target.execute(select(func.max(key))).scalar_one()
        if highest is not None:
            target.execute(text("SELECT setval(:name, :at)"), {"name": name, "at": highest})
