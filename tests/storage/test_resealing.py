"""Promises of reminder/storage/resealing.py."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.errors import StorageError
from reminder.storage import channels, outbox
from reminder.storage.database import Database
from reminder.storage.resealing import Resealed, reseal
from reminder.storage.vault import Vault
from tests.storage.samples import channel, hook, message, people

OLD, NEW = (
    Vault(b"the key of before, thirty-two signs"),
    Vault(b"the key from now on, thirty-two.."),
)


def test_all_that_is_sealed(database: Database) -> None:
    """Channels with and without a secret, and a letter, open with the new key and not the old;
    the same address is found again under the new one."""
    with database.unit() as session:
        people(session)
        channels.add(session, channel(), OLD)
        channels.add(session, hook(), OLD)
        outbox.add_delivery(session, replace(message("dlv_1"), body=OLD.seal("a letter")))
    with database.unit() as session:
        assert reseal(session, OLD, NEW) == Resealed(2, 1, 0)
    with database.look() as session:
        found = channels.get(session, hook().id, NEW)
        assert (found.target, found.secrets) == (hook().target, hook().secrets)
        assert channels.same(session, hook(), NEW) == found
        assert channels.same(session, hook(), OLD) is None
        with pytest.raises(StorageError):
            OLD.open(outbox_body(database))
        assert NEW.open(outbox_body(database)) == "a letter"


def outbox_body(database: Database) -> str:
    """The body of the one delivery, as it lies there."""
    with database.look() as session:
        found: str = session.connection().exec_driver_sql("SELECT body FROM delivery").scalar_one()
        return found


def test_what_does_not_open_is_counted(database: Database) -> None:
    """A row of another key stays as it is."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), Vault(b"a key that nobody has any more, really"))
    with database.unit() as session:
        assert reseal(session, OLD, NEW) == Resealed(0, 0, 1)
