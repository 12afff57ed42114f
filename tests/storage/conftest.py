"""A real database with the tables of this version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reminder.engine import zones
from reminder.storage.database import Database
from reminder.storage.vault import Vault
from tests.conftest import KINDS


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Every promise holds on either database."""
    return str(request.param)


def opened(url: str) -> Iterator[Database]:
    """A database at that address, with its tables; closed at the end."""
    zones.in_force({})
    database = Database(url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database."""
    yield from opened(database_url)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a SQLite file lies."""
    return tmp_path / "file.db"


@pytest.fixture
def file(path: Path) -> Iterator[Database]:
    """An empty database in a SQLite file."""
    yield from opened(f"sqlite:///{path}")


@pytest.fixture
def vault() -> Vault:
    """A vault under some key."""
    return Vault(b"a key of thirty-two bytes or more")
