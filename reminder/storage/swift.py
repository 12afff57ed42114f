"""Thousands of rows in one statement, past SQLAlchemy's own handling of each: it costs more than
either database does. SQLite runs one prepared statement for all; PostgreSQL gets columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import dumps
from typing import Any, cast

from sqlalchemy import Column, CursorResult, Dialect
from sqlmodel import Session, SQLModel

from reminder.storage.batches import columns_of

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns of a table rows are written to, in their order. ``same``: what in the row that
    is there must be equal already, by further values at the end; none: rows are new."""

    table: type[SQLModel]
    names: tuple[str, ...]
    same: tuple[str, ...] = ()


def write(session: Session, shape: Shape, rows: Sequence[Row]) -> int:
    """Insert rows, or change those that are the same still; return how many were written."""
    if not rows:
        return 0
    connection = session.connection()
    statement, processors, texts = _prepared(shape, connection.dialect)
    columns = [
        values if process is None else _each(process, values)
        for values, process in zip(zip(*rows, strict=True), processors, strict=True)
    ]
    given: Any
    if connection.dialect.name == "sqlite":
        given = list(zip(*columns, strict=True))
    else:
        given = tuple(map(array, columns, texts))
    done = connection.exec_driver_sql(statement, given)
    return cast("CursorResult[Any]", done).rowcount


@dataclass(frozen=True, slots=True)
class Query:
    """Which columns of a table are read, of the rows whose ``key`` is one of some texts."""

    table: type[SQLModel]
    names: tuple[str, ...]
    key: str


def read(session: Session, query: Query, wanted: Sequence[str]) -> Iterable[Row]:
    """The rows of those keys, in no order: their names go to the database as one list. What the
    session was handed before counts."""
    if not wanted:
        return ()
    session.flush()
    connection = session.connection()
    statement, processors = _asked(query, connection.dialect)
    listed = dumps(wanted) if connection.dialect.name == "sqlite" else array(wanted, True)
    rows = connection.exec_driver_sql(statement, (listed,)).all()
    columns = [
        values if process is None else _each(process, values)
        for values, process in zip(zip(*rows, strict=True), processors, strict=bool(rows))
    ]
    return zip(*columns, strict=True)


@lru_cache(maxsize=64)
def _asked(query: Query, dialect: Dialect) -> tuple[str, tuple[Callable[[Any], Any] | None, ...]]:
    """The statement, and what makes of each column's values what its type promises."""
    quote = dialect.identifier_preparer.quote
    columns, (key,) = columns_of(query.table, *query.names), columns_of(query.table, query.key)
    names, table = ", ".join(quote(one.name) for one in columns), quote(key.table.name)
    if dialect.name == "sqlite":
        among = "IN (SELECT value FROM json_each(?))"
    else:
        among = f"= ANY(%s::{key.type.compile(dialect)}[])"
    statement = f"SELECT {names} FROM {table} WHERE {quote(key.name)} {among}"  # noqa: S608 - ours
    kinds = (one.type.dialect_impl(dialect) for one in columns)
    return statement, tuple(kind.result_processor(dialect, None) for kind in kinds)


def _each(process: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Days, instants and flags as the driver has them, or as we do: most of a column are alike."""
    made = {value: process(value) for value in set(values)}
    return [made[value] for value in values]


def array(values: Sequence[Any], is_text: bool) -> str:  # noqa: FBT001 - one of each column
    r"""Values as PostgreSQL reads an array: psycopg takes longer to write one down than the
    database takes for its row.

    >>> print(array([1, None], False), array(["a", None, 'b"'], True))
    {1,NULL} {"a",NULL,"b\""}
    """
    if not is_text:
        return f"{{{','.join(['NULL' if one is None else str(one) for one in values])}}}"
    if None not in values:
        plain = '","'.join(values)
        if "\\" not in plain and plain.count('"') == 2 * len(values) - 2:
            return f'{{"{plain}"}}'
    return f"{{{','.join(['NULL' if one is None else _quoted(one) for one in values])}}}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@lru_cache(maxsize=64)
def _prepared(
    shape: Shape, dialect: Dialect
) -> tuple[str, tuple[Callable[[Any], Any] | None, ...], tuple[bool, ...]]:
    """The statement, what makes each column's values fit for the driver, and which are texts."""
    columns = columns_of(shape.table, *shape.names, *shape.same)
    processors = [one.type.dialect_impl(dialect).bind_processor(dialect) for one in columns]
    make = _one_by_one if dialect.name == "sqlite" else _as_columns
    texts = tuple(one.type.compile(dialect) in {"VARCHAR", "TEXT"} for one in columns)
    return make(shape, columns, dialect), tuple(processors), texts


def _one_by_one(shape: Shape, columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    names, table = [quote(one.name) for one in columns], quote(columns[0].table.name)
    if not shape.same:
        marks = ", ".join("?" * len(names))
        return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our names
    here = len(shape.names)
    changes, same = ([f"{name} = ?" for name in some] for some in (names[:here], names[here:]))
    return f"UPDATE {table} SET {', '.join(changes)} WHERE {' AND '.join(same)}"  # noqa: S608 - ours


def _as_columns(shape: Shape, columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    quote = dialect.identifier_preparer.quote
    names, table = [quote(one.name) for one in columns], quote(columns[0].table.name)
    arrays = ", ".join(f"%s::{one.type.compile(dialect)}[]" for one in columns)
    if not shape.same:
        return f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608
    here, given = len(shape.names), ", ".join(f"v{n}" for n in range(len(names)))
    changes = [f"{name} = v{n}" for n, name in enumerate(names[:here])]
    same = [f"{table}.{name} = v{n + here}" for n, name in enumerate(names[here:])]
    return (
        f"UPDATE {table} SET {', '.join(changes)} FROM unnest({arrays}) AS given({given}) "  # noqa: S608
        f"WHERE {' AND '.join(same)}"
    )
