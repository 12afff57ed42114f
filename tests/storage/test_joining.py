"""Promises of reminder/storage/joining.py: what has not begun takes in what comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId, DeliveryId
from reminder.storage import claims, joining, outbox
from reminder.storage.database import Database, Session
from reminder.storage.outbox import NewDelivery
from tests.storage.samples import BORIS, LATER, NODE, NOW, message, owed, people

THEIRS = ChannelId("chn_theirs")


def _copy(identity: str, *reminders: str, **changes: object) -> NewDelivery:
    """A mail to Boris about lines of others that he watches."""
    values = {"owner": BORIS, "channel": THEIRS, "is_copy": True, "room": 3, **changes}
    return message(identity, *reminders, **values)


def _add(session: Session, *new: NewDelivery) -> list[DeliveryId]:
    """Put them in the outbox; return those that became messages of their own."""
    left = joining.join(session, new)
    outbox.add_deliveries(session, left)
    return [one.id for one in left]


def _held(database: Database) -> dict[str, Sequence[str]]:
    ids = [DeliveryId(f"dlv_{n}") for n in range(1, 4)]
    with database.look() as session:
        found = outbox.reminders_of(session, ids)
    return {one: sorted(r.id for r in held) for one, held in found.items() if held}


@pytest.fixture
def waiting(database: Database) -> Database:
    """A database with reminders, and a copy of the first that nobody has begun to send."""
    with database.unit() as session:
        people(session)
        outbox.add_reminders(session, [owed(f"rem_{n}", n) for n in range(1, 5)])
        _add(session, _copy("dlv_1", "rem_1"))
    return database


def test_a_copy_goes_into_what_waits(waiting: Database) -> None:
    """Within a minute of its moment and while there is room; the reminder is a copy there too."""
    with waiting.unit() as session:
        assert _add(session, _copy("dlv_2", "rem_2", run_at=LATER)) == []
        assert _add(session, _copy("dlv_3", "rem_3", "rem_4")) == ["dlv_3"]
    assert _held(waiting) == {"dlv_1": ["rem_1", "rem_2"], "dlv_3": ["rem_3", "rem_4"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"is_copy": False},
        {"channel": ChannelId("chn_other")},
        {"run_at": LATER + timedelta(seconds=1)},
    ],
)
def test_what_is_not_the_same_goes_alone(waiting: Database, changes: dict[str, object]) -> None:
    """An owner's own reminder, another channel, a later hour: a message of its own."""
    with waiting.unit() as session:
        assert _add(session, _copy("dlv_2", "rem_2", **changes)) == ["dlv_2"]
    assert _held(waiting) == {"dlv_1": ["rem_1"], "dlv_2": ["rem_2"]}


def test_what_was_begun_takes_in_nothing(waiting: Database) -> None:
    """Whoever tries it has read already what it says."""
    with waiting.unit() as session:
        claims.claim(session, Lane.EMAIL, NOW, LATER, 9, NODE)
    with waiting.unit() as session:
        assert _add(session, _copy("dlv_2", "rem_2")) == ["dlv_2"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_what_is_being_begun_takes_in_nothing(waiting: Database) -> None:
    """A claim that is not committed yet holds the message: it is passed by. On SQLite there is one
    writer."""
    with waiting.unit() as other, waiting.unit() as session:
        claims.claim(other, Lane.EMAIL, NOW, LATER, 9, NODE)
        assert _add(session, _copy("dlv_2", "rem_2", due_at=LATER)) == ["dlv_2"]


def test_an_owners_own_message_takes_in_no_copy(waiting: Database) -> None:
    """What waits on the same channel and is no copy holds links that act: it is left alone."""
    with waiting.unit() as session:
        outbox.add_deliveries(session, [_copy("dlv_2", "rem_2", is_copy=False, due_at=LATER)])
        assert _add(session, _copy("dlv_3", "rem_3", "rem_4")) == []
    assert _held(waiting) == {"dlv_1": ["rem_1", "rem_3", "rem_4"], "dlv_2": ["rem_2"]}
