"""Promises of reminder/storage/keyfile.py."""

from __future__ import annotations

from pathlib import Path

from reminder.app import prepare_folder
from reminder.storage.keyfile import service_key
from tests.conftest import settings_in


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Without ``server.key`` a key is made at the first start, readable by its owner only, and
    stays."""
    settings = settings_in(tmp_path)
    prepare_folder(settings)
    first = service_key(settings)
    assert len(first) >= 32
    assert settings.server.key_file.stat().st_mode & 0o777 == 0o600
    assert service_key(settings) == first
    other = tmp_path / "other"
    other.mkdir()
    prepare_folder(settings_in(other))
    assert service_key(settings_in(other)) != first


def test_a_chosen_key_is_taken(tmp_path: Path) -> None:
    """With ``server.key`` no file is made: every node has the same."""
    chosen = "a key of thirty-two signs or more!"
    settings = settings_in(tmp_path, {"REMINDER_SERVER__KEY": chosen})
    prepare_folder(settings)
    assert service_key(settings) == chosen.encode()
    assert not settings.server.key_file.exists()
