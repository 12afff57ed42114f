"""Open the database, run one unit of work, migrate it, and keep a second process off the file.

On SQLite one connection in one thread does every write: ``BEGIN IMMEDIATE``, WAL,
``synchronous=FULL`` (ENGINE section 7); readers have a few connections of their own that cannot
write. ``commit`` appears here and nowhere else.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from reminder.errors import StorageError

__all__ = ["DBAPIError", "Database", "Lock", "Session"]

T = TypeVar("T")
_READERS = 4
_WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
)
_READER_PRAGMAS = ("PRAGMA query_only=ON", "PRAGMA busy_timeout=15000")


class Database:
    """One database: ``write`` and ``read`` run a function over a session, in threads of their own,
    each call one transaction."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._url = url if self.is_sqlite else url.replace("postgresql:", "postgresql+psycopg:", 1)
        self._writer_engine = self._engine(_WRITER_PRAGMAS, begin="BEGIN IMMEDIATE")
        self._reader_engine = (
            self._engine(_READER_PRAGMAS, begin="BEGIN") if self.is_sqlite else self._writer_engine
        )
        writers = 1 if self.is_sqlite else _READERS
        self._writer = ThreadPoolExecutor(writers, thread_name_prefix="writer")
        self._reader = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")

    def _engine(self, pragmas: tuple[str, ...], begin: str) -> Engine:
        if not self.is_sqlite:
            return create_engine(self._url, pool_pre_ping=True)
        engine = create_engine(self._url, connect_args={"check_same_thread": False})

        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None
            for pragma in pragmas:
                connection.execute(pragma)

        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
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

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one write transaction; what it raises rolls everything back."""

        def run() -> T:
            with self.unit() as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._writer, run)

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` over one consistent state of the database."""

        def run() -> T:
            with self.look() as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._reader, run)

    def migrate(self) -> None:
        """Bring the tables to this version; raise StorageError when they are of a newer one, or
        the file is no database of ours."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        known = {r.revision for r in ScriptDirectory.from_config(config).walk_revisions()}
        try:
            with self._writer_engine.connect() as connection:
                current = MigrationContext.configure(connection).get_current_revision()
                connection.rollback()
                if current is not None and current not in known:
                    raise StorageError(
                        f"The database is of a newer version ({current}) than this program: "
                        "start the newer program, or restore an older backup"
                    )
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except (DBAPIError, CommandError) as error:
            raise StorageError(f"The database cannot be opened: {_sentence(error)}") from error

    def close(self) -> None:
        """Finish what runs and let go of every connection."""
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
        try:
            self.take()
        except StorageError:
            return True
        self.release()
        return False
