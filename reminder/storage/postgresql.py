"""PostgreSQL, which many nodes write at once: its connections, its clock, and the patience that a
database on the network needs.

A unit of work that lost a race or its connection is run again, and a commit whose answer was lost
is looked up, never guessed (docs/adr/0010).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from reminder.errors import StorageError
from reminder.storage import races
from reminder.storage.columns import Instant

T = TypeVar("T")
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
_OLDEST = text(
    "SELECT coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)), 0) "
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_MIGRATING = 0x72656D696E646572  # "reminder": the name of the lock under which nodes migrate
# How long a unit of work goes on against a database that is away, in seconds; then it is refused.
_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0)


def connect(url: str, size: int) -> Engine:
    """A pool of so many connections, each tried before it is used. Raises StorageError where the
    driver is not installed."""
    named = make_url(url.replace("postgresql:", "postgresql+psycopg:", 1))
    try:
        engine = create_engine(
            named,
            pool_size=size,
            max_overflow=2,
            pool_pre_ping=True,
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={k: v for k, v in _CONNECT.items() if k not in named.query},
        )
    except ModuleNotFoundError as error:
        raise StorageError(
            "PostgreSQL needs the package psycopg: install reminder[postgres]"
        ) from error
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: races.Driver, _record: object) -> None:
    connection.autocommit = True
    for setting in _SESSION:
        connection.execute(setting)
    connection.autocommit = False


def alone(engine: Engine) -> Engine:
    """The same pool, for work that goes as if nobody else wrote meanwhile."""
    return engine.execution_options(isolation_level="SERIALIZABLE")


def reading(engine: Engine) -> Engine:
    """The same pool, for looks that see one state throughout and cannot write."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def clock(session: Session) -> datetime:
    """What time it is by the database."""
    found: datetime = session.execute(_CLOCK).scalar_one()
    return found


def oldest_transaction(session: Session) -> timedelta:
    """How long the oldest open transaction on this database has lasted, this one left out."""
    return timedelta(seconds=float(session.execute(_OLDEST).scalar_one()))


def wait_for_migrations(connection: Connection) -> None:
    """Hold, to the end of the transaction, the lock under which nodes migrate; raise StorageError
    for a database that cannot hold every name."""
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StorageError(
            f"The database keeps text as {encoding}, which cannot hold every name: "
            "make it anew with ENCODING 'UTF8'"
        )


class Patience:
    """Runs units of work until they succeed, fail for good, or the patience is over."""

    def __init__(self, engine: Engine) -> None:
        self._at_once = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._over = threading.Event()

    def end(self) -> None:
        """Wait no more: the service stops."""
        self._over.set()

    def run(self, work: Callable[[], T]) -> T:
        """Run what may be run any number of times. Raises StorageError when the database does not
        answer for too long."""
        for tries, pause in enumerate(_PAUSES):
            try:
                return work()
            except DBAPIError as error:
                if not races.may_be_run_again(error, tries):
                    raise
                if self._over.wait(pause):
                    break
        try:
            return work()
        except DBAPIError as error:
            if not races.is_lost(error):
                raise
            raise StorageError("The database does not answer: try again in a moment") from error

    def unit(self, engine: Engine, work: Callable[[Session], T]) -> T:
        """One unit of work, committed once, run again while it can be known that nothing of it was
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

        return self.run(run)

    def _is_kept(self, mark: str) -> bool:
        """Whether a transaction whose commit was not answered was committed."""

        def look() -> bool:
            with self._at_once.connect() as connection:
                return races.was_kept(connection, mark)

        return self.run(look)
