"""Promises of reminder/storage/claims.py: who claims holds, and everybody's turn comes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from reminder.domain.delivery import ALONE_AFTER, Lane
from reminder.domain.ids import ChannelId, DeliveryId
from reminder.storage import claims, outbox, relay
from reminder.storage.claims import Claimed, Hold, Shares
from reminder.storage.database import Database
from reminder.storage.relay import Portion
from reminder.storage.tables import AttemptRow, DeliveryRow
from tests.storage.samples import (
    ANNA,
    BORIS,
    LATER,
    NODE,
    NOW,
    SOON,
    message,
    one_due,
    people,
)

LEASE = NOW + timedelta(minutes=15)


def _claim(database: Database, now: datetime = NOW, slots: int = 9) -> list[Claimed]:
    with database.unit() as session:
        return claims.claim(session, Lane.EMAIL, now, now + timedelta(minutes=15), slots, NODE)


def _row(database: Database, identity: str = "dlv_1") -> DeliveryRow:
    with database.look() as session:
        return session.get_one(DeliveryRow, identity)


@pytest.fixture
def due(database: Database) -> Database:
    """A database with one mail that is due."""
    with database.unit() as session:
        one_due(session)
    return database


def test_a_claim_raises_the_token_and_is_committed(due: Database) -> None:
    """A claim counts the try, raises the token and holds the row until the lease ends."""
    (claim,) = _claim(due)
    assert (claim.id, claim.token, claim.tries, claim.lane) == ("dlv_1", 1, 1, Lane.EMAIL)
    assert (claim.due_at, claim.expires_at) == (NOW, NOW + timedelta(hours=48))
    row = _row(due)
    assert (row.token, row.tries, row.run_at, row.lease_by) == (1, 1, LEASE, NODE)


def test_who_is_claimed_is_not_claimed_again(due: Database) -> None:
    """Nobody gets a claimed delivery before its lease ends; then the next gets it with a new
    token, so that a dead process loses nothing."""
    _claim(due)
    assert _claim(due, LEASE - timedelta(milliseconds=1)) == []
    (again,) = _claim(due, LEASE)
    assert (again.token, again.tries) == (2, 2)


def test_a_claim_takes_what_is_due_longest(due: Database) -> None:
    """Only due deliveries of the lane are taken, the longest due first, no more than slots."""
    with due.unit() as session:
        for n, run_at in enumerate((NOW - timedelta(hours=1), SOON, NOW - timedelta(minutes=1))):
            channel = ChannelId(f"chn_{n}")
            outbox.add_delivery(session, message(f"dlv_a{n}", channel=channel, run_at=run_at))
        hook = message("dlv_hook", channel=ChannelId("chn_h"), lane=Lane.WEBHOOK)
        outbox.add_delivery(session, hook)
    assert {c.id for c in _claim(due, slots=2)} == {"dlv_a0", "dlv_a2"}
    assert [c.id for c in _claim(due)] == ["dlv_1"]


def test_what_was_not_begun_is_given_back(due: Database) -> None:
    """A released claim is due at once and counts no try; its token stays raised."""
    (claim,) = _claim(due)
    with due.unit() as session:
        claims.release(session, [claim], SOON)
    row = _row(due)
    assert (row.run_at, row.tries, row.token, row.lease_by) == (SOON, 0, 1, None)
    (again,) = _claim(due, SOON)
    with due.unit() as session:
        claims.release(session, [claim], SOON)
    assert _row(due).lease_by == NODE
    assert again.token == 2


def test_a_dead_predecessors_leases_are_freed(due: Database) -> None:
    """At start what was claimed is due at once; what waits for its retry goes on waiting."""
    with due.unit() as session:
        waiting = message("dlv_2", channel=ChannelId("chn_2"), run_at=LATER)
        outbox.add_delivery(session, waiting)
    _claim(due)
    with due.unit() as session:
        claims.free_leases(session, SOON)
    assert [(c.id, c.token) for c in _claim(due, SOON)] == [("dlv_1", 2)]
    assert _row(due, "dlv_2").run_at == LATER


def test_when_the_next_falls_due(database: Database) -> None:
    """The next moment is the least run_at of what is pending, leases included."""
    with database.unit() as session:
        people(session)
        assert claims.next_run_at(session) is None
        outbox.add_delivery(session, message("dlv_1", run_at=LATER))
        assert claims.next_run_at(session) == LATER
        claims.claim(session, Lane.EMAIL, LATER, LEASE, 1, NODE)
        assert claims.next_run_at(session) == LEASE
        assert session.get(AttemptRow, ("dlv_1", 1)) is None  # a try without an outcome yet


def _many(database: Database, count: int) -> None:
    """So many mails to Anna, then one to Boris."""
    with database.unit() as session:
        people(session)
        for n in range(count):
            channel = ChannelId(f"chn_{n}")
            outbox.add_delivery(session, message(f"dlv_a{n:02}", channel=channel))
        boris = message("dlv_b", owner=BORIS, channel=ChannelId("chn_b"), run_at=SOON)
        outbox.add_delivery(session, boris)


def _in_turns(database: Database, slots: int, shares: Shares) -> list[Claimed]:
    hold = Hold(SOON, LEASE, NODE)
    with database.unit() as session:
        return claims.claim_in_turns(session, Lane.EMAIL, hold, slots, shares)


def test_one_owner_does_not_take_anothers_turn(database: Database) -> None:
    """Of many due mails of one owner only a share is claimed; who comes behind them is reached at
    once, and what lay over the share was not tried."""
    _many(database, 20)
    found = _in_turns(database, 8, Shares(4))
    assert sorted(c.owner for c in found) == [ANNA] * 4 + [BORIS]
    with database.look() as session:
        every = session.exec(select(DeliveryRow.tries)).all()
    assert sorted(every) == [0] * 16 + [1] * 5


def test_who_holds_their_share_is_passed_by(database: Database) -> None:
    """An owner who holds their share already gets nothing more, the others do."""
    _many(database, 20)
    assert [c.id for c in _in_turns(database, 8, Shares(4, {ANNA: 4}))] == ["dlv_b"]
    assert [c.owner for c in _in_turns(database, 8, Shares(4, {ANNA: 3}))] == [ANNA]


def test_without_a_crowd_the_longest_due_come_first(due: Database) -> None:
    """Shares change nothing where nobody is over theirs."""
    assert [c.id for c in _in_turns(due, 8, Shares(4))] == ["dlv_1"]


def test_a_try_without_a_word_is_counted(due: Database) -> None:
    """A lease that ran out counts as lost; one that ended in any way, or lay with the broker, does
    not."""
    _claim(due)
    (again,) = _claim(due, LEASE)
    assert (again.tries, again.lost) == (2, 1)
    with due.unit() as session:
        claims.release(session, [again], LEASE)
        relay.hand_over(session, Lane.EMAIL, LEASE, LEASE, Portion(9, 9))
    (third,) = _claim(due, LEASE)
    assert (third.tries, third.lost) == (2, 1)
    with due.unit() as session:
        claims.free_leases(session, SOON)
    assert _row(due).lost == 2


def test_what_was_lost_three_times_is_claimed_alone(due: Database) -> None:
    """It is not claimed with others any more, nor handed to a broker, but by itself."""
    now = NOW
    for _ in range(ALONE_AFTER):
        assert len(_claim(due, now)) == 1
        now += timedelta(minutes=15)
    with due.unit() as session:
        claims.free_leases(session, now)
        assert claims.is_outcast_due(session, now)
        assert not claims.is_outcast_due(session, now - timedelta(seconds=1))
        assert relay.hand_over(session, Lane.EMAIL, now, LEASE, Portion(9, 9)).tickets == []
    assert _claim(due, now) == []
    hold = Hold(now, now + timedelta(minutes=15), NODE)
    with due.unit() as session:
        assert claims.claim_alone(session, Lane.WEBHOOK, hold) is None
        alone = claims.claim_alone(session, Lane.EMAIL, hold)
    assert alone is not None
    assert (alone.id, alone.lost) == (DeliveryId("dlv_1"), ALONE_AFTER)
