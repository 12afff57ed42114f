"""Promises of reminder/storage/attempts.py."""

from __future__ import annotations

from reminder.domain.ids import DeliveryId
from reminder.storage import attempts
from reminder.storage.database import Database
from reminder.storage.tables import AttemptRow
from tests.storage.samples import NODE, NOW, SOON, one_due


def test_a_try_is_known_by_its_token(database: Database) -> None:
    """Only the very try that was logged is known: neither another token nor another delivery."""
    one, two = DeliveryId("dlv_1"), DeliveryId("dlv_2")
    with database.unit() as session:
        one_due(session)
        session.add(
            AttemptRow(
                delivery_id=one, token=3, node=NODE, started_at=NOW, ended_at=SOON, outcome="sent"
            )
        )
    with database.look() as session:
        assert attempts.logged(session, {(one, 3), (two, 3)}) == {one}
        assert attempts.logged(session, {(one, 2)}) == set()
        assert attempts.logged(session, set()) == set()
