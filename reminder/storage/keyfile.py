"""The service's one secret, in a file of its own beside the database."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from reminder.config import Settings
from reminder.errors import ConfigError

KEY_BYTES = 32


def service_key(settings: Settings) -> bytes:
    """The service's one secret: ``server.key``, or ``data_dir/key``, made at the first start."""
    chosen = settings.server.key.get_secret_value()
    if chosen:
        return chosen.encode()
    path = settings.server.key_file
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _new_key(path)
    except OSError as error:
        raise ConfigError(f"server.key: {path} cannot be read") from error


def _new_key(path: Path) -> bytes:
    key = made_key()
    write_key(path, key)
    return key


def made_key() -> bytes:
    """A key that nobody has."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES))


def write_key(path: Path, key: bytes) -> None:
    """Keep a key in a file for the service alone, whole or not at all."""
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
