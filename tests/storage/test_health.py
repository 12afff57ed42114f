"""Promises of reminder/storage/health.py."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from reminder.domain.breaker import NOT_ASKED
from reminder.domain.delivery import State
from reminder.domain.ids import DeliveryId
from reminder.storage import claims, outbox
from reminder.storage.database import Database, Session
from reminder.storage.health import Health, health
from reminder.storage.outbox import Attempt, Finish
from tests.storage.conftest import opened
from tests.storage.samples import LATER, MAIL, NODE, NOW, message, people

MONTH = timedelta(days=30)


def _tried(session: Session, identity: str, state: State, outcome: str, detail: str = "") -> None:
    outbox.add_delivery(session, message(identity))
    (claim,) = claims.claim(session, message(identity).lane, NOW, LATER, 1, NODE)
    attempt = Attempt(NOW, LATER, outcome, "", detail)
    done = Finish(DeliveryId(identity), claim.token, state, LATER, detail, attempt)
    outbox.finish(session, [done], NODE, LATER)
    session.flush()


def test_what_became_of_a_channels_messages(database: Database) -> None:
    """Sent, failed and waiting are counted, the last that arrived has its instant, and a failure
    stands until the next success."""
    with database.unit() as session:
        people(session)
        assert health(session, MAIL, NOW - MONTH) == Health()
        _tried(session, "dlv_1", State.SENT, "sent")
        assert health(session, MAIL, NOW - MONTH) == Health(sent=1, sent_at=LATER)
        _tried(session, "dlv_2", State.DEAD, "refused", "there is no such mailbox")
        outbox.add_delivery(session, message("dlv_3"))
        session.expire_all()
        found = health(session, MAIL, NOW - MONTH)
        assert (found.sent, found.failed, found.waiting) == (1, 1, 1)
        assert (found.failure, found.failed_at) == ("there is no such mailbox", LATER)
        assert health(session, MAIL, NOW + MONTH).sent == 0


def test_a_try_that_was_not_made_is_no_trouble(database: Database) -> None:
    """Why the last message did not arrive is told by the last try of a channel that was made."""
    with database.unit() as session:
        people(session)
        _tried(session, "dlv_1", State.DEAD, "unreachable", NOT_ASKED)
        assert health(session, MAIL, NOW - MONTH).failure == ""
        _tried(session, "dlv_2", State.DEAD, "unreachable", "the host's name is not known")
        _tried(session, "dlv_3", State.DEAD, "unreachable", NOT_ASKED)
        session.expire_all()
        assert health(session, MAIL, NOW - MONTH).failure == "the host's name is not known"


COUNTS = "SELECT state, count(*) FROM delivery WHERE channel_id = 'c' AND due_at >= 1 GROUP BY 1"
LAST = "SELECT done_at FROM delivery WHERE channel_id = 'c' AND state = 'sent' ORDER BY due_at DESC"
OF_A_NUMBER = "SELECT delivery_id FROM delivery_reminder WHERE reminder_id = 'r'"


@pytest.mark.parametrize("query", [COUNTS, LAST, OF_A_NUMBER])
def test_each_question_walks_an_index(tmp_path: Path, query: str) -> None:
    """However long the log is, only one channel's or one number's part of it is looked at."""
    path = tmp_path / "walked.db"
    with contextmanager(opened)(f"sqlite:///{path}"), closing(sqlite3.connect(path)) as raw:
        plan = " ".join(str(row[3]) for row in raw.execute(f"EXPLAIN QUERY PLAN {query}"))
    assert "SEARCH" in plan
    assert "SCAN" not in plan
