"""Promises of reminder/engine/jetstream/inbox.py: what has arrived is begun, or another gets it."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import nats

from reminder.app import open_app
from reminder.domain.delivery import Lane
from reminder.engine.jetstream.inbox import GATHER_FOR
from reminder.storage import claims
from reminder.storage.claims import Shares
from tests.conftest import settings_in
from tests.engine.jetstream.samples import PATIENCE, add, by_broker, outcomes, until
from tests.fakes import SmtpSink
from tests.fakes.broker import BrokerServer

SLOTS = 8


async def test_what_was_not_begun_goes_to_another(
    tmp_path: Path, environ: dict[str, str], smtp: SmtpSink
) -> None:
    """A node that stops lets go of what it has not begun; another does it, once."""
    second = environ | {"REMINDER_ENGINE__NODE": "there", "REMINDER_SERVER__KEY": "k" * 32}
    first = environ | {"REMINDER_SERVER__KEY": "k" * 32}
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    async with open_app(settings_in(folders[0], first)) as here:
        await here.start()
        await until(lambda: by_broker(here).is_up)
        await add(here, 0, 60)
        await until(lambda: len(smtp.messages) > 5)
    async with open_app(settings_in(folders[1], second)) as there:
        await there.start()
        await until(lambda: len(smtp.messages) >= 60)
        async with asyncio.timeout(PATIENCE):
            while {state for state, _ in await outcomes(there)} != {"sent"}:
                await asyncio.sleep(0.02)
        with there.database.look() as session:
            assert claims.next_run_at(session) is None
    assert len(smtp.messages) == 60


async def test_old_messages_hold_nobody_up(
    tmp_path: Path, environ: dict[str, str], broker: BrokerServer
) -> None:
    """Who had room for messages, and got only some that start nothing, is woken by the next."""
    woken = asyncio.Event()
    async with open_app(settings_in(tmp_path, environ)) as app:
        handover = by_broker(app)
        await handover.start(woken.set)
        await until(lambda: handover.is_up)
        assert await handover.claims(Lane.EMAIL, SLOTS, Shares(SLOTS, Counter())) == []
        async with await nats.connect(broker.url) as client:
            for n in range(SLOTS):
                await client.jetstream().publish("reminder.email", f"dlv_old{n}.1".encode())
        await asyncio.sleep(GATHER_FOR * 4)
        assert await handover.claims(Lane.EMAIL, SLOTS, Shares(SLOTS, Counter())) == []
        woken.clear()
        await add(app, 0, 1)
        await app.plan()
        handover.look()
        await asyncio.wait_for(woken.wait(), PATIENCE)
        won = await handover.claims(Lane.EMAIL, SLOTS, Shares(SLOTS, Counter()))
        assert [claim.tries for claim in won] == [1]
