"""Promises of reminder/storage/log.py."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.delivery import Kind, Lane, State
from reminder.domain.ids import ChannelId, DeliveryId, LineId
from reminder.errors import Conflict, NotFound
from reminder.storage import claims, log, outbox
from reminder.storage.database import Database, Session
from reminder.storage.log import Wanted
from reminder.storage.outbox import Attempt, Finish
from reminder.storage.tables import IdempotencyRow
from tests.storage.samples import ANNA, BORIS, LATER, LINE, MAIL, NODE, NOW, SOON, message, one_due

FIRST = DeliveryId("dlv_1")


def _end(session: Session, state: State, reason: str = "") -> None:
    (claim,) = claims.claim(session, Lane.EMAIL, LATER, LATER, 1, NODE)
    tried = Attempt(NOW, SOON, "refused", "550", "no such user")
    done = Finish(claim.id, claim.token, state, LATER, reason, tried)
    assert outbox.finish(session, [done], NODE, SOON) == []


def test_a_delivery_with_its_reminders_and_tries(database: Database) -> None:
    """The log shows what a delivery carried, each try, and no next try once it is over."""
    with database.unit() as session:
        one_due(session)
        assert log.delivery(session, ANNA, FIRST).next_try_at == NOW
        _end(session, State.DEAD, "no such user")
    with database.look() as session:
        (one,) = log.deliveries(session, ANNA, Wanted())
        assert one == log.delivery(session, ANNA, FIRST)
    assert (one.state, one.reason, one.done_at, one.next_try_at) == (
        "dead", "no such user", SOON, None,
    )  # fmt: skip
    assert [(r.label, r.lead_days, r.state) for r in one.reminders] == [("Mum", 7, "dead")]
    assert [(a.at, a.outcome, a.code) for a in one.attempts] == [(NOW, "refused", "550")]


def test_another_owners_delivery_is_none(database: Database) -> None:
    """An owner sees their own deliveries only, and retries no other."""
    with database.unit() as session:
        one_due(session)
        assert log.deliveries(session, BORIS, Wanted()) == []
        with pytest.raises(NotFound):
            log.delivery(session, BORIS, FIRST)
        with pytest.raises(NotFound):
            log.retry(session, BORIS, FIRST, NOW)


def test_filters_and_pages(database: Database) -> None:
    """Deliveries are listed newest first, by line, channel and state, in pages."""
    with database.unit() as session:
        one_due(session)
        _end(session, State.SENT)
        outbox.add_delivery(session, message("dlv_2", channel=ChannelId("chn_2"), kind=Kind.TEST))
        outbox.add_delivery(session, message("dlv_3", due_at=SOON))

        def found(**wanted: object) -> list[str]:
            return [str(d.id) for d in log.deliveries(session, ANNA, Wanted(**wanted))]  # type: ignore[arg-type]

        assert found() == ["dlv_3", "dlv_2", "dlv_1"]
        assert found(limit=1) == ["dlv_3"]
        assert found(before=DeliveryId("dlv_3"), limit=1) == ["dlv_2"]
        assert found(line=LINE) == ["dlv_1"]
        assert found(line=LineId("lin_9")) == []
        assert found(channel=MAIL) == ["dlv_3", "dlv_1"]
        assert found(state=State.SENT) == ["dlv_1"]


def test_a_dead_delivery_is_tried_again(database: Database) -> None:
    """A retry makes a dead delivery due at once, with its reminders and its id."""
    with database.unit() as session:
        one_due(session)
        _end(session, State.DEAD, "no")
        log.retry(session, ANNA, FIRST, LATER)
        (claim,) = claims.claim(session, Lane.EMAIL, LATER, LATER, 1, NODE)
        assert (claim.id, claim.token) == (FIRST, 2)
        assert len(outbox.reminders_of(session, [FIRST])[FIRST]) == 1


def test_what_is_over_is_not_retried(database: Database) -> None:
    """Sent deliveries, and those being tried this moment, are not tried again."""
    with database.unit() as session:
        one_due(session)
        claims.claim(session, Lane.EMAIL, NOW, LATER, 1, NODE)
        with pytest.raises(Conflict, match="this very moment"):
            log.retry(session, ANNA, FIRST, NOW)
        _end(session, State.SENT)
        session.expire_all()
        with pytest.raises(Conflict, match="is sent"):
            log.retry(session, ANNA, FIRST, LATER)


def test_kinds_are_counted_for_limits(database: Database) -> None:
    """What was made since an instant is counted by kind, owner and channel."""
    with database.unit() as session:
        for n in range(3):
            outbox.add_delivery(session, message(f"dlv_{n}", kind=Kind.TEST))

        def count(**by: object) -> int:
            by = {"owner": None, "channel": None, "since": NOW, "kind": "test", **by}
            return log.count_kind(session, **by)  # type: ignore[arg-type]

        assert (count(), count(owner=ANNA), count(channel=MAIL)) == (3, 3, 3)
        assert (count(owner=BORIS), count(since=SOON), count(kind="sign_in")) == (0, 0, 0)


def test_answers_are_kept_for_their_day(database: Database) -> None:
    """An answer is found by owner and key until it expires, and then forgotten."""
    row = IdempotencyRow(
        owner_id=ANNA, key="k", request="r", status=201, answer="{}", expires_at=LATER
    )
    with database.unit() as session:
        log.keep_answer(session, row)
        session.flush()
        kept = log.answer(session, ANNA, "k", NOW)
        assert kept is not None
        assert (kept.status, kept.answer) == (201, "{}")
        assert log.answer(session, BORIS, "k", NOW) is None
        assert log.answer(session, ANNA, "k", LATER) is None
        log.forget_answers(session, LATER - timedelta(milliseconds=1))
        assert log.answer(session, ANNA, "k", NOW) is not None
        log.forget_answers(session, LATER)
        session.expire_all()
        assert log.answer(session, ANNA, "k", NOW) is None
