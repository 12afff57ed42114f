"""Promises of reminder/storage/looking.py: a look changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.errors import StorageError
from reminder.storage.database import Database
from reminder.storage.looking import looked_at, may_write, version_of
from reminder.storage.versions import newest
from tests.storage.samples import ANNA, people
from tests.storage.test_migrations import engine_of, upgrade, version


@pytest.fixture
def empty_url(dialect: str, path: Path, request: pytest.FixtureRequest) -> str:
    """The address of a database without tables."""
    if dialect == "sqlite":
        path.touch()
        return f"sqlite:///{path}"
    server = request.getfixturevalue("postgres")
    return str(server.url(server.create()))


def test_old_tables_stay_old(empty_url: str) -> None:
    """No tables, and the tables of another version, are told and left."""
    engine = engine_of(empty_url)
    for wanted in (None, "0001", "0012"):
        if wanted:
            with engine.begin() as connection:
                upgrade(connection, wanted)
        with looked_at(empty_url) as session:
            assert version_of(session) == wanted
        assert may_write(empty_url)
        with engine.begin() as connection:
            assert version(connection) == wanted
    engine.dispose()


def test_newer_tables_are_refused(database: Database, database_url: str) -> None:
    """What a start would refuse is refused with the same sentence."""
    with database.unit() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(StorageError, match="newer version"), looked_at(database_url):
        pass


def test_what_a_killed_process_left_is_read_and_left(file: Database, path: Path) -> None:
    """What stands in the log alone is seen; the file and its log are as they were."""
    file.close()
    code = (
        "import os; from reminder.storage.database import Database\n"
        "from tests.storage.samples import people\n"
        f"database = Database('sqlite:///{path}')\n"
        "with database.unit() as session: people(session)\n"
        "os._exit(9)"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 9
    log = path.with_name(path.name + "-wal")
    before = path.read_bytes(), log.read_bytes()
    with looked_at(f"sqlite:///{path}") as session:
        assert version_of(session) == newest()
        assert session.execute(text("SELECT count(*) FROM owner")).scalar_one() == 2
    assert (path.read_bytes(), log.read_bytes()) == before


def test_nothing_is_written_through_it(database: Database, database_url: str) -> None:
    """A look cannot change a row."""
    with database.unit() as session:
        people(session)
    database.close()
    change = text("DELETE FROM owner WHERE id = :id")
    with pytest.raises(StorageError), looked_at(database_url) as session:
        session.execute(change, {"id": ANNA})


def test_a_file_that_is_no_database(path: Path) -> None:
    """One sentence, with the way to the copies."""
    path.write_text("number,label\n" * 100)
    with pytest.raises(StorageError, match="put a copy back"), looked_at(f"sqlite:///{path}"):
        pass
