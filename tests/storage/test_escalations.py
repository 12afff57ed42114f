"""Promises of reminder/storage/escalations.py: what nobody took, and what was tried."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reminder.domain.delivery import Lane, State
from reminder.domain.ids import ChannelId, DeliveryId, ReminderId
from reminder.storage import claims, escalations, outbox
from reminder.storage.database import Database, Session
from reminder.storage.outbox import CHANNEL_OFF, Finish
from tests.storage.samples import (
    ANNA,
    BORIS,
    LATER,
    MAIL,
    NOW,
    SOON,
    message,
    owed,
    people,
    supersede,
)

REM = ReminderId("rem_1")
SPARE = ChannelId("chn_spare")


def end(session: Session, state: State, reason: str = "", lane: Lane = Lane.EMAIL) -> DeliveryId:
    """Claim what is due in a lane and end it."""
    (claim,) = claims.claim(session, lane, NOW, LATER, 1, "one")
    done = Finish(claim.id, claim.token, state, NOW, reason)
    assert outbox.finish(session, [done], "one", SOON) == []
    return claim.id


@pytest.fixture
def waiting(database: Database) -> Database:
    """Anna's reminder on its way by mail, and another channel to be asked for it a minute later."""
    with database.unit() as session:
        people(session)
        outbox.add_reminders(session, [owed()])
        outbox.add_delivery(session, message("dlv_1", "rem_1"))
        escalations.set_ask_at(session, [REM], LATER)
    return database


def test_who_is_due_and_when(waiting: Database) -> None:
    """The owner is due at the moment and not before; the planner knows the next one."""
    with waiting.unit() as session:
        assert escalations.next_at(session) == LATER
        assert escalations.owners_due(session, LATER - timedelta(milliseconds=1), 9) == []
        assert escalations.owners_due(session, LATER, 9) == [ANNA]
        assert escalations.owners_due(session, LATER, 0) == []
        (one,) = escalations.due(session, ANNA, LATER)
        assert (one.reminder, one.tried) == (owed(), frozenset({MAIL}))
        assert one.instead_of == "dlv_1"
        assert not one.is_taken
        assert not one.is_superseded
        assert escalations.due(session, BORIS, LATER) == []


def test_taken_nobody_else_is_asked(waiting: Database) -> None:
    """What was taken has no next moment."""
    with waiting.unit() as session:
        sent = end(session, State.SENT)
        (one,) = escalations.due(session, ANNA, LATER)
        assert one.is_taken
        escalations.note_taken(session, [sent])
        assert escalations.next_at(session) is None


@pytest.mark.parametrize(
    ("state", "reason", "asked"),
    [
        (State.DEAD, "gone", 1),
        (State.SKIPPED, CHANNEL_OFF, 1),
        (State.SKIPPED, "acknowledged", 0),
        (State.SENT, "", 0),
        (State.PENDING, "no answer", 0),
    ],
)
def test_what_came_to_nothing_is_asked_at_once(
    waiting: Database, state: State, reason: str, asked: int
) -> None:
    """A final refusal, or a channel that is off, moves the next question to this moment; what ended
    for the reminder's own sake, or may still succeed, does not."""
    with waiting.unit() as session:
        lost = end(session, state, reason)
        assert escalations.note_lost(session, [lost], SOON) == asked
        assert escalations.next_at(session) == (SOON if asked else LATER)


def test_one_that_may_still_take_it_is_waited_for(waiting: Database) -> None:
    """As long as another delivery of the reminder is pending, a refusal moves nothing; nor does one
    after it was taken."""
    with waiting.unit() as session:
        other = message("dlv_2", "rem_1", channel=SPARE, lane=Lane.WEBHOOK)
        outbox.add_delivery(session, other)
        assert escalations.note_lost(session, [end(session, State.DEAD)], SOON) == 0
        assert escalations.next_at(session) == LATER
        assert escalations.count_lost(session, NOW) == 0
        session.rollback()
    with waiting.unit() as session:
        outbox.add_delivery(session, other)
        end(session, State.SENT)
        assert (
            escalations.note_lost(session, [end(session, State.DEAD, "", Lane.WEBHOOK)], NOW) == 0
        )


def test_a_later_reminder_takes_its_place(waiting: Database) -> None:
    """Once the next lead of the clock was planned, or its message expired, it is superseded."""
    with waiting.unit() as session:
        later = owed("rem_2", 3)
        due = replace(later.due, due_at=LATER)
        outbox.add_reminders(session, [replace(later, due=due)])
        (one,) = escalations.due(session, ANNA, LATER)
        assert one.is_superseded
        session.rollback()
    with waiting.unit() as session:
        supersede(session, MAIL)
        (one,) = escalations.due(session, ANNA, LATER)
        assert one.is_superseded


def test_a_stand_in_is_superseded_on_any_channel(waiting: Database) -> None:
    """An unsent fallback expires with the message it stands in for, whatever its channel; another
    channel's own message does not."""
    with waiting.unit() as session:
        for n, instead in (("2", DeliveryId("dlv_1")), ("3", None)):
            channel = ChannelId(f"chn_{n}")
            new = message(f"dlv_{n}", "rem_1", channel=channel, instead_of=instead)
            outbox.add_delivery(session, new)
        supersede(session, MAIL)
        left = {c.id for c in claims.claim(session, Lane.EMAIL, NOW, LATER, 9, "one")}
        assert left == {"dlv_3"}


def test_what_was_taken_elsewhere(waiting: Database) -> None:
    """Of a fallback's reminders those that another channel took are named."""
    with waiting.unit() as session:
        outbox.add_reminders(session, [owed("rem_2", 3)])
        instead = DeliveryId("dlv_1")
        end(session, State.SENT)
        fallback = message("dlv_2", "rem_1", "rem_2", channel=SPARE, instead_of=instead)
        outbox.add_delivery(session, fallback)
        found = escalations.taken_elsewhere(session, [DeliveryId("dlv_2")])
        assert found == {"dlv_2": {"rem_1"}}
        assert escalations.taken_elsewhere(session, []) == {}
        assert escalations.taken_elsewhere(session, [instead]) == {}


def test_what_was_owed_lately_is_asked_again(waiting: Database) -> None:
    """Once a channel works again, what nobody took since then is due at once: not what is older,
    was taken, or ended for its own sake."""
    with waiting.unit() as session:
        escalations.set_ask_at(session, [REM], None)
        end(session, State.DEAD)
        covered = replace(owed("rem_3", 1), skipped="covered")
        old = replace(owed("rem_4", 0), planned_at=NOW - timedelta(days=3))
        outbox.add_reminders(session, [owed("rem_2", 3), covered, old])
        assert escalations.count_lost(session, NOW) == 2
        escalations.ask_again(session, ANNA, NOW, SOON)
        found = {one.reminder.id for one in escalations.due(session, ANNA, SOON)}
        assert found == {"rem_1", "rem_2"}
        assert escalations.count_lost(session, NOW) == 0


def test_the_planner_walks_an_index(file: Database, path: Path) -> None:
    """Looking for the next question walks the index of those that have one, not the log."""
    with closing(sqlite3.connect(path)) as raw:
        for query in (
            "SELECT min(ask_at) FROM reminder WHERE ask_at IS NOT NULL",
            "SELECT owner_id FROM reminder WHERE ask_at <= 1",
        ):
            plan = " ".join(str(row[3]) for row in raw.execute(f"EXPLAIN QUERY PLAN {query}"))
            assert "reminder_ask" in plan, query
