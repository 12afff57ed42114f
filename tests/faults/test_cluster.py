"""Three workers and a broker on PostgreSQL; workers are killed, PostgreSQL crashes, the broker is
killed and wiped, every message comes twice: nothing is lost, and no try is made twice (ENGINE
section 9, rows 1, 9, 34 and 39; ``make soak`` runs the long form)."""

from __future__ import annotations

import asyncio
import collections
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg
from sqlalchemy import text

from reminder.app import App, open_app
from reminder.domain.delivery import Kind, Lane
from reminder.domain.ids import DeliveryId
from reminder.service import channels, people
from reminder.service.work import Work
from reminder.storage import outbox
from reminder.storage.database import Session
from reminder.storage.outbox import NewDelivery
from tests.conftest import settings_in
from tests.fakes import WebhookSink
from tests.fakes.broker import BrokerServer
from tests.fakes.postgres import PostgresServer
from tests.faults.child import LEASE
from tests.faults.fleet import Fleet
from tests.faults.load import AT_ONCE, add_due, states

DELIVERIES = int(os.environ.get("REMINDER_SOAK_DELIVERIES", "240"))
PLANNED = min(DELIVERIES // 4, 500)
CHANNELS = 40
WORKERS = 3
KILL_EVERY = 0.25
KILLS = int(os.environ.get("REMINDER_SOAK_KILLS", "12"))
TRIES_FIRST = (5, 60)  # a worker is killed once it has begun so many
SECONDS = float(os.environ.get("REMINDER_SOAK_SECONDS", "100"))
LEASE_SECONDS = os.environ.get("REMINDER_SOAK_LEASE", "9")
SLOTS = 16
SEED = int(os.environ.get("REMINDER_SOAK_SEED", "20261123"))


@dataclass
class Counts:
    """What was done to the cluster."""

    kills: int = 0
    crashes: int = 0
    wipes: int = 0
    doubled: int = 0


def _tests(work: Work, hook: str, count: int) -> None:
    """So many messages to the channels of one owner, due at once."""
    owner = people.add_owner(work, "tests@example.org", admin=True)
    made = [
        channels.add(work, owner.id, {"kind": "webhook", "url": f"{hook}/c{n}"}).channel
        for n in range(CHANNELS)
    ]
    for n in range(count):
        new = NewDelivery(
            id=DeliveryId(work.new_id("dlv")),
            owner=owner.id,
            channel=made[n % CHANNELS].id,
            kind=Kind.TEST,
            lane=Lane.WEBHOOK,
            due_at=work.now + timedelta(milliseconds=n),
            run_at=work.now,
            expires_at=work.now + timedelta(days=2),
        )
        outbox.add_delivery(work.session, new)


async def _fill(app: App, hook: str) -> None:
    for first in range(0, PLANNED, 50):
        await app.write(partial(_due, first, min(50, PLANNED - first), hook))
    await app.write(lambda work: _tests(work, hook, DELIVERIES - PLANNED))


def _due(first: int, count: int, hook: str, work: Work) -> None:
    add_due(work, first, count, hook)


@asynccontextmanager
async def _doubler(broker: BrokerServer, counts: Counts) -> AsyncIterator[None]:
    """Publish every message a second time."""
    client = await nats.connect(
        broker.url, max_reconnect_attempts=-1, reconnect_time_wait=0, error_cb=_quiet
    )

    async def again(message: Msg) -> None:
        if not (message.headers or {}).get("Again"):
            counts.doubled += 1
            await client.publish(message.subject, message.data, headers={"Again": "1"})

    await client.subscribe("reminder.>", cb=again)
    await client.flush()
    yield
    await client.close()


async def _quiet(_error: Exception) -> None:
    """The broker is killed on purpose."""


async def _kill(fleet: Fleet, counts: Counts, chance: random.Random) -> None:
    """Every quarter of a second kill one of the workers that are at work."""
    fates = [chance.randint(*TRIES_FIRST) for _ in range(WORKERS)]
    while counts.kills < KILLS:
        await asyncio.sleep(KILL_EVERY)
        busy = [n for n in range(WORKERS) if len(fleet.tries_of(n)) >= fates[n]]
        if busy:
            place = chance.choice(busy)
            fleet.kill(place)
            fates[place] = chance.randint(*TRIES_FIRST)
            counts.kills += 1


async def _break(
    hook: WebhookSink, own: PostgresServer, broker: BrokerServer, counts: Counts
) -> None:
    """Along the way crash PostgreSQL three times, and kill and wipe the broker three times."""
    for step in range(1, 7):
        while len(hook.requests) < DELIVERIES * step // 8:
            await asyncio.sleep(0.02)
        if step % 2:
            await asyncio.to_thread(own.crash)
            await asyncio.to_thread(own.start)
            counts.crashes += 1
        else:
            broker.kill(wipe=True)
            await asyncio.sleep(0.5)
            await asyncio.to_thread(broker.start)
            counts.wipes += 1


async def _until_over(app: App) -> None:
    """Wait until every delivery is written down as sent."""
    while await app.database.read(states) != {"sent": DELIVERIES}:
        await asyncio.sleep(0.5)


def _counted(session: Session) -> tuple[dict[str, int], int]:
    """Tries of each delivery, and how many are in the log."""
    tries = session.execute(text("SELECT id, tries FROM delivery"))
    logged = session.execute(text("SELECT count(*) FROM attempt WHERE outcome = 'sent'"))
    return {str(row[0]): int(row[1]) for row in tries}, int(logged.scalar_one())


# nats-py leaves the socket of a broker that was killed to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(SECONDS + 200)
async def test_three_workers_a_broker_and_chaos(
    tmp_path: Path, own: PostgresServer, broker: BrokerServer
) -> None:
    """Whatever is killed: each delivery arrives, the same try never twice, and a second arrival is
    one for which a worker died while it was under way."""
    counts, chance = Counts(), random.Random(SEED)
    environ = AT_ONCE | {
        "REMINDER_DATABASE__URL": own.url(own.create()),
        "REMINDER_ENGINE__HANDOVER": broker.url,
        "REMINDER_WEBHOOKS__CONCURRENCY": str(SLOTS),
        "REMINDER_WEBHOOKS__TIMEOUT": f"{int(LEASE_SECONDS) // 3}s",
        LEASE: LEASE_SECONDS,
    }
    fleet = Fleet(tmp_path, environ, WORKERS)
    async with WebhookSink() as hook, open_app(settings_in(tmp_path, environ)) as app:
        await _fill(app, hook.url)
        async with _doubler(broker, counts):
            fleet.start()
            loops = [
                asyncio.create_task(_kill(fleet, counts, chance)),
                asyncio.create_task(_break(hook, own, broker, counts)),
            ]
            try:
                async with asyncio.timeout(SECONDS):
                    await loops[1]
                    loops[0].cancel()
                    await _until_over(app)
            finally:
                loops[0].cancel()
                fleet.close()
        tries, logged = await app.database.read(_counted)
    came = collections.Counter(r.headers["webhook-id"] for r in hook.requests)
    begun = fleet.tries()
    twice = sum(came.values()) - len(came)
    print(
        f"seed {SEED}: {DELIVERIES} deliveries, {counts.kills} workers killed, "
        f"{counts.crashes} crashes of PostgreSQL, {counts.wipes} brokers wiped, "
        f"{counts.doubled} messages doubled: lost {DELIVERIES - len(came)}, {twice} came twice, "
        f"same try twice {len(begun) - len(set(begun))}, {len(begun)} tries begun"
    )
    assert set(came) == set(tries)
    assert logged == DELIVERIES
    assert len(begun) == len(set(begun))
    assert all(came[identity] <= tries[identity] for identity in came)
    assert twice <= (counts.kills + WORKERS) * SLOTS
