"""Copies of the SQLite file: made while the service runs, proven, and put back.

``VACUUM INTO`` reads one state of the database whatever is written meanwhile (ENGINE section 7). A
copy counts only once it passed the integrity check, is on the disk, and bears its name.
"""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reminder.errors import StorageError
from reminder.storage import versions
from reminder.storage.database import Database
from reminder.storage.keyfile import sync_folder

_HEAD = b"SQLite format 3\x00"
_BESIDE = ("-wal", "-shm")
_NIGHTLY = re.compile(r"reminder-\d{8}T\d{6}Z\.db")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a proven copy holds: how many of each, and the version of its tables."""

    version: str
    owners: int
    lines: int
    deliveries: int
    size: int


def back_up(source: Path, target: Path) -> Proof:
    """Copy the database at ``source`` to ``target``, whole or not at all. Raises StorageError when
    there is none, the disk is full, or the copy is not sound."""
    if not source.exists():
        raise StorageError(f"There is no database at {source}")
    draft = target.with_name(f".{target.name}.new")
    draft.unlink(missing_ok=True)
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600))
        with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(draft),))
        proof = prove(draft)
        _settle(draft, target)
    except (sqlite3.Error, OSError) as error:
        draft.unlink(missing_ok=True)
        raise StorageError(f"The backup {target} cannot be written: {error}") from error
    return proof


def prove(copy: Path) -> Proof:
    """Look a copy through: sound, ours, and of a version that this program knows. Raises
    StorageError with one sentence where it is not."""
    try:
        with copy.open("rb") as file:
            if file.read(len(_HEAD)) != _HEAD:
                raise StorageError(f"{copy} is no backup: it is not an SQLite database")
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
            return _looked_through(copy, connection)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"{copy} cannot be read: {error}") from error


def _looked_through(copy: Path, connection: sqlite3.Connection) -> Proof:
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise StorageError(f"{copy} is damaged ({said}): take another backup")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not {"alembic_version", "owner", "line", "delivery"} <= tables:
        raise StorageError(f"{copy} is an SQLite database, but not one of reminder")
    version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    if version not in versions.known():
        raise StorageError(
            f"{copy} is of a newer version ({version}) than this program: use the newer program"
        )
    owners, lines, deliveries = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our names
        for table in ("owner", "line", "delivery")
    )
    return Proof(version, owners, lines, deliveries, copy.stat().st_size)


def put_back(copy: Path, database: Path, now: datetime) -> Path | None:
    """Let a proven copy take the database's place; return where the present one was kept, None if
    there was none. For who holds the lock of the data folder. Raises StorageError, with the present
    database in place, when the copy cannot be taken, or could not be brought to this version."""
    draft = database.with_name(f".{database.name}.new")
    try:
        with copy.open("rb") as source:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as target:
                while part := source.read(1 << 20):
                    target.write(part)
        prove(draft)
        with closing(Database(f"sqlite:///{draft}")) as tried:
            tried.rehearse()
        kept = set_aside(database, "before", now)
        _settle(draft, database)
    except OSError as error:
        raise StorageError(f"{copy} cannot be put back: {error.strerror}") from error
    finally:
        for ending in ("", *_BESIDE):
            draft.with_name(draft.name + ending).unlink(missing_ok=True)
    return kept


def set_aside(database: Path, why: str, now: datetime) -> Path | None:
    """Keep a database under another name, ``reminder.db.<why>-<time>``; None if there is none. Its
    log is written into it first, so that the one file is whole; a database too damaged for that
    keeps its log beside it."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.{why}-{now:%Y%m%dT%H%M%SZ}")
    try:
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass
    for ending in _BESIDE:
        beside = database.with_name(database.name + ending)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + ending))
    database.rename(kept)
    return kept


def _settle(draft: Path, target: Path) -> None:
    """Bring a finished file to the disk, then give it its name."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    sync_folder(target.parent)


def nightly(source: Path, folder: Path, keep: int, now: datetime) -> Path:
    """Make the backup of this night and remove all but the latest ``keep`` of them. Raises
    StorageError like :func:`back_up`; older copies stay then."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"reminder-{now:%Y%m%dT%H%M%SZ}.db"
    back_up(source, target)
    for old in sorted(kept_in(folder))[:-keep]:
        old.unlink()
    return target


def kept_in(folder: Path) -> list[Path]:
    """The nightly backups in a folder, in no order."""
    return [path for path in folder.glob("reminder-*.db") if _NIGHTLY.fullmatch(path.name)]
