"""Promises of reminder/engine/jetstream/relay.py: what the broker loses or will not take falls due
again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import nats
import pytest

from reminder.app import open_app
from reminder.domain.delivery import Lane
from reminder.engine.jetstream.relay import ticket_of
from reminder.service import channels, people
from reminder.storage import relay
from reminder.storage.relay import Portion
from tests.conftest import settings_in
from tests.engine.jetstream.samples import add, by_broker, once_each, until
from tests.fakes import SmtpSink
from tests.fakes.broker import BrokerServer


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


@pytest.mark.parametrize("content", [b"", b"dlv_1", b"dlv_1.", b"dlv_1.x", b"dlv.1.2", b"\xff\xfe"])
async def test_what_is_none_of_ours_starts_nothing(content: bytes) -> None:
    """A message that holds no ticket is thrown away."""
    assert ticket_of(content) is None
