"""Promises of reminder/engine/ends.py: a batch of ends is written together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.delivery import EmailTarget, Lane, Message, State
from reminder.engine import ends
from reminder.engine.letters import Letter
from reminder.engine.tries import Ended, Span, ended
from reminder.errors import Unreachable
from reminder.storage import claims
from reminder.storage.database import Session
from tests.conftest import World
from tests.engine.samples import DUE, logged, register


@pytest.mark.parametrize("holds", [True, False])
async def test_a_retry_waits_for_the_morning(world: World, holds: bool) -> None:
    """A reminder that found nobody in the evening is due again when the quiet hours end; of a
    claim whose lease was lost nothing is written, and it is counted."""
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    now = world.clock()
    evening = now.replace(hour=18, minute=59, second=50)

    def claim(session: Session) -> Ended:
        (taken,) = claims.claim(session, Lane.EMAIL, now, now + timedelta(hours=1), 1, "one")
        message = Message(taken.id, taken.kind, "en", now, "", "")
        letter = Letter(taken, message, EmailTarget("anna@example.org"))
        return ended(letter, Unreachable("no answer"), Span(now, evening, 0.5))

    one = await world.app.database.write(claim)
    if not holds:
        await world.app.database.write(lambda s: claims.free_leases(s, now))
        await world.app.database.write(claim)
    watch = world.app.watch
    await world.app.database.write(lambda s: ends.finish(s, world.app.desk, watch, [one], "one"))
    (told,) = await logged(world)
    assert told.state == State.PENDING
    assert watch.counts.lost_leases == (0 if holds else 1)
    assert [attempt.outcome for attempt in told.attempts] == (["unreachable"] if holds else [])
    if holds:
        assert told.next_try_at == (now + timedelta(days=1)).replace(hour=5)
