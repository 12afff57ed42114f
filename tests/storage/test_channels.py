"""Promises of reminder/storage/channels.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reminder.domain.channel import Channel, ChannelState, Use
from reminder.domain.delivery import Lane
from reminder.errors import NotFound
from reminder.storage import channels
from reminder.storage.database import Database
from reminder.storage.tables import ChannelRow
from reminder.storage.vault import Vault
from tests.storage.samples import ANNA, BORIS, LATER, NOW, channel, hook, people

S = ChannelState


def test_a_channel_comes_back_as_it_was(database: Database, vault: Vault) -> None:
    """Every field of a channel is kept; another owner's is none."""
    mine = hook(label="Home", use=Use.FALLBACK, rotated_until=NOW)
    with database.unit() as session:
        people(session)
        channels.add(session, mine, vault)
    with database.look() as session:
        assert channels.get(session, mine.id, vault, ANNA) == mine
        assert channels.all_of(session, ANNA, vault) == [mine]
        assert channels.all_of(session, BORIS, vault) == []
        with pytest.raises(NotFound):
            channels.get(session, mine.id, vault, BORIS)


def test_no_secret_lies_open_in_the_file(database: Database, vault: Vault, path: Path) -> None:
    """Neither the URL's token nor the signing secret is in any file of the database."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
    for file in path.parent.glob("reminder.db*"):
        content = file.read_bytes()
        assert b"t0ken" not in content
        assert b"whsec" not in content
    database.close()
    assert b"t0ken" not in path.read_bytes()


def test_the_same_place_is_found_again(database: Database, vault: Vault) -> None:
    """A channel is the same by owner, kind, format and target."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
        assert channels.same(session, hook("chn_other", label="x"), vault) == hook()
        for other in (
            hook(target="https://example.org/t0ken2"),
            hook(format="slack"),
            hook(owner=BORIS),
            channel(),
        ):
            assert channels.same(session, other, vault) is None


def test_what_may_change_is_saved(database: Database, vault: Vault) -> None:
    """Label, use, state and secrets are written; where it goes to stays."""
    changed = hook(label="Work", use=Use.FALLBACK, state=S.STOPPED, secrets=("b", "a"))
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
        channels.save(session, replace(changed, target="https://example.com"), vault)
    with database.look() as session:
        assert channels.get(session, changed.id, vault) == changed


@pytest.mark.parametrize(
    ("kind", "before", "shown", "after"),
    [
        (Lane.WEBHOOK, S.UNCONFIRMED, S.WORKS, S.WORKS),
        (Lane.WEBHOOK, S.UNCONFIRMED, S.FAILING, S.FAILING),
        (Lane.WEBHOOK, S.FAILING, S.WORKS, S.WORKS),
        (Lane.WEBHOOK, S.WORKS, S.RESTING, S.RESTING),
        (Lane.WEBHOOK, S.RESTING, S.FAILING, S.RESTING),
        (Lane.WEBHOOK, S.RESTING, S.WORKS, S.WORKS),
        (Lane.WEBHOOK, S.STOPPED, S.WORKS, S.STOPPED),
        (Lane.EMAIL, S.WORKS, S.FAILING, S.FAILING),
        (Lane.EMAIL, S.UNCONFIRMED, S.WORKS, S.UNCONFIRMED),
        (Lane.EMAIL, S.UNCONFIRMED, S.FAILING, S.UNCONFIRMED),
        (Lane.EMAIL, S.STOPPED, S.RESTING, S.STOPPED),
    ],
)
def test_what_a_try_shows(
    database: Database, vault: Vault, kind: Lane, before: S, shown: S, after: S
) -> None:
    """A try moves a channel's state, but for one that was stopped or a mailbox not confirmed."""
    one: Channel = hook(kind=kind, state=before)
    with database.unit() as session:
        people(session)
        channels.add(session, one, vault)
        channels.set_state(session, one.id, shown, NOW)
    with database.look() as session:
        assert channels.get(session, one.id, vault).state is after


def test_failing_since_the_first_failure(database: Database, vault: Vault) -> None:
    """How long a channel fails is counted from the first failure, and a success ends it."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
        for moment in (NOW, LATER):
            channels.set_state(session, hook().id, S.FAILING, moment)
        assert session.get_one(ChannelRow, hook().id).failing_since == NOW
        channels.set_state(session, hook().id, S.WORKS, LATER)
        assert session.get_one(ChannelRow, hook().id).failing_since is None


def test_a_removed_channel_is_gone(database: Database, vault: Vault) -> None:
    """What was removed is not found, and may be added again."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
        channels.remove(session, hook().id)
        assert channels.find(session, hook().id, vault) is None
        channels.add(session, hook(), vault)
