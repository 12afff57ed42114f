"""Promises of reminder/storage/outbox.py: who claims holds, who holds finishes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from reminder.domain.delivery import Lane, State
from reminder.domain.ids import ChannelId, DeliveryId, ReminderId
from reminder.storage import claims, outbox
from reminder.storage.claims import Claimed
from reminder.storage.database import Database
from reminder.storage.outbox import Attempt, Finish
from reminder.storage.tables import DeliveryRow
from tests.storage.samples import LATER, LINE, NODE, NOW, SOON, message, one_due, owed

LEASE = NOW + timedelta(minutes=15)
TRIED = Attempt(NOW, SOON, "sent", "250")
REM_2 = ReminderId("rem_2")


def _claim(database: Database, now: object = NOW, slots: int = 9) -> list[Claimed]:
    assert isinstance(now, type(NOW))
    with database.unit() as session:
        return claims.claim(session, Lane.EMAIL, now, now + timedelta(minutes=15), slots, NODE)


def _row(database: Database, identity: str = "dlv_1") -> DeliveryRow:
    with database.look() as session:
        return session.get_one(DeliveryRow, identity)


def _parts(database: Database) -> list[tuple[str, str, str]]:
    with database.look() as session:
        rows = session.execute(
            text("SELECT reminder_id, state, reason FROM delivery_reminder ORDER BY reminder_id")
        )
        return [(r[0], r[1], r[2]) for r in rows]


def _tries(database: Database) -> list[int]:
    with database.look() as session:
        return [r[0] for r in session.execute(text("SELECT token FROM attempt ORDER BY token"))]


def _end(database: Database, claim: Claimed, state: State, **changes: object) -> list[DeliveryId]:
    values: dict[str, object] = {"run_at": NOW, "attempt": TRIED, **changes}
    done = Finish(claim.id, claim.token, state, **values)  # type: ignore[arg-type]
    with database.unit() as session:
        return outbox.finish(session, [done], NODE, SOON)


@pytest.fixture
def due(database: Database) -> Database:
    """A database with one mail that is due."""
    with database.unit() as session:
        one_due(session)
    return database


def test_the_holder_finishes(due: Database) -> None:
    """Sent is written with the try and with every reminder it carried."""
    (claim,) = _claim(due)
    assert _end(due, claim, State.SENT) == []
    row = _row(due)
    assert (row.state, row.done_at, row.lease_by, row.last_code) == ("sent", SOON, None, "250")
    assert _parts(due) == [("rem_1", "sent", "")]
    assert _tries(due) == [1]
    assert _claim(due, LATER + timedelta(days=1)) == []


def test_a_lost_lease_changes_nothing(due: Database) -> None:
    """Who comes back after the lease ended is told so, and writes neither state nor try."""
    (late,) = _claim(due)
    (holder,) = _claim(due, LEASE)
    before = _row(due)
    assert _end(due, late, State.DEAD, reason="no", fallen={"rem_1": "covered"}) == ["dlv_1"]
    assert _row(due) == before
    assert _parts(due) == [("rem_1", "pending", "")]
    assert _tries(due) == []
    assert _end(due, holder, State.SENT) == []
    assert _row(due).state == "sent"


@pytest.mark.parametrize("state", [State.SENT, State.DEAD, State.PENDING])
def test_a_finish_may_be_repeated(due: Database, state: State) -> None:
    """Who was not told that a finish was written writes it again: nothing changes, one try is
    logged, and the lease does not count as lost."""
    (claim,) = _claim(due)
    assert _end(due, claim, state, run_at=LATER) == []
    before = _row(due)
    assert _end(due, claim, state, run_at=LATER) == []
    assert _row(due) == before
    assert _tries(due) == [1]


def test_a_claim_that_came_to_nothing_may_be_repeated(due: Database) -> None:
    """The same holds where no try was made; another end under the same token is refused."""
    (claim,) = _claim(due)
    for _ in range(2):
        assert _end(due, claim, State.SKIPPED, attempt=None, reason="deleted") == []
    assert _end(due, claim, State.DEAD, attempt=None) == ["dlv_1"]
    assert (_row(due).state, _row(due).reason) == ("skipped", "deleted")


def test_a_failed_try_falls_due_again(due: Database) -> None:
    """A try that may succeed later leaves the delivery pending until its next try."""
    (claim,) = _claim(due)
    _end(due, claim, State.PENDING, run_at=LATER, reason="no answer")
    row = _row(due)
    assert (row.state, row.run_at, row.done_at, row.lease_by) == ("pending", LATER, None, None)
    assert _parts(due) == [("rem_1", "pending", "")]
    assert _claim(due, SOON) == []
    assert [c.tries for c in _claim(due, LATER)] == [2]


def test_what_fell_out_is_skipped_with_its_reason(due: Database) -> None:
    """A reminder that is moot is skipped for its reason; the others share the delivery's end."""
    with due.unit() as session:
        outbox.add_reminders(session, [owed("rem_2", 3)])
        outbox.add_delivery(session, message("dlv_2", "rem_2", channel=ChannelId("chn_2")))
        session.execute(text("UPDATE delivery_reminder SET delivery_id = 'dlv_1'"))
        session.execute(text("DELETE FROM delivery WHERE id = 'dlv_2'"))
    (claim,) = _claim(due)
    _end(due, claim, State.SENT, fallen={ReminderId("rem_2"): "covered"})
    assert _parts(due) == [("rem_1", "sent", ""), ("rem_2", "skipped", "covered")]


def test_every_part_has_its_number(due: Database) -> None:
    """Messages of one moment on one channel are its parts 0, 1, 2; another channel begins anew."""
    with due.unit() as session:
        outbox.add_delivery(session, message("dlv_2"))
        outbox.add_delivery(session, message("dlv_3"))
        outbox.add_delivery(session, message("dlv_4", due_at=SOON))
    assert [_row(due, f"dlv_{n}").part for n in (1, 2, 3, 4)] == [0, 1, 2, 0]


def test_a_key_never_comes_twice(due: Database) -> None:
    """A reminder's key is known for ever, and a second one of it is refused."""
    with due.unit() as session:
        assert outbox.known(session, [LINE]) == {LINE: {owed().due.key: ""}}
        assert outbox.reminder(session, ReminderId("rem_1")) == owed()
        assert outbox.reminder(session, ReminderId("rem_9")) is None
    with pytest.raises(IntegrityError), due.unit() as session:
        outbox.add_reminders(session, [owed("rem_2")])


def test_many_ends_are_written_together(due: Database) -> None:
    """Of a batch each delivery comes to its own end, whatever becomes of the others: one is sent,
    one falls due again, one ends without a try, and of one the lease was lost."""
    with due.unit() as session:
        for number in (2, 3, 4):
            outbox.add_reminders(session, [owed(f"rem_{number}", number)])
            one = message(f"dlv_{number}", f"rem_{number}", channel=ChannelId(f"chn_{number}"))
            outbox.add_delivery(session, one)
    found = {claim.id: claim for claim in _claim(due)}
    held = [found[DeliveryId(f"dlv_{number}")] for number in (4, 3, 2, 1)]
    lost, again, dropped, sent = held
    done = [
        Finish(lost.id, lost.token - 1, State.SENT, NOW, attempt=TRIED),
        Finish(again.id, again.token, State.PENDING, LATER, "no answer", TRIED),
        Finish(dropped.id, dropped.token, State.SKIPPED, NOW, "covered", None, {REM_2: "stopped"}),
        Finish(sent.id, sent.token, State.SENT, NOW, attempt=TRIED),
    ]
    with due.unit() as session:
        assert outbox.finish(session, done, NODE, SOON) == ["dlv_4"]
    rows = [_row(due, f"dlv_{number}") for number in (1, 2, 3, 4)]
    assert [row.state for row in rows] == ["sent", "skipped", "pending", "pending"]
    assert [row.lease_by for row in rows] == [None, None, None, NODE]
    assert [row.last_code for row in rows] == ["250", "", "250", ""]
    assert [reason for _, _, reason in _parts(due)] == ["", "stopped", "", ""]
    assert len(_tries(due)) == 2
