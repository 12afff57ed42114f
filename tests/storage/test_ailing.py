"""Promises of reminder/storage/ailing.py: what a database suffers from, said so that it helps."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.errors import StorageError
from reminder.storage.ailing import Ailment, has_wal_reset_fault, sqlite_version
from reminder.storage.database import Database, Session
from tests.storage.samples import people


def _fill(session: Session) -> None:
    session.execute(text("CREATE TABLE ballast AS SELECT randomblob(200000) AS b"))


def _full(database: Database) -> None:
    with database.unit() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + 1}"))


def _well(database: Database) -> None:
    with database.unit() as session:
        session.execute(text("PRAGMA max_page_count = 1000000"))


def test_a_full_disk_is_named_and_passes(file: Database) -> None:
    """What finds no room is refused with a sentence, nothing of it is kept, reading goes on; once
    there is room it is written."""
    _full(file)
    with pytest.raises(StorageError, match="the disk is full: make room"):
        asyncio.run(file.write(_fill))
    assert file.ailment is Ailment.FULL
    asyncio.run(file.read(lambda session: session.execute(text("SELECT 1"))))
    _well(file)
    asyncio.run(file.write(_fill))


def _other_bytes(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.seek(4096)
        handle.write(b"\xaa" * 4096 * 4)


def _no_database(path: Path) -> None:
    path.write_bytes(b"not a database " * 1000)


def _cut_off(path: Path) -> None:
    with path.open("r+b") as handle:
        handle.truncate(4096 * 3)


@pytest.mark.parametrize("damage", [_other_bytes, _no_database, _cut_off])
def test_a_damaged_file_is_refused(path: Path, damage: Callable[[Path], None]) -> None:
    """A file with a page overwritten, with none of ours, or cut short is found before anything is
    sent from it, and the sentence leads to the copies."""
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.unit() as session:
        people(session)
    database.demand_whole(always=True)
    database.close()
    damage(path)
    again = Database(f"sqlite:///{path}")
    with pytest.raises(StorageError, match=r"reminder restore FILE \(docs/backup\.md\)"):
        again.demand_whole(always=True)
    again.close()


def test_what_was_closed_in_order_is_not_read_through(path: Path) -> None:
    """The look costs a reading of the file: without need only where a log was left behind."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE t (x)")
    _no_database(path)
    database = Database(f"sqlite:///{path}")
    database.demand_whole(always=False)
    Path(f"{path}-wal").write_bytes(b"left behind")
    with pytest.raises(StorageError):
        database.demand_whole(always=False)
    database.close()


async def test_a_large_file_is_looked_through_later(path: Path) -> None:
    """One that was closed in order is proven beside the work on it. A damage found then is the
    database's ailment: nothing is sent from it."""
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.unit() as session:
        people(session)
    database.close()
    again = Database(f"sqlite:///{path}")
    assert (again.put_off_proof(1 << 30), again.is_proven) == (False, True)
    assert (again.put_off_proof(0), again.is_proven) == (True, False)
    await again.prove()
    assert (again.is_proven, again.ailment) == (True, None)
    again.close()
    _other_bytes(path)
    ill = Database(f"sqlite:///{path}")
    assert ill.put_off_proof(0)
    with pytest.raises(StorageError):
        await ill.prove()
    assert (ill.is_proven, ill.ailment) == (True, Ailment.DAMAGED)
    ill.close()


def test_a_file_whose_log_was_left_behind_is_looked_through_at_once(path: Path) -> None:
    """However large it is."""
    _no_database(path)
    Path(f"{path}-wal").write_bytes(b"left behind")
    database = Database(f"sqlite:///{path}")
    assert not database.put_off_proof(0)
    database.close()


def test_the_log_is_cut_off_by_the_writer(file: Database) -> None:
    """After a checkpoint nothing lies in the log, unless a reader still needs it."""
    asyncio.run(file.write(_fill))
    assert file.wal_size() > 200_000
    asyncio.run(file.checkpoint())
    assert file.wal_size() == 0
    asyncio.run(file.write(people))
    with file.look() as reader:
        reader.execute(text("SELECT count(*) FROM owner"))
        asyncio.run(file.write(lambda session: session.execute(text("DELETE FROM ballast"))))
        asyncio.run(file.checkpoint())
        assert file.wal_size() > 0
    asyncio.run(file.checkpoint())
    assert file.wal_size() == 0


def test_the_version_is_the_one_that_python_brings() -> None:
    """It is compared with those that have the fix of the WAL-reset fault."""
    assert sqlite_version() == sqlite3.sqlite_version_info
    assert has_wal_reset_fault((3, 50, 6))
    assert not has_wal_reset_fault((3, 50, 7))
