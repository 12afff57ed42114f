"""Promises of reminder/storage/erasing.py."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import SQLModel

from reminder.domain.delivery import State
from reminder.domain.ids import DeliveryId
from reminder.storage import erasing, outbox, owners
from reminder.storage.database import Database
from reminder.storage.outbox import Attempt, Finish
from tests.storage.samples import ANNA, BORIS, LATER, NODE, NOW, message, one_due


def test_an_owner_goes_with_all_rows(database: Database) -> None:
    """Of an owner nothing stays in any table; what is another's stays."""
    with database.unit() as session:
        one_due(session)
        outbox.add_delivery(session, message("dlv_2", owner=BORIS))
        from_now = Attempt(NOW, LATER, "sent")
        done = Finish(DeliveryId("dlv_1"), 0, State.SENT, NOW, "", from_now)
        outbox.finish(session, [done], NODE, NOW)
        session.flush()
        assert erasing.erase(session, ANNA) == {"line": 1, "channel": 0, "delivery": 1}
        session.expire_all()
        left = {
            name: session.execute(func.count().select().select_from(table)).scalar_one()
            for name, table in SQLModel.metadata.tables.items()
        }
        assert {name: n for name, n in left.items() if n} == {"owner": 1, "delivery": 1}
        assert [one.id for one in owners.all_of(session)] == [BORIS]
