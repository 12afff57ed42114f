"""Promises of reminder/service/looking.py: what a service could not start on is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import open_app
from reminder.config import Settings
from reminder.errors import ConfigError, StorageError
from reminder.service import keys
from reminder.service.looking import state_of
from tests.conftest import KINDS, START, HandClock, settings_in


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Both databases are looked at."""
    return str(request.param)


def _settings(tmp_path: Path, database_url: str, **more: str) -> Settings:
    return settings_in(tmp_path, {"REMINDER_DATABASE__URL": database_url, **more})


def test_a_database_that_is_well(tmp_path: Path, database_url: str) -> None:
    """Of this version, and can be written; nothing is made in the folder, no key either."""
    settings = _settings(tmp_path, database_url)
    before = sorted(tmp_path.rglob("*"))
    assert state_of(settings).startswith("can be written")
    assert sorted(tmp_path.rglob("*")) == before


async def test_a_key_that_was_rotated(tmp_path: Path, database_url: str, clock: HandClock) -> None:
    """Where server.key is still the one before, it says which to set, as a start does."""
    settings = _settings(tmp_path, database_url, REMINDER_SERVER__KEY="k" * 40)
    async with open_app(settings, clock=clock):
        pass
    done = keys.rotate(settings, START)
    assert done.to_set is not None
    with pytest.raises(ConfigError, match="the key was rotated"):
        state_of(settings)
    key = done.to_set.read_text()
    assert state_of(_settings(tmp_path, database_url, REMINDER_SERVER__KEY=key))
    assert done.to_set.exists()


async def test_another_nodes_key(tmp_path: Path, dialect: str, database_url: str) -> None:
    """Where a living node works with another key, a start would be refused."""
    if dialect == "sqlite":
        return
    settings = _settings(tmp_path, database_url, REMINDER_SERVER__KEY="k" * 40)
    async with open_app(settings) as app:
        await app.cluster.beat()
        assert state_of(settings)
        other = _settings(tmp_path, database_url, REMINDER_SERVER__KEY="o" * 40)
        with pytest.raises(ConfigError, match="works with another key"):
            state_of(other)


async def test_a_database_that_only_reads(tmp_path: Path, dialect: str, database_url: str) -> None:
    """A standby cannot be written, which is told."""
    if dialect == "sqlite":
        return
    settings = _settings(tmp_path, database_url)
    async with open_app(settings) as app:
        name = database_url.rpartition("/")[2].partition("?")[0]
        await app.write(
            lambda work: work.session.execute(
                text(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            )
        )
    with pytest.raises(StorageError, match="standby"):
        state_of(settings)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The file is made at the first start, its folder is not."""
    with pytest.raises(StorageError, match="make the folder"):
        state_of(_settings(tmp_path, f"sqlite:///{tmp_path}/none/reminder.db"))
