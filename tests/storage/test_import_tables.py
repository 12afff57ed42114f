"""Promises of reminder/storage/import_tables.py."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from reminder.storage.database import Database

PART = "INSERT INTO import_part (import_id, number, content) VALUES ('imp_1', 0, 'x')"


def test_no_piece_without_its_file(database: Database) -> None:
    """A piece of a file belongs to an import that is there: erasing that one takes it along."""
    with pytest.raises(IntegrityError), database.unit() as session:
        session.execute(text(PART))
