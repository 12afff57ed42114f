"""Promises of reminder/app/opening.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from reminder.app import migrate, open_app, prepare_folder
from reminder.errors import StorageError
from tests.conftest import settings_in


async def test_a_failed_start_lets_go_of_the_folder(tmp_path: Path) -> None:
    """A database that cannot be opened stops the start, and leaves the folder free."""
    settings = settings_in(tmp_path)
    prepare_folder(settings)
    file = settings.server.data_dir / "reminder.db"
    file.write_bytes(b"not a database" * 1000)
    with pytest.raises(StorageError):
        async with open_app(settings):
            pass
    file.unlink()
    migrate(settings)
