"""Promises of reminder/storage/database.py that only PostgreSQL has to keep."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from reminder.errors import StorageError
from reminder.storage import owners
from reminder.storage.database import Database
from tests.fakes.ports import free_port
from tests.fakes.postgres import PostgresServer
from tests.storage.samples import NOW, owner

NODES = 4


@pytest.fixture
def dialect() -> str:
    """These are promises of PostgreSQL."""
    return "postgresql"


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[str]:
    """The address of a database without any table."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


def _setting(database: Database, name: str) -> str:
    with database.unit() as session:
        return str(session.execute(text(f"SHOW {name}")).scalar_one())


def test_a_session_is_set_up(database: Database) -> None:
    """A commit waits for the disk, a node that froze lets go of its rows, no lock is waited for in
    vain."""
    found = {name: _setting(database, name) for name in ("synchronous_commit", "lock_timeout")}
    assert found == {"synchronous_commit": "on", "lock_timeout": "15s"}
    assert _setting(database, "idle_in_transaction_session_timeout") == "1min"


def test_the_url_may_say_otherwise(database_url: str) -> None:
    """What the URL names of a connection is kept, under either spelling of the driver."""
    url = database_url.replace("postgresql:", "postgresql+psycopg:")
    database = Database(f"{url}?application_name=mine")
    assert _setting(database, "application_name") == "mine"
    database.close()


def test_one_node_migrates_and_the_others_wait(empty: str) -> None:
    """Several nodes that start at once on an empty database all find its tables made, once."""
    opened = [Database(empty) for _ in range(NODES)]
    with ThreadPoolExecutor(NODES) as threads:
        list(threads.map(Database.migrate, opened))
    with opened[0].unit() as session:
        owners.add(session, owner())
        versions = session.execute(text("SELECT count(*) FROM alembic_version")).scalar_one()
    assert versions == 1
    for database in opened:
        database.close()


def test_a_killed_migration_leaves_nothing(empty: str, postgres: PostgresServer) -> None:
    """All steps of a migration are one transaction: cut half way, the next start does it whole."""
    database = Database(empty)
    with database.unit() as session:
        session.execute(text("CREATE TABLE delivery_reminder (id int)"))
    with pytest.raises(StorageError, match="cannot be opened"):
        database.migrate()
    with database.unit() as session:
        found = session.execute(text("SELECT relname FROM pg_class WHERE relkind = 'r'")).scalars()
        assert not {"owner", "alembic_version"} & set(found)
        session.execute(text("DROP TABLE delivery_reminder"))
    database.migrate()
    database.close()


def test_a_database_that_cannot_hold_every_name_is_refused(postgres: PostgresServer) -> None:
    """A database of another encoding than UTF-8 is refused, and the error says what to do."""
    with postgres.session() as session:
        session.execute(
            "CREATE DATABASE narrow TEMPLATE template0 ENCODING 'LATIN1' "
            "LOCALE_PROVIDER libc LOCALE 'C'"
        )
    database = Database(postgres.url("narrow"))
    with pytest.raises(StorageError, match="ENCODING 'UTF8'"):
        database.migrate()
    database.close()
    postgres.drop("narrow")


async def test_time_is_the_databases(database: Database, database_url: str) -> None:
    """Every node reads the database's clock, whatever its own says; a clock that was given by hand
    is everybody's."""
    first, second = [
        await database.write(lambda session: database.instant(session, NOW)) for _ in range(2)
    ]
    assert NOW != first <= second < first + timedelta(minutes=1)
    by_hand = Database(database_url, keeps_time=False)
    assert await by_hand.write(lambda session: by_hand.instant(session, NOW)) == NOW
    by_hand.close()


async def test_a_database_that_is_away_is_refused_in_words() -> None:
    """A database that does not answer is asked again and again, and given up when the service
    stops; the error holds no address."""
    database = Database(f"postgresql://anna:secret@127.0.0.1:{free_port()}/reminder")
    counting = [asyncio.create_task(ask(owners.count)) for ask in (database.read, database.write)]
    done, _ = await asyncio.wait(counting, timeout=0.5)
    assert not done
    await asyncio.to_thread(database.close)
    for task in counting:
        with pytest.raises(StorageError, match="does not answer"):
            await task
