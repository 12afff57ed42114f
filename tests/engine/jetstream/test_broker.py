"""Promises of reminder/engine/jetstream/broker.py: while the broker is away work goes on, and what
is kept on it is as the config says."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import nats

from reminder.app import App, open_app
from reminder.config.tables import Engine
from reminder.engine.jetstream.broker import Broker, stream_config
from tests.conftest import settings_in
from tests.engine.jetstream.samples import add, by_broker, once_each, until
from tests.fakes import SmtpSink
from tests.fakes.broker import BrokerServer

MINE = {"stream": "mine", "stream_keep": "1m", "stream_replicas": 3}


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


async def test_a_stop_whose_cancellation_is_lost(broker: BrokerServer) -> None:
    """Told to stop while an answer of the broker arrives, a node of Python before 3.12 hears the
    answer alone; it stops nevertheless."""
    begun = asyncio.Event()

    async def heard_nothing() -> None:
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    kept = Broker(Engine(handover=broker.url), "here")
    kept.start([], heard_nothing, lambda: None)
    async with asyncio.timeout(10):
        await begun.wait()
        await kept.stop()
        await kept.close()


async def test_told_to_stop_before_it_began(tmp_path: Path, environ: dict[str, str]) -> None:
    """A sender whose turn comes after it was stopped asks the broker for nothing."""
    async with open_app(settings_in(tmp_path, environ)) as app:
        before = asyncio.all_tasks()
        await app.ensure_sender().stop()
        await app.ensure_sender().run()
        await asyncio.sleep(0.2)
        assert asyncio.all_tasks() <= before
        assert not by_broker(app).is_up


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
