"""Alembic at work: bring a database's tables to this version. Loaded only where they are older."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from reminder.errors import StorageError
from reminder.storage.versions import MIGRATIONS


def upgrade(connection: Connection) -> None:
    """Run every migration that is missing, in the transaction that is open."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(f"The database cannot be opened: {error}") from error
