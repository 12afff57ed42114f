"""Alembic at work."""

from __future__ import annotations

from sqlalchemy import create_engine, inspect

from reminder.storage import upgrading, versions


def test_an_empty_database_gets_every_table() -> None:
    """An empty database is brought to the newest version in one transaction."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        upgrading.upgrade(connection)
        assert versions.of(connection) == versions.newest()
        assert inspect(connection).has_table("line")
