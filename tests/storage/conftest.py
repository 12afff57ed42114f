"""A real SQLite file with the tables of this version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reminder.app import use_own_zones
from reminder.storage.database import Database
from reminder.storage.vault import Vault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database lies."""
    return tmp_path / "reminder.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    """An empty database."""
    use_own_zones()
    opened = Database(f"sqlite:///{path}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def vault() -> Vault:
    """A vault under some key."""
    return Vault(b"a key of thirty-two bytes or more")
