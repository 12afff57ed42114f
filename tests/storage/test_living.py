"""Promises of reminder/storage/living.py."""

from __future__ import annotations

from datetime import timedelta

from reminder.domain.delivery import Kind, Lane, State
from reminder.domain.ids import ChannelId
from reminder.storage import claims, living, outbox
from reminder.storage.database import Database
from reminder.storage.living import Lived
from reminder.storage.outbox import Finish
from tests.storage.samples import LATER, NODE, NOW, SOON, message, people


def test_what_was_done_is_counted(database: Database) -> None:
    """Messages with reminders by what became of them; what is pending, older or a test is none."""
    states = [State.SENT, State.SENT, State.DEAD]
    with database.unit() as session:
        people(session)
        for n in range(3):
            outbox.add_delivery(session, message(f"dlv_{n}", channel=ChannelId(f"chn_{n}")))
        test = message("dlv_9", channel=ChannelId("chn_9"), kind=Kind.TEST, run_at=LATER)
        outbox.add_delivery(session, test)
        taken = sorted(claims.claim(session, Lane.EMAIL, NOW, LATER, 9, NODE), key=lambda c: c.id)
        ends = [Finish(c.id, c.token, s, NOW) for c, s in zip(taken, states, strict=True)]
        outbox.finish(session, ends, NODE, SOON)
        assert living.since(session, NOW) == Lived(lines=1, sent=2, dead=1)
        assert living.since(session, SOON + timedelta(seconds=1)) == Lived(1, 0, 0)
