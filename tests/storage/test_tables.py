"""Promises of reminder/storage/tables.py."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from reminder.storage.database import Database
from reminder.storage.import_tables import ImportPartRow
from reminder.storage.tables import DeliveryRow
from tests.storage.samples import one_due


def test_the_migrations_make_the_tables_that_the_code_names(database: Database) -> None:
    """Every table, column and index of the code is in a migrated database, and no other."""
    assert ImportPartRow.__tablename__ in SQLModel.metadata.tables
    with database.unit() as session:
        found = inspect(session.connection())
        for name, table in SQLModel.metadata.tables.items():
            columns = {column["name"] for column in found.get_columns(name)}
            assert columns == {column.name for column in table.columns}, name
            named = {index["name"] for index in found.get_indexes(name)}
            assert {index.name for index in table.indexes} <= named, name
        assert set(found.get_table_names()) - {"alembic_version"} == set(SQLModel.metadata.tables)


def test_the_due_index_is_the_one_that_the_claim_uses(file: Database, path: Path) -> None:
    """Looking for due deliveries walks an index of the pending ones, not the log."""
    query = (
        "EXPLAIN QUERY PLAN SELECT id FROM delivery WHERE state = 'pending' AND lane = 'email' "
        "AND run_at <= 1 ORDER BY run_at"
    )
    with closing(sqlite3.connect(path)) as raw:
        plan = " ".join(str(row[3]) for row in raw.execute(query))
    assert "delivery_due" in plan
    assert "TEMP B-TREE" not in plan


TWICE = """INSERT INTO reminder (id, line_id, owner_id, label, clock, also, deadline, lead_days,
due_at, planned_at, late, covered, missed, skipped)
SELECT 'rem_2', line_id, owner_id, label, clock, also, deadline, lead_days, due_at, planned_at,
late, covered, missed, skipped FROM reminder"""
AGAIN = """INSERT INTO delivery_reminder
SELECT 'dlv_2', reminder_id, channel_id, state, reason, copied FROM delivery_reminder"""
SAME_PART = """INSERT INTO delivery (id, owner_id, channel_id, kind, lane, state, reason, due_at,
part, run_at, expires_at, token, tries, last_code, body)
SELECT 'dlv_2', owner_id, channel_id, kind, lane, state, reason, due_at,
part, run_at, expires_at, token, tries, last_code, body FROM delivery"""


@pytest.mark.parametrize("change", ["UPDATE delivery SET state = 'x'", TWICE, AGAIN, SAME_PART])
def test_the_database_itself_refuses_what_must_not_be(database: Database, change: str) -> None:
    """An unknown state, a second reminder of one key, a reminder twice on a channel, and a second
    delivery of one part are refused by the database."""
    with database.unit() as session:
        one_due(session)
    with pytest.raises(IntegrityError), database.unit() as session:
        session.execute(text(change))


def test_a_delivery_starts_unclaimed(database: Database) -> None:
    """A new delivery is pending, with no token and no try."""
    with database.unit() as session:
        one_due(session)
    with database.look() as session:
        row = session.get_one(DeliveryRow, "dlv_1")
        assert (row.state, row.token, row.tries, row.part, row.lease_by) == (
            "pending", 0, 0, 0, None,
        )  # fmt: skip
