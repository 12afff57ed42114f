"""Promises of reminder/app/folder.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reminder.app import (
    migrate,
    open_app,
    prepare_folder,
    running_service,
    write_service_file,
)
from reminder.errors import ConfigError, StorageError
from reminder.service import people
from tests.conftest import settings_in


def test_the_data_folder_is_private(tmp_path: Path) -> None:
    """The data folder is made for its owner only; one that cannot be made is named."""
    settings = settings_in(tmp_path)
    prepare_folder(settings)
    assert settings.server.data_dir.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    bad = settings_in(tmp_path, {"REMINDER_SERVER__DATA_DIR": str(tmp_path / "file" / "data")})
    with pytest.raises(ConfigError, match=r"server\.data_dir"):
        prepare_folder(bad)


async def test_one_folder_one_process(tmp_path: Path) -> None:
    """A second app on the folder is refused, a migration too; afterwards the folder is free."""
    settings = settings_in(tmp_path)
    async with open_app(settings):
        with pytest.raises(StorageError, match="Another reminder process"):
            async with open_app(settings):
                pass
        with pytest.raises(StorageError):
            migrate(settings)
    migrate(settings)
    async with open_app(settings) as again:
        assert await again.read(people.everyone) == []


async def test_the_service_file_counts_while_the_service_lives(tmp_path: Path) -> None:
    """Where the service runs is told to its own user only, and only while it holds the lock."""
    settings = settings_in(tmp_path)
    assert running_service(settings) is None
    async with open_app(settings) as app:
        with pytest.raises(StorageError):
            running_service(settings)
        path = write_service_file(settings, "http://127.0.0.1:1", app.local_token)
        assert path.stat().st_mode & 0o777 == 0o600
        assert json.loads(path.read_text())["token"] == app.local_token
        assert running_service(settings) == ("http://127.0.0.1:1", app.local_token)
    assert running_service(settings) is None
    async with open_app(settings) as again:
        assert again.local_token != app.local_token
