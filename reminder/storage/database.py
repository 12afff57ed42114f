"""Open the database, run one unit of work, and migrate it.

Which database it is, is known here, in :mod:`reminder.storage.postgresql`, and in
:mod:`reminder.storage.swift`, which writes rows as each takes them fastest. On SQLite one
connection in one thread does every write: ``BEGIN IMMEDIATE``, WAL, ``synchronous=FULL`` (ENGINE
section 7); readers have a few connections of their own that cannot write. On PostgreSQL any number
of nodes write at once.
``commit`` appears here and in :mod:`reminder.storage.postgresql`, and nowhere else.
"""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session

from reminder.errors import StorageError
from reminder.storage import postgresql, versions
from reminder.storage.ailing import (
    Ailment,
    ailment_of,
    cannot_open,
    demand_whole,
    refusal,
    wal_of,
)
from reminder.storage.lock import Lock
from reminder.storage.postgresql import Patience
from reminder.storage.prepared import Peek
from reminder.storage.sharing import Sharing

__all__ = ["DBAPIError", "DataError", "Database", "IntegrityError", "Lock", "Peek", "Session"]

T = TypeVar("T")
_READERS = 4
_WRITERS = 4
WRITES_KEPT = 1000
_WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
)
_READER_PRAGMAS = (
    "PRAGMA query_only=ON",
    "PRAGMA busy_timeout=15000",
    "PRAGMA wal_autocheckpoint=0",  # the writer's work alone (ENGINE section 7)
)
_CHECKPOINT = (
    "PRAGMA busy_timeout=500",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA busy_timeout=15000",
)


class Database:
    """One database: ``write`` and ``read`` run a function over a session, in threads of their own,
    each call one transaction. The function may be run more than once: it must change nothing but
    the database. ``keeps_time``: on PostgreSQL its clock is every node's (:meth:`instant`).
    ``ailment`` is why nothing can be written, until who asks again finds that it can; ``writes`` is
    how long the last thousand took."""

    def __init__(self, url: str, *, keeps_time: bool = True) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self._url = url
        self._keeps_time = keeps_time and not self.is_sqlite
        self._patience: Patience | None = None
        self.ailment: Ailment | None = None
        self.is_proven = True
        self.writes: deque[timedelta] = deque(maxlen=WRITES_KEPT)
        if self.is_sqlite:
            self._writer_engine = self._file(_WRITER_PRAGMAS, "BEGIN IMMEDIATE")
            self._alone_engine = self._writer_engine
            self._reader_engine = self._file(_READER_PRAGMAS, "BEGIN")
        else:
            self._writer_engine = postgresql.connect(url, _WRITERS + _READERS)
            self._alone_engine = postgresql.alone(self._writer_engine)
            self._reader_engine = postgresql.reading(self._writer_engine)
            self._patience = Patience(self._writer_engine)
        writers = 1 if self.is_sqlite else _WRITERS
        self._writer = ThreadPoolExecutor(writers, thread_name_prefix="writer")
        self._reader = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")
        self._sharing: Sharing | None = None
        self._peeking = threading.Lock()
        self._kept: PoolProxiedConnection | None = None  # for peeks
        if self.is_sqlite:
            alone = partial(self._unit, self._writer_engine)
            self._sharing = Sharing(self._writer, self._writer_engine, alone, self.writes)

    def _file(self, pragmas: tuple[str, ...], begin: str) -> Engine:
        threads = {"check_same_thread": False}
        engine = create_engine(self._url, connect_args=threads, hide_parameters=True)

        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None
            for pragma in pragmas:
                connection.execute(pragma)

        def left(connection: sqlite3.Connection | None, _record: object) -> None:
            if connection is not None and connection.in_transaction:
                connection.rollback()  # a commit that SQLite refuses leaves its transaction open

        event.listen(engine, "connect", prepare)
        event.listen(engine, "checkin", left)
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

    async def write(
        self, work: Callable[[Session], T], *, alone: bool = False, brief: bool = False
    ) -> T:
        """Run ``work`` in one write transaction; what it raises rolls everything back. ``alone``:
        as if nobody else wrote in the meantime, which SQLite gives anyway: for use cases that look
        before they write. ``brief``: it is soon over, and on SQLite shares the transaction of
        others that wait with it. Raises StorageError when the database does not answer for too
        long, or cannot store anything for its own sake."""
        if brief and self._sharing is not None:
            return await self._sharing.run(work)
        engine = self._alone_engine if alone else self._writer_engine
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, self._unit, engine, work)

    def _unit(self, engine: Engine, work: Callable[[Session], T]) -> T:
        """One write transaction, on the writer's thread; how long it took is kept, and what the
        database suffers from."""
        began = time.perf_counter()
        try:
            if self._patience is not None:
                result = self._patience.unit(engine, work)
            else:
                with self.unit() as session:
                    result = work(session)
        except DBAPIError as error:
            found = ailment_of(error)
            if found is None:
                raise
            self.ailment = found
            raise refusal(found, error) from error
        self.writes.append(timedelta(seconds=time.perf_counter() - began))
        return result

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` over one consistent state of the database."""

        def look() -> T:
            with self.look() as session:
                return work(session)

        def run() -> T:
            return look() if self._patience is None else self._patience.run(look)

        return await asyncio.get_running_loop().run_in_executor(self._reader, run)

    async def peek(self, look: Callable[[Session | Peek], T]) -> T:
        """Run ``look``, which asks prepared statements and no more. On SQLite each of them sees a
        state of its own, and no session is opened: where a process wakes only to see whether there
        is anything to do, that is most of what it would have to wake."""
        if not self.is_sqlite:
            return await self.read(look)

        def run() -> T:
            with self._peeking:
                if self._kept is None:
                    self._kept = self._reader_engine.raw_connection()
                driver = cast("sqlite3.Connection", self._kept.driver_connection)
                return look(Peek(self._reader_engine.dialect, driver))

        return await asyncio.get_running_loop().run_in_executor(self._reader, run)

    def instant(self, session: Session, now: datetime) -> datetime:
        """What time it is for every node: by PostgreSQL's own clock, else ``now``."""
        return postgresql.clock(session) if self._keeps_time else now

    def migrate(self) -> None:
        """Bring the tables to this version; raise StorageError when they are of a newer one, or
        the file is no database of ours. Of several nodes that start at once one does it, and the
        others wait."""
        try:
            if self._patience is None:
                self._migrate()
            else:
                self._patience.run(self._migrate)
        except DBAPIError as error:
            raise cannot_open(error) from error

    def rehearse(self) -> None:
        """Bring the tables of a file to this version and take that back; raise StorageError where
        :meth:`migrate` would."""
        engine = self._file((), "BEGIN IMMEDIATE")
        try:
            with engine.connect() as connection:
                self._upgrade(connection)
                connection.rollback()
        except DBAPIError as error:
            raise cannot_open(error) from error
        finally:
            engine.dispose()

    def is_of_this_version(self) -> bool:
        """Whether its tables are as this program makes them."""
        with self._reader_engine.connect() as connection:
            return versions.of(connection) == versions.newest()

    def demand_whole(self, *, always: bool) -> None:
        """Raise StorageError when the SQLite file is damaged. ``always``, or only where whoever
        had it before did not close it."""
        if not self.is_sqlite or not (always or self.wal_size()):
            return
        try:
            with self._writer_engine.connect() as connection:
                demand_whole(connection)
        except DBAPIError as error:
            raise cannot_open(error) from error

    def put_off_proof(self, above: int) -> bool:
        """Whether a file of more than ``above`` bytes, closed in order by whoever had it before, is
        looked through later, by :meth:`prove`; until then it is not ``is_proven``."""
        file = Path(self._url.removeprefix("sqlite:///"))
        later = self.is_sqlite and file.exists() and file.stat().st_size > above
        self.is_proven = not later or self.wal_size() > 0
        return not self.is_proven

    async def prove(self) -> None:
        """Look through the whole file beside the work on it; a damaged one has its ailment then."""

        def look() -> None:
            with self._reader_engine.connect() as connection:
                demand_whole(connection)

        try:
            await asyncio.get_running_loop().run_in_executor(self._reader, look)
        except StorageError:
            self.ailment = Ailment.DAMAGED
            raise
        except DBAPIError as error:
            self.ailment = Ailment.DAMAGED
            raise cannot_open(error) from error
        finally:
            self.is_proven = True

    def wal_size(self) -> int:
        """How many bytes of SQLite's write-ahead log lie on the disk."""
        path = wal_of(self._url)
        return path.stat().st_size if self.is_sqlite and path.exists() else 0

    async def oldest_transaction(self) -> timedelta:
        """How long the longest transaction on PostgreSQL has been open, of whoever it is: while one
        is, nothing is cleared away, and claims grow slow."""
        return timedelta() if self.is_sqlite else await self.read(postgresql.oldest_transaction)

    async def checkpoint(self) -> None:
        """Bring the write-ahead log into the file, and cut it off; what a reader still needs is
        left for the next time."""

        def run() -> None:
            raw = self._writer_engine.raw_connection()
            try:
                for pragma in _CHECKPOINT:
                    raw.cursor().execute(pragma)
            finally:
                raw.close()

        if self.is_sqlite:
            await asyncio.get_running_loop().run_in_executor(self._writer, run)

    def _migrate(self) -> None:
        with self._writer_engine.begin() as connection:
            if not self.is_sqlite:
                postgresql.wait_for_migrations(connection)
            self._upgrade(connection)

    @staticmethod
    def _upgrade(connection: Connection) -> None:
        current = versions.of(connection)
        if current == versions.newest():
            return
        versions.demand_known(current)
        importlib.import_module("reminder.storage.upgrading").upgrade(connection)

    def close(self) -> None:
        """Finish what runs and let go of every connection."""
        if self._patience is not None:
            self._patience.end()
        self._writer.shutdown(wait=True)
        self._reader.shutdown(wait=True)
        if self._kept is not None:
            self._kept.close()
        self._reader_engine.dispose()
        self._writer_engine.dispose()
