"""Promises of reminder/storage/ledger.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from reminder.domain.delivery import Lane, State
from reminder.domain.ids import ChannelId, DeliveryId, LineId, ReadingId, ReminderId
from reminder.domain.line import Clock, LineState
from reminder.errors import Conflict
from reminder.storage import claims, escalations, ledger, lines, outbox
from reminder.storage import due as due_now
from reminder.storage.claims import Claimed
from reminder.storage.database import Database
from reminder.storage.ledger import Ledger, Looked
from reminder.storage.outbox import Finish
from reminder.storage.tables import DeliveryReminderRow, DeliveryRow
from tests.builders import build_standing, read_at
from tests.storage.samples import (
    ANNA,
    BORIS,
    LATER,
    LINE,
    MAIL,
    NODE,
    NOW,
    SOON,
    least_wake_at,
    message,
    next_wake_at,
    one_due,
    owed,
    people,
    supersede,
)


@pytest.fixture
def due(database: Database) -> Database:
    """A database with one mail that is due."""
    with database.unit() as session:
        one_due(session)
    return database


def _claim(database: Database) -> list[Claimed]:
    with database.unit() as session:
        return claims.claim(session, Lane.EMAIL, NOW, NOW + timedelta(minutes=15), 9, NODE)


def _end(database: Database, claim: Claimed, state: State) -> list[DeliveryId]:
    with database.unit() as session:
        return outbox.finish(session, [Finish(claim.id, claim.token, state, NOW)], NODE, SOON)


def _row(database: Database, identity: str = "dlv_1") -> DeliveryRow:
    with database.look() as session:
        return session.get_one(DeliveryRow, identity)


def _parts(database: Database) -> list[tuple[str, str, str]]:
    with database.look() as session:
        query = "SELECT reminder_id, state, reason FROM delivery_reminder ORDER BY reminder_id"
        return [(r[0], r[1], r[2]) for r in session.execute(text(query))]


def test_what_a_pass_comes_to_is_written(due: Database) -> None:
    """Lines, readings, reminders with the moment at which another channel is asked, and messages
    under the next free parts of their moment; the owner wakes with the first line."""
    with due.unit() as session:
        kept, booked = lines.get(session, LINE), read_at(NOW, "50", id_=ReadingId("rdg_2"))
        book = Ledger(
            looked=[Looked(kept, build_standing(state=LineState.STOPPED), LATER)],
            readings=[(LINE, booked)],
            reminders=[owed("rem_2", 3), owed("rem_3", 1)],
            asks={ReminderId("rem_3"): SOON},
            deliveries=[message("dlv_2", "rem_2", "rem_3"), message("dlv_3")],
            done=[ANNA],
            pushed_out={BORIS: SOON},
        )
        ledger.write(session, book, NOW)
    with due.unit() as session:
        after = lines.get(session, LINE)
        assert (after.standing.state, after.version) == (LineState.STOPPED, kept.version + 1)
        assert after.readings == (booked,)
        assert len(outbox.known(session, [LINE])[LINE]) == 3
        assert escalations.next_at(session) == SOON
        held = outbox.reminders_of(session, [DeliveryId("dlv_2")])
        assert [one.id for one in held[DeliveryId("dlv_2")]] == ["rem_2", "rem_3"]
        assert next_wake_at(session) == due_now.next_at(session) == SOON
        assert least_wake_at(session, ANNA) == LATER
    assert [_row(due, f"dlv_{n}").part for n in (1, 2, 3)] == [0, 1, 2]


def test_a_line_that_was_changed_meanwhile_is_not_overwritten(database: Database) -> None:
    """Over another version than was read nothing is written."""
    with database.unit() as session:
        people(session)
        kept = lines.get(session, LINE)
        lines.save(session, kept, kept.line, kept.standing, SOON)
        with pytest.raises(Conflict):
            ledger.write(session, Ledger(looked=[Looked(kept, kept.standing, LATER)]), NOW)
        assert least_wake_at(session, ANNA) == SOON


def test_nothing_is_written_for_nothing(due: Database) -> None:
    """An empty ledger changes nothing."""
    with due.unit() as session:
        ledger.write(session, Ledger(), NOW)
    assert (_row(due).state, owners_wake(due)) == ("pending", NOW)


def owners_wake(database: Database) -> object:
    """When the first owner wakes."""
    with database.look() as session:
        return next_wake_at(session)


def test_the_next_supersedes_what_is_unsent(due: Database) -> None:
    """An unsent message expires when the next of its line, clock and channel falls due, and a try
    under way loses its lease; other clocks and channels stay."""
    (claim,) = _claim(due)
    with due.unit() as session:
        supersede(session, MAIL, clock=Clock.INACTIVITY)
        supersede(session, ChannelId("chn_2"))
    assert _row(due).state == "pending"
    with due.unit() as session:
        supersede(session, MAIL)
    row = _row(due)
    assert (row.state, row.reason, row.done_at) == ("expired", "superseded", SOON)
    assert _parts(due) == [("rem_1", "expired", "superseded")]
    assert _end(due, claim, State.SENT) == ["dlv_1"]


def test_superseding_leaves_the_others_of_a_message(due: Database) -> None:
    """A message that carries another line's reminder too goes on without the superseded one."""
    with due.unit() as session:
        outbox.add_reminders(session, [owed("rem_2", line=LineId("lin_2"))])
        session.add(DeliveryReminderRow(delivery_id="dlv_1", reminder_id="rem_2", channel_id=MAIL))
        session.flush()
        supersede(session, MAIL)
        held = outbox.reminders_of(session, [DeliveryId("dlv_1")])
    assert [r.id for r in held[DeliveryId("dlv_1")]] == ["rem_2"]
    assert _row(due).state == "pending"


def test_sent_is_not_superseded(due: Database) -> None:
    """What was sent stays sent."""
    (claim,) = _claim(due)
    _end(due, claim, State.SENT)
    with due.unit() as session:
        supersede(session, MAIL)
    assert _parts(due) == [("rem_1", "sent", "")]
