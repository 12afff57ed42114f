"""Versions of the tables: which there are, by the names of the migrations' files, and which one a
database has. Alembic itself is loaded only to bring a database to another version."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from reminder.errors import StorageError

MIGRATIONS = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"


def known() -> frozenset[str]:
    """The versions that this program can open."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return frozenset(file.stem.partition("_")[0] for file in files)


def newest() -> str:
    """The version that this program works with."""
    return max(known())


def of(connection: Connection) -> str | None:
    """The version of a database's tables; None where it has none of ours."""
    if not inspect(connection).has_table(_TABLE):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608
    return found


def demand_known(version: str | None) -> None:
    """Raise StorageError for tables that only a newer program can open."""
    if version is not None and version not in known():
        raise StorageError(
            f"The database is of a newer version ({version}) than this program: "
            "start the newer program, or restore an older backup"
        )
