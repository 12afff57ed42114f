"""Promises of reminder/engine/jetstream.py, with a real NATS server: what it loses falls due again,
what it repeats starts nothing, and while it is away work goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, RetentionPolicy, StorageType

from reminder.app import App, open_app
from reminder.config.tables import Engine
from reminder.domain.delivery import Lane
from reminder.engine.jetstream import GATHER_FOR, JetStream, stream_config, ticket_of
from reminder.service import channels, deliveries, lines, people
from reminder.service.work import Work
from reminder.storage import claims, relay
from reminder.storage.claims import Shares
from reminder.storage.relay import Portion
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.fakes.broker import BrokerServer

PATIENCE = 60
SLOTS = 8
MINE = {"stream": "mine", "stream_keep": "1m", "stream_replicas": 3}


@pytest.fixture(params=["postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """A broker needs PostgreSQL."""
    return str(request.param)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerServer]:
    """A running broker."""
    server = BrokerServer(tmp_path / "nats")
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpSink]:
    """Where the mails go."""
    async with SmtpSink() as sink:
        yield sink


@pytest.fixture
def environ(database_url: str, broker: BrokerServer, smtp: SmtpSink) -> dict[str, str]:
    """Settings of a node that works by way of the broker."""
    return {
        "REMINDER_DATABASE__URL": database_url,
        "REMINDER_EMAIL__URL": smtp.url,
        "REMINDER_ENGINE__HANDOVER": broker.url,
        "REMINDER_ENGINE__NODE": "here",
        "REMINDER_REMINDERS__AT": "00:00",
        "REMINDER_REMINDERS__QUIET_HOURS": "",
        "REMINDER_REMINDERS__TIMEZONE": "UTC",
    }


@pytest.fixture
async def node(tmp_path: Path, environ: dict[str, str]) -> AsyncIterator[App]:
    """A started node."""
    async with open_app(settings_in(tmp_path, environ)) as app:
        await app.start()
        yield app


async def until(true: Callable[[], bool]) -> None:
    """Wait for a state of the world."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


def by_broker(app: App) -> JetStream:
    """The node's handover."""
    handover = app.ensure_sender().handover
    assert isinstance(handover, JetStream)
    return handover


def fill(work: Work, first: int, count: int) -> None:
    """So many owners with one line each, whose last lead is due at once."""
    tomorrow = (work.now + timedelta(days=1)).date().isoformat()
    for n in range(first, first + count):
        owner = people.add_owner(work, f"o{n}@example.org", admin=True)
        fields = {
            "number": f"+79160{n:06d}",
            "operator": "mts",
            "fee": "300",
            "balance": "1",
            "renews_on": tomorrow,
            "lead_times": ["P2D"],
        }
        lines.register(work, owner.id, fields)


async def add(app: App, first: int, count: int) -> None:
    """Have so many mails due."""
    await app.write(lambda work: fill(work, first, count))


async def once_each(app: App, count: int) -> None:
    """Wait until so many deliveries are over; each was sent at its first try."""
    async with asyncio.timeout(PATIENCE):
        while "pending" in {state for state, _ in await outcomes(app)}:
            await asyncio.sleep(0.02)
    assert await outcomes(app) == [("sent", 1)] * count


async def outcomes(app: App) -> list[tuple[str, int]]:
    """State and tries of every delivery."""

    def read(work: Work) -> list[tuple[str, int]]:
        found = [d for o in people.everyone(work) for d in deliveries.everything(work, o.id)]
        return [(d.state, len(d.attempts)) for d in found]

    return await app.read(read)


async def test_mails_go_by_way_of_the_broker(
    node: App, smtp: SmtpSink, broker: BrokerServer
) -> None:
    """What is due is handed over, started, sent once with one try, and gone from the stream."""
    await until(lambda: by_broker(node).is_up)
    seen: list[bytes] = []
    async with await nats.connect(broker.url) as client:

        async def keep(message: Msg) -> None:
            seen.append(message.data)

        await client.subscribe("reminder.>", cb=keep)
        await client.flush()
        await add(node, 0, 20)
        await until(lambda: len(smtp.messages) == 20)
        await until(lambda: len(seen) == 20)
        stream = client.jetstream()
        async with asyncio.timeout(PATIENCE):
            while (await stream.stream_info("reminder")).state.messages:
                await asyncio.sleep(0.02)
        info = (await stream.stream_info("reminder")).config
        consumer = (await stream.consumer_info("reminder", "email")).config
    assert (info.retention, info.storage) == (RetentionPolicy.WORK_QUEUE, StorageType.FILE)
    assert (info.max_msgs, info.max_age) == (100_000, 900)
    assert (consumer.ack_policy, consumer.ack_wait) == (AckPolicy.EXPLICIT, 900)
    assert all(ticket_of(content) is not None for content in seen)
    await once_each(node, 20)


async def test_every_message_twice(node: App, smtp: SmtpSink, broker: BrokerServer) -> None:
    """A broker that repeats everything sends nothing twice: the second copy loses the start."""
    await until(lambda: by_broker(node).is_up)
    async with await nats.connect(broker.url) as client:

        async def again(message: Msg) -> None:
            if not (message.headers or {}).get("Again"):
                await client.publish(message.subject, message.data, headers={"Again": "1"})

        await client.subscribe("reminder.>", cb=again)
        await client.flush()
        await add(node, 0, 30)
        await until(lambda: len(smtp.messages) >= 30)
        stream = client.jetstream()
        async with asyncio.timeout(PATIENCE):
            while (await stream.stream_info("reminder")).state.messages:
                await asyncio.sleep(0.02)
        assert (await stream.stream_info("reminder")).state.last_seq >= 60
    await once_each(node, 30)
    assert len(smtp.messages) == 30


async def test_work_goes_on_while_the_broker_is_away(
    node: App, smtp: SmtpSink, broker: BrokerServer
) -> None:
    """Killed, it is done without; wiped and started again, stream and consumers are made anew and
    used again."""
    await until(lambda: by_broker(node).is_up)
    broker.kill(wipe=True)
    await until(lambda: not by_broker(node).is_up)
    await add(node, 0, 5)
    await until(lambda: len(smtp.messages) == 5)
    broker.start()
    await until(lambda: by_broker(node).is_up)
    await add(node, 5, 5)
    await until(lambda: len(smtp.messages) == 10)
    async with await nats.connect(broker.url) as client:
        assert (await client.jetstream().stream_info("reminder")).state.last_seq == 5
    await once_each(node, 10)


async def test_what_the_broker_lost_is_due_at_once(
    tmp_path: Path, environ: dict[str, str], smtp: SmtpSink, broker: BrokerServer
) -> None:
    """What lay in a stream that is gone is handed over again as soon as the stream is there."""
    settings = settings_in(tmp_path, environ)
    async with open_app(settings) as app:
        await add(app, 0, 3)
        await app.plan()

        now = app.now()
        held = now + timedelta(minutes=10)
        portion = Portion(9, 9)
        handed = await app.database.write(
            lambda s: relay.hand_over(s, Lane.EMAIL, now, held, portion).tickets
        )
        assert len(handed) == 3
        await app.start()
        await until(lambda: len(smtp.messages) == 3)


async def test_what_one_owner_has_over_a_share_follows(
    tmp_path: Path, environ: dict[str, str], smtp: SmtpSink, broker: BrokerServer
) -> None:
    """An owner who has twice as much due as may lie with the broker gets all of it, handed
    over as there is room, each at its first try."""
    few = environ | {"REMINDER_ENGINE__BATCH": "4"}
    async with open_app(settings_in(tmp_path, few)) as app:
        anna = await app.write(lambda w: people.add_owner(w, "anna@example.org", admin=True))
        (mailbox,) = await app.read(lambda w: channels.everything(w, anna.id))
        for _ in range(45):
            await app.write(lambda w: channels.test(w, anna.id, mailbox.id))
        await app.start()
        await until(lambda: by_broker(app).is_up)
        await until(lambda: len(smtp.messages) == 45)
        await once_each(app, 45)


async def test_a_broker_that_is_not_there_at_the_start(
    tmp_path: Path, environ: dict[str, str], smtp: SmtpSink, broker: BrokerServer
) -> None:
    """A node starts without its broker, sends, and takes the broker when it comes."""
    broker.kill()
    async with open_app(settings_in(tmp_path, environ)) as app:
        await app.start()
        await add(app, 0, 2)
        await until(lambda: len(smtp.messages) == 2)
        assert not by_broker(app).is_up
        broker.start()
        await until(lambda: by_broker(app).is_up)


async def test_a_full_stream_takes_no_more(
    tmp_path: Path, environ: dict[str, str], smtp: SmtpSink, broker: BrokerServer
) -> None:
    """What the stream will not hold stays due in the database, and goes when there is room."""
    small = environ | {"REMINDER_ENGINE__STREAM_SIZE": "100"}
    async with await nats.connect(broker.url) as client:
        stream = client.jetstream()
        await stream.add_stream(
            name="reminder", subjects=["reminder.email", "reminder.webhook"], retention="workqueue"
        )
        for n in range(100):
            await stream.publish("reminder.webhook", f"dlv_{n}.x".encode())
        async with open_app(settings_in(tmp_path, small)) as app:
            await add(app, 0, 10)
            await app.start()
            await until(lambda: len(smtp.messages) == 10)
            await once_each(app, 10)


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


@pytest.mark.parametrize("content", [b"", b"dlv_1", b"dlv_1.", b"dlv_1.x", b"dlv.1.2", b"\xff\xfe"])
async def test_what_is_none_of_ours_starts_nothing(content: bytes) -> None:
    """A message that holds no ticket is thrown away."""
    assert ticket_of(content) is None


def test_the_stream_is_as_the_config_says() -> None:
    """Doubles are known for no longer than the stream keeps anything."""
    made = stream_config(Engine.model_validate(MINE))
    assert (made.name, made.max_age, made.duplicate_window, made.num_replicas) == (
        "mine",
        60,
        60,
        3,
    )
    assert made.subjects == ["mine.email", "mine.webhook"]


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
