"""Promises of reminder/storage/pruning.py: oldest first, in batches, and still counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import select

from reminder.domain.delivery import Lane, State
from reminder.domain.ids import ActId, ReminderId, compose
from reminder.domain.line import Standing
from reminder.storage import acts, claims, escalations, outbox, pruning
from reminder.storage.acts import Act
from reminder.storage.database import Database, Session
from reminder.storage.outbox import Attempt, Finish
from reminder.storage.tables import AttemptRow, DeliveryReminderRow, DeliveryRow
from tests.storage.samples import LINE, NOW, message, owed, people

OLD = NOW - timedelta(days=500)
CUT = NOW - timedelta(days=400)


def an_id(prefix: str, number: int) -> str:
    """An id of a moment long ago."""
    return compose(prefix, OLD + timedelta(seconds=number), bytes(4))


def sent(session: Session, number: int, state: State = State.SENT) -> str:
    """A mail of long ago that ended, with one reminder and one try."""
    then = OLD + timedelta(seconds=number)
    one, reminder = an_id("dlv", number), an_id("rem", number)
    outbox.add_reminders(session, [replace(owed(reminder, number), planned_at=then)])
    new = message(one, reminder, due_at=then, run_at=then)
    outbox.add_delivery(session, new)
    (claim,) = claims.claim(session, Lane.EMAIL, then, then, 1, "one")
    attempt = Attempt(then, then, "sent", "250")
    outbox.finish(session, [Finish(claim.id, claim.token, state, then, "", attempt)], "one", then)
    return one


def test_what_is_over_is_forgotten_whole_and_counted(database: Database) -> None:
    """A finished delivery goes with its tries and parts; the totals by lane and state stay."""
    with database.unit() as session:
        people(session)
        for n in range(3):
            sent(session, n)
        sent(session, 3, State.DEAD)
        outbox.add_delivery(session, message(an_id("dlv", 4), due_at=OLD, run_at=OLD))
        before = pruning.finished(session)
        assert pruning.deliveries(session, CUT) == 4
        assert pruning.deliveries(session, CUT) == 0
        for table in (AttemptRow, DeliveryReminderRow):
            assert session.exec(select(table)).all() == []
        assert [row.state for row in session.exec(select(DeliveryRow))] == ["pending"]
        assert pruning.finished(session) == before
        assert before == {"email.sent": 3, "email.dead": 1, "email.pending": 1}
        assert pruning.tallies(session)["deliveries.email.sent"] == 3


def test_a_batch_is_small_and_the_oldest(database: Database) -> None:
    """More than a batch is forgotten in several, the oldest first, so that nobody waits long."""
    with database.unit() as session:
        people(session)
        for n in range(pruning.BATCH + 5):
            one = message(an_id("dlv", n), due_at=OLD + timedelta(seconds=n))
            outbox.add_delivery(session, one)
        session.execute(text("UPDATE delivery SET state = 'sent', done_at = 1"))
        counts = [pruning.deliveries(session, CUT) for _ in range(3)]
        assert counts == [pruning.BATCH, 5, 0]


def test_what_is_young_stays(database: Database) -> None:
    """What ended after the cut stays, to the millisecond."""
    with database.unit() as session:
        people(session)
        one = sent(session, 0)
        done = session.get_one(DeliveryRow, one).done_at
        assert done is not None
        assert pruning.deliveries(session, done) == 0
        assert pruning.deliveries(session, done + timedelta(milliseconds=1)) == 1


def test_only_what_no_delivery_carries_may_go(database: Database) -> None:
    """A reminder whose delivery is kept, that is young, or that somebody is still to be asked for,
    is no candidate; those that are come in pages."""
    with database.unit() as session:
        people(session)
        sent(session, 0)
        for n in (1, 2, 3):
            then = OLD + timedelta(seconds=n)
            outbox.add_reminders(session, [replace(owed(an_id("rem", n), n), planned_at=then)])
        outbox.add_reminders(session, [owed("rem_young", 5)])
        escalations.set_ask_at(session, [ReminderId(an_id("rem", 3))], NOW)
        session.flush()
        found = [one.id for one in pruning.old_reminders(session, CUT, None)]
        assert found == [an_id("rem", 1), an_id("rem", 2)]
        assert [o.id for o in pruning.old_reminders(session, CUT, found[0])] == found[1:]
        pruning.forget_reminders(session, found)
        pruning.forget_reminders(session, [])
        assert pruning.old_reminders(session, CUT, None) == []
        assert pruning.tallies(session)["reminders"] == 2


def test_old_acts_are_forgotten(database: Database) -> None:
    """Acts before the cut go, the others stay."""
    with database.unit() as session:
        people(session)
        for n, at in enumerate((OLD, NOW)):
            identity = ActId(compose("act", at, bytes(4)))
            acts.add(session, [Act(identity, LINE, "used", at, Standing(), "{}", n)])
        session.flush()
        assert pruning.acts(session, CUT) == 1
        assert pruning.acts(session, CUT) == 0
        assert [act.at for act in acts.latest(session, LINE)] == [NOW]
