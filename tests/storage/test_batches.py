"""Promises of reminder/storage/batches.py: many rows at once, however many there are."""

from __future__ import annotations

from sqlalchemy import bindparam, update
from sqlmodel import col

from reminder.storage import batches, outbox, swift
from reminder.storage.database import Database
from reminder.storage.swift import Query
from reminder.storage.tables import DeliveryRow
from tests.storage.samples import NOW, message

COUNT = batches.AT_ONCE + 1
NAMES = ("id", "reason", "due_at", "channel_id")


def test_more_rows_than_one_statement_names(database: Database) -> None:
    """Rows are found by any number of values, with the types of their table, and each is changed
    in its own way."""
    with database.unit() as session:
        for number in range(COUNT):
            outbox.add_delivery(session, message(f"dlv_{number}"))
        changes = [{"which": f"dlv_{number}", "why": str(number)} for number in range(COUNT)]
        change = update(DeliveryRow).where(col(DeliveryRow.id) == bindparam("which"))
        batches.many(session, change.values(reason=bindparam("why")), changes)
        batches.many(session, change.values(reason=bindparam("why")), [])
    wanted = [f"dlv_{number}" for number in range(COUNT)] + ["dlv_none"]
    with database.look() as session:
        rows = list(swift.read(session, Query(DeliveryRow, NAMES, key="id"), wanted))
        assert {row[0]: row[1] for row in rows} == {f"dlv_{n}": str(n) for n in range(COUNT)}
        assert {row[2] for row in rows} == {NOW}
        assert list(swift.read(session, Query(DeliveryRow, NAMES, key="id"), [])) == []
        unread = batches.Unread(rows, lambda row: int(row[1]))
        assert (unread.get("dlv_7"), unread.get("dlv_7"), unread.get("dlv_none")) == (7, 7, None)
        mine = swift.read(session, Query(DeliveryRow, NAMES, key="channel_id"), [rows[0][3]])
        assert len(list(mine)) == COUNT
