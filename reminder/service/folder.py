"""The data folder: whose it is, and where the running service is told of."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reminder.config import Settings
from reminder.errors import ConfigError, StorageError
from reminder.storage.lock import Lock


def prepare_folder(settings: Settings) -> Lock:
    """Make the data folder (0700) and return its lock, not yet taken."""
    folder = settings.server.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"server.data_dir: {folder} cannot be made: {error.strerror}") from error
    return Lock(folder / "lock")


@contextmanager
def own_folder(settings: Settings) -> Iterator[None]:
    """The data folder; on SQLite no other process may use it meanwhile. On PostgreSQL a folder
    holds only what belongs to one node, and the command line may work beside it."""
    lock = prepare_folder(settings)
    if settings.on_sqlite:
        lock.take()
    try:
        yield
    finally:
        lock.release()


def write_service_file(settings: Settings, address: str, token: str) -> Path:
    """Tell the command line where the service runs: 0600, renamed into place whole."""
    path = settings.server.data_dir / "service.json"
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"address": address, "token": token}, file)
    draft.replace(path)
    return path


def running_service(settings: Settings) -> tuple[str, str] | None:
    """Address and local token of the service on this data folder, if one runs: the file counts
    only while the lock is held."""
    folder = settings.server.data_dir
    if not (folder / "lock").exists() or not Lock(folder / "lock").is_held_by_another:
        return None
    try:
        said = json.loads((folder / "service.json").read_text())
        return str(said["address"]), str(said["token"])
    except (OSError, ValueError, KeyError) as error:
        raise StorageError(
            "Another reminder process is using this data folder and does not answer: "
            "wait until it is done"
        ) from error
