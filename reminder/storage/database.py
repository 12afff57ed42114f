"""Open the database, run one unit of work, migrate it, and keep a second process off the file.

This module alone knows which database it is. On SQLite one connection in one thread does every
write: ``BEGIN IMMEDIATE``, WAL, ``synchronous=FULL`` (ENGINE section 7); readers have a few
connections of their own that cannot write. On PostgreSQL any number of nodes write at once: a unit
of work that lost a race or its connection is run again, and a commit whose answer was lost is
looked up, never guessed (docs/adr/0010). ``commit`` appears here and nowhere else.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from reminder.errors import StorageError
from reminder.storage import races
from reminder.storage.columns import Instant

__all__ = ["DBAPIError", "Database", "Lock", "Session"]

T = TypeVar("T")
_READERS = 4
_WRITERS = 4
_WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
)
_READER_PRAGMAS = ("PRAGMA query_only=ON", "PRAGMA busy_timeout=15000")
# What a session of PostgreSQL is set to, unless the URL names it: a dead host is noticed, a node
# that froze in a transaction does not hold its rows for ever, a lock is not waited for in vain.
_CONNECT = {
    "application_name": "reminder",
    "connect_timeout": "5",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
_SESSION = (
    "SET synchronous_commit = on",
    "SET idle_in_transaction_session_timeout = '60s'",
    "SET lock_timeout = '15s'",
    "SET timezone = 'UTC'",
)
_CLOCK = text("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now").columns(
    now=Instant()
)
_MIGRATING = 0x72656D696E646572  # "reminder": the name of the lock under which nodes migrate
# How long a unit of work goes on against a database that is away, in seconds; then it is refused.
_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0)


class Database:
    """One database: ``write`` and ``read`` run a function over a session, in threads of their own,
    each call one transaction. The function may be run more than once: it must change nothing but
    the database. ``keeps_time``: on PostgreSQL its clock is every node's (:meth:`instant`)."""

    def __init__(self, url: str, *, keeps_time: bool = True) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._url = url if self.is_sqlite else url.replace("postgresql:", "postgresql+psycopg:", 1)
        self._keeps_time = keeps_time and not self.is_sqlite
        self._closing = threading.Event()
        engine = self._file(_WRITER_PRAGMAS, "BEGIN IMMEDIATE") if self.is_sqlite else self._pool()
        self._writer_engine = self._alone_engine = self._reader_engine = engine
        if self.is_sqlite:
            self._reader_engine = self._file(_READER_PRAGMAS, "BEGIN")
        else:
            self._alone_engine = engine.execution_options(isolation_level="SERIALIZABLE")
            self._reader_engine = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        writers = 1 if self.is_sqlite else _WRITERS
        self._writer = ThreadPoolExecutor(writers, thread_name_prefix="writer")
        self._reader = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")

    def _file(self, pragmas: tuple[str, ...], begin: str) -> Engine:
        threads = {"check_same_thread": False}
        engine = create_engine(self._url, connect_args=threads, hide_parameters=True)

        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None
            for pragma in pragmas:
                connection.execute(pragma)

        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def _pool(self) -> Engine:
        url = make_url(self._url)
        try:
            engine = create_engine(
                url,
                pool_size=_WRITERS + _READERS,
                max_overflow=2,
                pool_pre_ping=True,
                pool_use_lifo=True,
                hide_parameters=True,
                connect_args={k: v for k, v in _CONNECT.items() if k not in url.query},
            )
        except ModuleNotFoundError as error:
            raise StorageError(
                "PostgreSQL needs the package psycopg: install reminder[postgres]"
            ) from error

        def prepare(connection: races.Driver, _record: object) -> None:
            connection.autocommit = True
            for setting in _SESSION:
                connection.execute(setting)
            connection.autocommit = False

        event.listen(engine, "connect", prepare)
        return engine

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or not at all. For the writer's thread,
        and for commands that have the database to themselves."""
        with Session(self._writer_engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def look(self) -> Iterator[Session]:
        """A session that only reads, and sees one state of the database throughout."""
        with Session(self._reader_engine) as session:
            yield session

    async def write(self, work: Callable[[Session], T], *, alone: bool = False) -> T:
        """Run ``work`` in one write transaction; what it raises rolls everything back. ``alone``:
        as if nobody else wrote in the meantime, which SQLite gives anyway: for use cases that look
        before they write. Raises StorageError when the database does not answer for too long."""
        engine = self._alone_engine if alone else self._writer_engine
        run = self._work_once if self.is_sqlite else self._work_again
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, lambda: run(engine, work))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` over one consistent state of the database."""

        def run() -> T:
            with self.look() as session:
                return work(session)

        run_again = run if self.is_sqlite else lambda: self._patiently(run)
        return await asyncio.get_running_loop().run_in_executor(self._reader, run_again)

    def instant(self, session: Session, now: datetime) -> datetime:
        """What time it is for every node: by PostgreSQL's own clock, else ``now``."""
        if not self._keeps_time:
            return now
        found: datetime = session.execute(_CLOCK).scalar_one()
        return found

    def _work_once(self, engine: Engine, work: Callable[[Session], T]) -> T:
        with Session(engine, expire_on_commit=False) as session:
            result = work(session)
            session.commit()
            return result

    def _work_again(self, engine: Engine, work: Callable[[Session], T]) -> T:
        """One unit of work on PostgreSQL, run again while it can be known that nothing of it was
        kept."""

        def run() -> T:
            with Session(engine, expire_on_commit=False) as session:
                result = work(session)
                session.flush()
                mark = races.mark(session)
                try:
                    session.commit()
                except DBAPIError as error:
                    if mark is None or not races.is_lost(error) or not self._is_kept(mark):
                        raise
                return result

        return self._patiently(run)

    def _is_kept(self, mark: str) -> bool:
        """Whether a transaction whose commit was not answered was committed."""
        at_once = self._writer_engine.execution_options(isolation_level="AUTOCOMMIT")

        def look() -> bool:
            with at_once.connect() as connection:
                return races.was_kept(connection, mark)

        return self._patiently(look)

    def _patiently(self, run: Callable[[], T]) -> T:
        """Run until it succeeds, fails for good, or the patience is over."""
        for tries, pause in enumerate(_PAUSES):
            try:
                return run()
            except DBAPIError as error:
                if not races.may_be_run_again(error, tries):
                    raise
                if self._closing.wait(pause):
                    break
        try:
            return run()
        except DBAPIError as error:
            if not races.is_lost(error):
                raise
            raise StorageError("The database does not answer: try again in a moment") from error

    def migrate(self) -> None:
        """Bring the tables to this version; raise StorageError when they are of a newer one, or
        the file is no database of ours. Of several nodes that start at once one does it, and the
        others wait."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        try:
            with self._writer_engine.begin() as connection:
                if not self.is_sqlite:
                    self._wait_for_migrations(connection)
                known = {r.revision for r in ScriptDirectory.from_config(config).walk_revisions()}
                current = MigrationContext.configure(connection).get_current_revision()
                if current is not None and current not in known:
                    raise StorageError(
                        f"The database is of a newer version ({current}) than this program: "
                        "start the newer program, or restore an older backup"
                    )
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except (DBAPIError, CommandError) as error:
            raise StorageError(f"The database cannot be opened: {_sentence(error)}") from error

    def _wait_for_migrations(self, connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise StorageError(
                f"The database keeps text as {encoding}, which cannot hold every name: "
                "make it anew with ENCODING 'UTF8'"
            )

    def close(self) -> None:
        """Finish what runs and let go of every connection."""
        self._closing.set()
        self._writer.shutdown(wait=True)
        self._reader.shutdown(wait=True)
        self._reader_engine.dispose()
        self._writer_engine.dispose()


def _sentence(error: Exception) -> str:
    return str(getattr(error, "orig", error)).splitlines()[0]


class Lock:
    """The lock file of a data folder: whoever holds it is the one process that uses the folder.
    The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock; raise StorageError if another process has it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            raise StorageError(
                f"Another reminder process is using {self._path.parent}: stop it first, "
                "or name another server.data_dir"
            ) from error
        self._handle = handle

    def take_if_free(self) -> bool:
        """Take the lock unless another process has it; whether it is held now."""
        try:
            self.take()
        except StorageError:
            return False
        return True

    def release(self) -> None:
        """Let go of it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @property
    def is_held_by_another(self) -> bool:
        """Whether a living process holds it, other than through this object."""
        if self._handle is not None:
            return False
        if not self.take_if_free():
            return True
        self.release()
        return False
