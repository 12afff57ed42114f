"""Promises of reminder/storage/moving.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from reminder.errors import StorageError
from reminder.storage import channels, claims, moving, owners
from reminder.storage.database import Database
from reminder.storage.tables import UseRow
from reminder.storage.vault import Vault
from tests.storage.conftest import opened
from tests.storage.samples import NOW, hook, one_due


@pytest.fixture
def old(tmp_path: Path, vault: Vault) -> Iterator[Database]:
    """A used SQLite database: people, a line, a sealed channel, one message due."""
    for database in opened(f"sqlite:///{tmp_path / 'old.db'}"):
        with database.unit() as session:
            one_due(session)
            channels.add(session, hook(), vault)
            session.execute(insert(UseRow), [{"who": "digest", "at": NOW}] * 3)
        yield database


def _moved(old: Database, new: Database) -> dict[str, int]:
    with old.look() as source, new.unit() as target:
        return moving.copy(source, target)


def test_every_row_moves(old: Database, database: Database, vault: Vault) -> None:
    """People, the sealed channel, the reminder's key and the message are there as they were."""
    moved = _moved(old, database)
    kinds = ("owner", "line", "channel", "reminder", "delivery", "delivery_reminder", "use")
    assert [moved[kind] for kind in kinds] == [2, 1, 1, 1, 1, 1, 3]
    with old.look() as source, database.look() as target:
        for table in moving.everything():
            was, now = (one.connection().execute(table.select()) for one in (source, target))
            assert sorted(map(repr, was)) == sorted(map(repr, now)), table.name
        found = channels.get(target, hook().id, vault)
        assert found.target == "https://example.org/t0ken"
        assert claims.next_run_at(target) == NOW


def test_numbering_goes_on(old: Database, database: Database) -> None:
    """What is numbered by the database gets the next number, not one that is taken."""
    _moved(old, database)
    with database.unit() as session:
        session.execute(insert(UseRow), [{"who": "digest", "at": NOW}])
    with database.look() as session:
        assert session.execute(text('SELECT count(*), max(id) FROM "use"')).one() == (4, 4)


def test_a_used_database_is_not_filled(old: Database, database: Database) -> None:
    """Where somebody stands already nothing is written, and the error says what is there."""
    _moved(old, database)
    with pytest.raises(StorageError, match=r"not empty \(.*2 in owner"):
        _moved(old, database)
    with database.look() as session:
        assert owners.count(session) == 2


def test_a_started_database_may_be_filled(old: Database, database: Database) -> None:
    """What a first start left, such as its sign-in link, gives way."""
    with database.unit() as session:
        owners.set_fact(session, "key", "another")
        session.execute(insert(UseRow), [{"who": "first", "at": NOW}])
    assert _moved(old, database)["use"] == 3
    with database.look() as session:
        assert owners.fact(session, "key") is None


def test_a_row_that_is_refused_moves_nothing(old: Database, database: Database) -> None:
    """A row that the other database does not take undoes all before it, and names its table."""
    with database.unit() as session:
        session.execute(text("CREATE UNIQUE INDEX once ON owner (language)"))
    with pytest.raises(StorageError, match="A row of owner is not taken"):
        _moved(old, database)
    with database.look() as session:
        assert moving.filled(session) == {}
