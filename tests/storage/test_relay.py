"""Promises of reminder/storage/relay.py: handed over once, started once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from reminder.domain.delivery import Lane, State
from reminder.domain.ids import ChannelId
from reminder.storage import claims, outbox, relay
from reminder.storage.claims import BROKER, Claimed
from reminder.storage.database import Database
from reminder.storage.outbox import Attempt, Finish
from reminder.storage.relay import Handed, Portion, Ticket
from reminder.storage.tables import DeliveryRow
from tests.storage.samples import ANNA, BORIS, LATER, NODE, NOW, SOON, message, one_due, people

HANDED = NOW + timedelta(minutes=10)
LEASE = NOW + timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def due(database: Database) -> Database:
    """A database with one mail that is due."""
    with database.unit() as session:
        one_due(session)
    return database


def _hand_over(database: Database, now: datetime = NOW, limit: int = 9) -> list[Ticket]:
    return _handed(database, now, Portion(limit, 99)).tickets


def _handed(database: Database, now: datetime, portion: Portion) -> Handed:
    with database.unit() as session:
        return relay.hand_over(session, Lane.EMAIL, now, now + timedelta(minutes=10), portion)


def _start(database: Database, *tickets: Ticket) -> list[Claimed]:
    with database.unit() as session:
        return relay.start(session, tickets, LEASE, NODE)


def _row(database: Database) -> DeliveryRow:
    with database.look() as session:
        return session.get_one(DeliveryRow, "dlv_1")


def test_a_hand_over_counts_no_try(due: Database) -> None:
    """What is handed over is held for ten minutes under a new token, and was not tried."""
    assert _hand_over(due) == [("dlv_1", 1)]
    row = _row(due)
    assert (row.token, row.tries, row.run_at, row.lease_by) == (1, 0, HANDED, BROKER)
    assert _hand_over(due) == []
    with due.unit() as session:
        assert claims.claim(session, Lane.EMAIL, LATER, LEASE, 9, NODE) == []


def test_what_the_broker_loses_falls_due_again(due: Database) -> None:
    """After ten minutes it is handed over anew, and the old message starts nothing."""
    (old,) = _hand_over(due)
    (new,) = _hand_over(due, HANDED)
    assert new == ("dlv_1", 2)
    assert _start(due, old) == []
    assert [one.id for one in _start(due, old, new)] == ["dlv_1"]


def test_a_start_is_won_once(due: Database) -> None:
    """Of two copies of a message one wins: it holds the row as a claim does, its try counted."""
    (ticket,) = _hand_over(due)
    (claim,) = _start(due, ticket)
    assert (claim.token, claim.tries) == (2, 1)
    row = _row(due)
    assert (row.token, row.tries, row.run_at, row.lease_by) == (2, 1, LEASE, NODE)
    assert _start(due, ticket) == []
    done = Finish(claim.id, claim.token, State.SENT, NOW, attempt=Attempt(NOW, SOON, "sent"))
    with due.unit() as session:
        assert outbox.finish(session, [done], NODE, SOON) == []
    assert _start(due, ticket, (ticket[0], 2)) == []
    assert _start(due) == []


def test_what_is_due_longest_goes_first(due: Database) -> None:
    """No more than asked for, of one lane, the longest due first."""
    with due.unit() as session:
        for n in range(3):
            channel, run_at = ChannelId(f"chn_{n}"), NOW - timedelta(hours=n + 1)
            outbox.add_delivery(session, message(f"dlv_a{n}", channel=channel, run_at=run_at))
        hook = message("dlv_hook", channel=ChannelId("chn_h"), lane=Lane.WEBHOOK)
        outbox.add_delivery(session, hook)
    assert {t[0] for t in _hand_over(due, limit=2)} == {"dlv_a1", "dlv_a2"}
    assert {t[0] for t in _hand_over(due)} == {"dlv_1", "dlv_a0"}


def _crowd(database: Database) -> None:
    """Ten mails of Anna's are due before one of Boris's."""
    with database.unit() as session:
        people(session)
        for n in range(10):
            mail = message(f"dlv_a{n}", channel=ChannelId(f"chn_{n}"), run_at=NOW - MINUTE)
            outbox.add_delivery(session, mail)
        outbox.add_delivery(session, message("dlv_b", owner=BORIS, channel=ChannelId("chn_b")))


def test_no_owner_has_more_than_a_share_with_the_broker(database: Database) -> None:
    """What is over it stays due, and who is behind it goes before; when some of it was begun as
    much again is handed over."""
    _crowd(database)
    portion = Portion(most=4, share=8)
    taken = [_handed(database, NOW, portion) for _ in range(4)]
    assert [len(one.tickets) for one in taken] == [4, 4, 1, 0]
    assert [one.held_back for one in taken] == [set(), set(), {ANNA}, {ANNA}]
    assert [ticket[0] for ticket in taken[2].tickets] == ["dlv_b"]
    _start(database, *taken[0].tickets)
    assert len(_handed(database, NOW, portion).tickets) == 2
    assert _handed(database, NOW, portion) == Handed([], frozenset())


def test_many_owners_at_once_are_not_counted(database: Database) -> None:
    """A full broker holds nobody back who has little in it."""
    with database.unit() as session:
        people(session)
        for n in range(6):
            owner = (ANNA, BORIS)[n % 2]
            mail = message(f"dlv_{n}", owner=owner, channel=ChannelId(f"chn_{n}"))
            outbox.add_delivery(session, mail)
    assert len(_handed(database, NOW, Portion(most=24, share=1)).tickets) == 6


def test_what_the_broker_would_not_take_is_due_at_once(due: Database) -> None:
    """Taken back it is due; one that was started in the meantime is left to who started it."""
    (ticket,) = _hand_over(due)
    with due.unit() as session:
        relay.take_back(session, [ticket], SOON)
    assert (_row(due).run_at, _row(due).lease_by) == (SOON, None)
    (again,) = _hand_over(due, SOON)
    _start(due, again)
    with due.unit() as session:
        relay.take_back(session, [again], SOON)
        relay.take_all_back(session, SOON)
    assert (_row(due).run_at, _row(due).lease_by) == (LEASE, NODE)


def test_a_broker_that_lost_everything(due: Database) -> None:
    """All that was with it is due at once."""
    _hand_over(due)
    with due.unit() as session:
        relay.take_all_back(session, SOON)
    assert [t[1] for t in _hand_over(due, SOON)] == [2]
