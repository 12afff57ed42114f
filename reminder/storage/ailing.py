"""A database that refuses for its own sake: full, failing, not to be written, or damaged; and the
look at a SQLite file before anything is sent from it.
"""

from __future__ import annotations

import sqlite3
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from reminder.errors import StorageError

RESTORE = "stop the service and put a copy back: reminder restore FILE (docs/backup.md)"
_WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


class Ailment(StrEnum):
    """Why nothing can be written."""

    FULL = "full"
    FAILING = "failing"
    READ_ONLY = "read-only"
    DAMAGED = "damaged"


_SAID = {
    Ailment.FULL: "the disk is full: make room; it goes on by itself",
    Ailment.FAILING: "the disk fails: look at it; it goes on by itself when the disk is well",
    Ailment.READ_ONLY: "the database may not be written: look at the rights of its folder",
    Ailment.DAMAGED: f"the database file is damaged: {RESTORE}",
}
# SQLite's primary result codes, and PostgreSQL's of its classes 53 and 58 and XX.
_SQLITE = {
    8: Ailment.READ_ONLY,
    10: Ailment.FAILING,
    11: Ailment.DAMAGED,
    13: Ailment.FULL,
    14: Ailment.FAILING,
    26: Ailment.DAMAGED,
}
_POSTGRESQL = {
    "53100": Ailment.FULL,
    "58030": Ailment.FAILING,
    "25006": Ailment.READ_ONLY,
    "XX001": Ailment.DAMAGED,
    "XX002": Ailment.DAMAGED,
}


def ailment_of(error: DBAPIError) -> Ailment | None:
    """What the database suffers from; None where it is well, and only this work was refused."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF)
    return _POSTGRESQL.get(str(getattr(error.orig, "sqlstate", "")))


def refusal(
    ailment: Ailment, error: DBAPIError, what: str = "Nothing can be stored"
) -> StorageError:
    """The error to a person: what the database said, and what to do."""
    said = str(error.orig).splitlines()[0]
    return StorageError(f"{what} ({said}): {_SAID[ailment]}")


def cannot_open(error: DBAPIError) -> StorageError:
    """The error to a person who opens a database that refuses."""
    found = ailment_of(error)
    if found is not None:
        return refusal(found, error, "The database cannot be opened")
    said = str(error.orig).splitlines()[0]
    return StorageError(f"The database cannot be opened: {said}")


def demand_whole(connection: Connection) -> None:
    """Raise StorageError when a SQLite file is damaged. Reads all of it: for a start."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise StorageError(f"The database file is damaged ({found}): {RESTORE}")


def has_wal_reset_fault(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite can lose commits when two connections checkpoint at once (sqlite.org,
    "The WAL-reset bug"): fixed in 3.51.3, 3.50.7 and 3.44.6.

    >>> [has_wal_reset_fault(v) for v in ((3, 40, 1), (3, 44, 6), (3, 51, 2), (3, 52, 0))]
    [True, False, True, False]
    """
    if version >= _WAL_RESET_FIXED[0]:
        return False
    return not any(fixed <= version < (3, fixed[1] + 1, 0) for fixed in _WAL_RESET_FIXED[1:])


def sqlite_version() -> tuple[int, int, int]:
    """The version of SQLite that this Python brings."""
    return sqlite3.sqlite_version_info


def wal_of(url: str) -> Path:
    """Where the write-ahead log of a SQLite file lies."""
    return Path(url.removeprefix("sqlite:///") + "-wal")
