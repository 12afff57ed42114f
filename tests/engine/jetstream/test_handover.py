"""Promises of reminder/engine/jetstream/handover.py: by way of the broker each mail goes once."""

from __future__ import annotations

import asyncio

import nats
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, RetentionPolicy, StorageType

from reminder.app import App
from reminder.engine.jetstream.relay import ticket_of
from tests.engine.jetstream.samples import PATIENCE, add, by_broker, once_each, until
from tests.fakes import SmtpSink
from tests.fakes.broker import BrokerServer


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
