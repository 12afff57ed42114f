"""Alembic at work: bring a database's tables to this version. Loaded only where they are older."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from reminder.errors import StorageError
from reminder.storage import versions
from reminder.storage.tables import OwnerRow
from reminder.storage.versions import MIGRATIONS

_COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c",
    "postgresql": (
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema()"
    ),
}
_SQLITE_ERROR = 1
_NOT_ALLOWED = "42501"


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, in the transaction that is open. Raises StorageError
    where the tables are not those of the version that they name: before the first release the
    migrations stood in another order for a while, and what was made then leads nowhere."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    version = versions.of(connection)
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(f"The database cannot be opened: {error}") from error
    except DBAPIError as error:
        if version is None or not _is_of_other_tables(error):
            raise
        raise _never_released(version) from error
    if version is not None and not _is_whole(connection):
        raise _never_released(version)


def _is_of_other_tables(error: DBAPIError) -> bool:
    """Whether a statement was refused because a table or column is missing, or there already."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return bool(code == _SQLITE_ERROR)
    state = str(getattr(error.orig, "sqlstate", ""))
    return state.startswith("42") and state != _NOT_ALLOWED


def _is_whole(connection: Connection) -> bool:
    """Whether every column that this program works with is there."""
    columns = connection.exec_driver_sql(_COLUMNS[connection.dialect.name])
    found = {(table, column) for table, column in columns}
    tables = OwnerRow.metadata.tables.values()
    return all((table.name, column.name) in found for table in tables for column in table.columns)


def _never_released(version: str) -> StorageError:
    return StorageError(
        f"The database names version {version} and has other tables: it was made by a state of "
        "this program that was never released. Nothing was changed; write its lines to a file with "
        "that program (reminder export), and read them with this one in a new data folder "
        "(reminder import)"
    )
