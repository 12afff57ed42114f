"""Move a whole service from one database to another, with nothing running on either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reminder.config import Settings
from reminder.engine.cluster import ALIVE
from reminder.errors import StorageError
from reminder.storage import backup, claims, moving, nodes
from reminder.storage.database import Database, Lock


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of each table moved, and under which name the old file is kept."""

    rows: dict[str, int]
    kept: Path | None


def move(settings: Settings, source: str, now: datetime) -> Moved:
    """Fill the empty database that the settings name from ``source``, a SQLite file or the address
    of a PostgreSQL, whole or not at all. A file that the service ran on until now is set aside, so
    that nobody starts on it again. Raises StorageError, with both as they were, while a service
    runs on one of them, or when the source is not sound or the target is not empty."""
    file = None if source.startswith("postgresql") else Path(source.removeprefix("sqlite:///"))
    if source == settings.database_url or (file and _same(file, settings.database_file)):
        raise StorageError("Both are the same database: set database.url to the new one first")
    settings.server.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as held:
        for folder in _folders(settings, file):
            lock = Lock(folder / "lock")
            lock.take()
            held.callback(lock.release)
        reading = _file(file, settings.server.data_dir) if file else _server(source, now)
        origin = held.enter_context(reading)
        target = held.enter_context(closing(Database(settings.database_url)))
        target.migrate()
        refuse_running(target, now)
        with origin.look() as old, target.unit() as new:
            rows = moving.copy(old, new)
            claims.free_leases(new, now)
        own = file is not None and _same(file, settings.server.data_dir / "reminder.db")
        return Moved(rows, backup.set_aside(file, "moved", now) if file and own else None)


def _same(one: Path, other: Path | None) -> bool:
    return other is not None and one.resolve() == other.resolve()


def _folders(settings: Settings, file: Path | None) -> set[Path]:
    """The folders whose services must not run: the one that the source lies in, and our own."""
    own = settings.server.data_dir.resolve()
    beside = file.parent.resolve() if file else own
    return {own, beside} if (beside / "lock").exists() else {own}


@contextmanager
def _file(file: Path, folder: Path) -> Iterator[Database]:
    """A proven copy of a SQLite file, brought to this version; the file itself is only read."""
    backup.prove(file)
    copy = folder / ".moving.db"
    try:
        backup.back_up(file, copy)
        with closing(Database(f"sqlite:///{copy}")) as database:
            database.migrate()
            yield database
    finally:
        for left in folder.glob(".moving.db*"):
            left.unlink()


@contextmanager
def _server(url: str, now: datetime) -> Iterator[Database]:
    """A PostgreSQL that nobody works on; it is not changed, so it must be of this version."""
    with closing(Database(url)) as database:
        if not database.is_of_this_version():
            raise StorageError(
                "The database to move from is of another version: run reminder migrate on it first"
            )
        refuse_running(database, now)
        yield database


def refuse_running(database: Database, now: datetime) -> None:
    """Raise StorageError while a node works on the PostgreSQL; a file has its lock."""
    if database.is_sqlite:
        return
    with database.look() as session:
        living = nodes.seen(session, database.instant(session, now) - ALIVE)
    if living:
        raise StorageError(
            f'Node "{living[0].name}" works on the PostgreSQL: stop it first; if it was killed, '
            "wait a minute"
        )
