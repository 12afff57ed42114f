"""Promises of reminder/storage/system_tables.py."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from reminder.storage.database import Database
from reminder.storage.system_tables import FactRow


def test_a_fact_stands_once(database: Database) -> None:
    """A second fact of one name is refused by the database."""
    with database.unit() as session:
        session.add(FactRow(name="tzdata", value="2026a"))
    with pytest.raises(IntegrityError), database.unit() as session:
        session.add(FactRow(name="tzdata", value="2026b"))
