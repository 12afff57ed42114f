"""Promises of reminder/storage/channels.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from reminder.domain.channel import Channel, ChannelState, Use, Why
from reminder.domain.delivery import Lane, State
from reminder.errors import NotFound
from reminder.storage import channels, claims, outbox
from reminder.storage.database import Database
from reminder.storage.outbox import Finish
from reminder.storage.tables import AskedRow
from reminder.storage.vault import Vault
from tests.storage.samples import ANNA, BORIS, LATER, NOW, channel, hook, message, people

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


def test_no_secret_lies_open_in_the_file(file: Database, vault: Vault, path: Path) -> None:
    """Neither the URL's token nor the signing secret is in any file of the database."""
    with file.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
    for part in path.parent.glob(f"{path.name}*"):
        content = part.read_bytes()
        assert b"t0ken" not in content
        assert b"whsec" not in content
    file.close()
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
    ("kind", "before", "taken", "failed"),
    [
        (Lane.WEBHOOK, S.UNCONFIRMED, S.WORKS, S.FAILING),
        (Lane.WEBHOOK, S.WORKS, S.WORKS, S.FAILING),
        (Lane.WEBHOOK, S.FAILING, S.WORKS, S.FAILING),
        (Lane.WEBHOOK, S.RESTING, S.WORKS, S.RESTING),
        (Lane.WEBHOOK, S.STOPPED, S.STOPPED, S.STOPPED),
        (Lane.EMAIL, S.WORKS, S.WORKS, S.FAILING),
        (Lane.EMAIL, S.UNCONFIRMED, S.UNCONFIRMED, S.UNCONFIRMED),
        (Lane.EMAIL, S.STOPPED, S.STOPPED, S.STOPPED),
    ],
)
def test_what_a_try_shows(
    database: Database, vault: Vault, kind: Lane, before: S, taken: S, failed: S
) -> None:
    """A try moves a channel's state, but for one that was stopped or a mailbox not confirmed; what
    rests is woken by a success only."""
    one: Channel = hook(kind=kind, state=before)
    for note, after in ((channels.note_failed, failed), (channels.note_taken, taken)):
        with database.unit() as session:
            people(session)
            channels.add(session, one, vault)
            note(session, [one.id], NOW)
            assert channels.get(session, one.id, vault).state is after
            session.rollback()


def test_failing_since_the_first_failure(database: Database, vault: Vault) -> None:
    """How long a channel fails is counted from the first failure; a success ends it, and is the
    webhook's first if it had none."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
        for moment in (NOW, LATER):
            channels.note_failed(session, [hook().id], moment)
        assert channels.get(session, hook().id, vault).failing_since == NOW
        assert channels.failing_since(session, NOW) == [hook().id]
        assert channels.failing_since(session, NOW - timedelta(milliseconds=1)) == []
        channels.note_taken(session, [hook().id], LATER)
        found = channels.get(session, hook().id, vault)
        assert (found.failing_since, found.confirmed_at) == (None, LATER)
        channels.note_taken(session, [hook().id], LATER + timedelta(days=1))
        assert channels.get(session, hook().id, vault).confirmed_at == LATER
        assert channels.counts(session) == {S.WORKS: 1}


def test_a_seal_that_does_not_open_holds_up_nothing(database: Database, vault: Vault) -> None:
    """Under another key a channel rests without its address, the others are as they were; with
    the old key back it works again, for nothing was written over it."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
        other = Vault(b"another key")
        channels.add(session, channel(), other)
        found = {c.id: c for c in channels.all_of(session, ANNA, other)}
        assert (found[hook().id].state, found[hook().id].why) == (S.RESTING, Why.SEALED)
        assert (found[hook().id].target, found[hook().id].secrets) == ("", ())
        assert found[channel().id] == channel()
        channels.save(session, replace(found[hook().id], label="x"), other)
        session.expire_all()
        assert channels.get(session, hook().id, vault) == hook()


def test_an_address_is_asked_once_a_day(database: Database, vault: Vault) -> None:
    """Whoever enters an address, in whatever capitals, its questions are a day apart; then the
    mark is forgotten."""
    day = timedelta(days=1)
    with database.unit() as session:
        moments = [
            channels.next_question_at(session, address, vault, NOW)
            for address in ("boris@example.org", "Boris@Example.org", "boris@example.org", "b@c.d")
        ]
        assert moments == [NOW, NOW + day, NOW + 2 * day, NOW]
        channels.forget_questions(session, NOW + day)
        assert len(session.exec(select(AskedRow)).all()) == 1
        later = NOW + 3 * day
        assert channels.next_question_at(session, "boris@example.org", vault, later) == later


def test_when_the_mail_server_last_took_a_mail(database: Database) -> None:
    """The last mail that was taken by anybody is known; a webhook is none."""
    with database.unit() as session:
        people(session)
        assert channels.last_mail_taken_at(session) is None
        hooked = message("dlv_2", lane=Lane.WEBHOOK, channel=hook().id)
        outbox.add_delivery(session, hooked)
        outbox.add_delivery(session, message("dlv_1"))
        for lane in Lane:
            for claim in claims.claim(session, lane, NOW, LATER, 1, "one"):
                done = Finish(claim.id, claim.token, State.SENT, NOW)
                outbox.finish(session, [done], "one", LATER)
            assert channels.last_mail_taken_at(session) == LATER


def test_a_removed_channel_is_gone(database: Database, vault: Vault) -> None:
    """What was removed is not found, and may be added again."""
    with database.unit() as session:
        people(session)
        channels.add(session, hook(), vault)
        channels.remove(session, hook().id)
        assert channels.find(session, hook().id, vault) is None
        channels.add(session, hook(), vault)
