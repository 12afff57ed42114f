"""Promises of reminder/storage/database.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from reminder.errors import NotFound, StorageError
from reminder.storage import owners
from reminder.storage.database import Database, Session
from tests.storage.samples import ANNA, owner


def _pragma(database: Database, name: str) -> object:
    with database.unit() as session:
        return session.execute(text(f"PRAGMA {name}")).scalar_one()


def test_a_commit_is_on_disk(file: Database) -> None:
    """The writer keeps a write-ahead log, syncs at every commit and honours foreign keys."""
    found = [_pragma(file, n) for n in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]


async def test_what_raises_leaves_nothing(database: Database) -> None:
    """An error that leaves the work rolls everything back and reaches the caller."""

    def work(session: Session) -> None:
        owners.add(session, owner())
        raise NotFound("gone")

    with pytest.raises(NotFound):
        await database.write(work)
    assert await database.read(owners.count) == 0
    await database.write(lambda session: owners.add(session, owner()))
    assert (await database.read(lambda session: owners.get(session, ANNA))).id == ANNA


async def test_a_reader_cannot_write(database: Database) -> None:
    """What reads has a connection that refuses to write."""
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        await database.read(lambda session: owners.add(session, owner()))


def test_a_reader_sees_one_state(database: Database) -> None:
    """A look begun before a commit does not see half of it, nor the whole."""
    with database.look() as look:
        assert owners.count(look) == 0
        with database.unit() as session:
            owners.add(session, owner())
        assert owners.count(look) == 0
    with database.look() as look:
        assert owners.count(look) == 1


def test_migrating_again_changes_nothing(database: Database) -> None:
    """At every start the tables are brought up to date; what is there stays."""
    with database.unit() as session:
        owners.add(session, owner())
    database.migrate()
    with database.look() as session:
        assert owners.count(session) == 1


def test_a_newer_database_is_refused(database: Database) -> None:
    """A database that a newer program has written is left alone, and the error says what to do."""
    with database.unit() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999_from_tomorrow'"))
    with pytest.raises(StorageError, match="newer version") as refused:
        database.migrate()
    assert "9999_from_tomorrow" in str(refused.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A damaged file is refused in one sentence, and stays as it is."""
    file = tmp_path / "reminder.db"
    file.write_bytes(b"this is a letter, not a database" * 100)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(StorageError, match="cannot be opened"):
        database.migrate()
    database.close()
    assert file.read_bytes().startswith(b"this is a letter")
