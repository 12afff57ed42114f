"""Promises of reminder/service/backups.py."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from reminder.app import App, open_app
from reminder.errors import StorageError
from reminder.service import backups
from reminder.storage import backup
from tests.conftest import START, HandClock, settings_in


async def test_one_copy_a_night(app: App) -> None:
    """However often it is looked, one copy is made within a day."""
    settings = app.settings
    made = [backups.nightly(settings, START + timedelta(hours=hour)) for hour in range(0, 50, 5)]
    assert [hour * 5 for hour, file in enumerate(made) if file] == [0, 25]
    assert len(backup.kept_in(backups.folder_of(settings))) == 2


async def test_a_clock_set_back_makes_a_copy_anyway(app: App) -> None:
    """A copy dated in the future does not stop the nights."""
    assert backups.nightly(app.settings, START + timedelta(days=300)) is not None
    assert backups.nightly(app.settings, START) is not None


async def test_none_is_made_where_none_is_wanted(tmp_path: Path, clock: HandClock) -> None:
    """backup.keep = 0 turns it off."""
    settings = settings_in(tmp_path, {"REMINDER_BACKUP__KEEP": "0"})
    async with open_app(settings, clock=clock) as app:
        await app.back_up()
    assert not backups.folder_of(settings).exists()


async def test_a_running_service_is_not_restored_over(app: App, tmp_path: Path) -> None:
    """Whoever holds the folder keeps it."""
    copy = tmp_path / "copy.db"
    backups.back_up(app.settings, copy)
    with pytest.raises(StorageError, match="Another reminder process"):
        backups.restore(app.settings, copy, START)
