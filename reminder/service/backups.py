"""Copies of this service's database: by hand, every night, and back in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from reminder.config import Settings
from reminder.errors import StorageError
from reminder.storage import backup
from reminder.storage.backup import Proof
from reminder.storage.database import Lock

EVERY = timedelta(hours=24)
LOOK_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where the database that stood there before is kept."""

    proof: Proof
    kept: Path | None


def file_of(settings: Settings) -> Path:
    """The SQLite file; raises StorageError where the database is PostgreSQL."""
    file = settings.database_file
    if file is None:
        raise StorageError(
            "The database is PostgreSQL: use pg_dump and pg_restore (docs/backup.md)"
        )
    return file


def back_up(settings: Settings, target: Path) -> Proof:
    """Copy the database, whether a service runs on it or not. Raises StorageError."""
    return backup.back_up(file_of(settings), target)


def restore(settings: Settings, copy: Path, now: datetime) -> Restored:
    """Put a copy in the database's place. Raises StorageError while a service runs, or when the
    copy is not sound; the present database stays then."""
    file = file_of(settings)
    settings.server.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = Lock(settings.server.data_dir / "lock")
    lock.take()
    try:
        proof = backup.prove(copy)
        return Restored(proof, backup.put_back(copy, file, now))
    finally:
        lock.release()


def folder_of(settings: Settings) -> Path:
    """Where the nightly copies lie."""
    return settings.server.data_dir / "backups"


def nightly(settings: Settings, now: datetime) -> Path | None:
    """Make tonight's copy if none was made within a day; None where none is due or wanted."""
    file, keep = settings.database_file, settings.backup.keep
    if file is None or keep == 0:
        return None
    last = max((_made_at(path) for path in backup.kept_in(folder_of(settings))), default=None)
    if last is not None and timedelta(0) <= now - last < EVERY:
        return None
    return backup.nightly(file, folder_of(settings), keep, now)


def _made_at(path: Path) -> datetime:
    return datetime.fromisoformat(path.stem.removeprefix("reminder-"))
