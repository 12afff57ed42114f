"""Statements for one row, made ready once: what SQLAlchemy does with a statement at each run takes
longer than either database does. For thousands of rows there is :mod:`reminder.storage.swift`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session

Row = Sequence[Any]
Process = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in the words of one database: the names of its parameters in their order, if it
    wants them in order, and what makes of values what a driver takes, or what a type promises.
    ``own``: the values that the statement was made with."""

    text: str
    order: tuple[str, ...] | None
    given: Mapping[str, Process]
    own: Mapping[str, Any]
    found: tuple[Process, ...]

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any] | tuple[Any, ...]:
        """Values as the driver takes them."""
        known = {**self.own, **values} if self.own else values
        made = {
            name: known[name] if process is None else process(known[name])
            for name, process in self.given.items()
        }
        return made if self.order is None else tuple(made[name] for name in self.order)

    def row(self, values: Row) -> Row:
        """A row as its types promise it."""
        pairs = zip(self.found, values, strict=True)
        return tuple(value if process is None else process(value) for process, value in pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Peek:
    """SQLite's driver, where no session is opened: each statement sees a state of its own."""

    dialect: Dialect
    driver: sqlite3.Connection


class _Cursor(Protocol):
    """What a statement came to, as SQLAlchemy and the driver both tell it."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""

    def fetchall(self) -> Sequence[Row]:
        """What was found."""


class Prepared:
    """A statement whose parameters are bound by name. SQLite's driver is asked itself; what it
    refuses is raised as by SQLAlchemy. ``names``: the columns that an insert fills, which must be
    all that have a default in Python."""

    def __init__(self, statement: Select[Any] | UpdateBase, *names: str) -> None:
        self._statement = statement
        self._names = names
        self._ready: dict[str, _Ready] = {}

    def rows(self, at: Session | Peek, /, **values: object) -> list[Row]:
        """What it finds; what a session was handed before counts."""
        ready, cursor = self._run(at, values)
        return [ready.row(row) for row in cursor.fetchall()]

    def run(self, session: Session, **values: object) -> int:
        """Run what finds nothing; return how many rows it changed."""
        return self._run(session, values)[1].rowcount

    def _run(self, at: Session | Peek, values: Mapping[str, Any]) -> tuple[_Ready, _Cursor]:
        if isinstance(at, Peek):
            return self._asked(at.driver, at.dialect, values)
        at.flush()
        connection = at.connection()
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            return self._asked(driver, connection.dialect, values)
        ready = self._for(connection.dialect)
        return ready, connection.exec_driver_sql(ready.text, ready.parameters(values))

    def _asked(
        self, driver: sqlite3.Connection, dialect: Dialect, values: Mapping[str, Any]
    ) -> tuple[_Ready, _Cursor]:
        ready = self._for(dialect)
        parameters = ready.parameters(values)
        try:
            return ready, driver.execute(ready.text, parameters)
        except sqlite3.Error as error:
            raise DBAPIError.instance(
                ready.text, None, error, sqlite3.Error, hide_parameters=True, dialect=dialect
            ) from error

    def _for(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = self._made(dialect)
        return ready

    def _made(self, dialect: Dialect) -> _Ready:
        made: Any = self._statement.compile(dialect=dialect, column_keys=self._names or None)
        finds = self._statement.selected_columns if isinstance(self._statement, Select) else ()
        kinds = [one.type.dialect_impl(dialect) for one in finds]
        return _Ready(
            str(made),
            tuple(made.positiontup) if made.positional else None,
            {
                name: one.type.dialect_impl(dialect).bind_processor(dialect)
                for name, one in made.binds.items()
            },
            {name: one.value for name, one in made.binds.items() if not one.required},
            tuple(kind.result_processor(dialect, None) for kind in kinds),
        )
