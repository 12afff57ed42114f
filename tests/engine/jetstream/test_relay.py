"""Promises of reminder/engine/jetstream/relay.py: what the broker loses or will not take falls due
again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import nats
import pytest

from reminder.app import open_app
from reminder.domain.delivery import Lane
from reminder.engine.jetstream.broker import Broker
from reminder.engine.jetstream.relay import Relay, ticket_of
from reminder.errors import StorageError
from reminder.service import channels, people
from reminder.storage import relay
from reminder.storage.relay import Portion
from tests.conftest import settings_in
from tests.engine.jetstream.samples import PATIENCE, add, by_broker, once_each, until
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


async def test_what_could_not_be_made_due_after_a_loss_is_made_due_again(
    tmp_path: Path,
    environ: dict[str, str],
    smtp: SmtpSink,
    broker: BrokerServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database fails in the moment in which the stream was made anew: it is tried again."""
    take_all_back, calls = Relay.take_all_back, []

    async def fails_once(self: Relay) -> None:
        calls.append(self)
        if len(calls) == 1:
            raise StorageError("away for a moment")
        await take_all_back(self)

    monkeypatch.setattr(Relay, "take_all_back", fails_once)
    async with open_app(settings_in(tmp_path, environ)) as app:
        await add(app, 0, 3)
        await app.plan()
        now = app.now()
        portion, held = Portion(9, 9), now + timedelta(minutes=10)
        await app.database.write(lambda s: relay.hand_over(s, Lane.EMAIL, now, held, portion))
        await app.start()
        await until(lambda: len(smtp.messages) == 3)
    assert len(calls) == 2


async def test_a_node_that_stops_publishes_what_it_has_taken(
    tmp_path: Path, environ: dict[str, str], smtp: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between the commit and the broker's word, it ends what it began: another node sends
    it at once, not ten minutes later."""
    publish, begun = Broker.publish, asyncio.Event()

    async def slowly(self: Broker, lane: Lane, text: str) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        await publish(self, lane, text)

    keyed = environ | {"REMINDER_SERVER__KEY": "k" * 32}
    second = keyed | {"REMINDER_ENGINE__NODE": "there"}
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(Broker, "publish", slowly)
    async with open_app(settings_in(tmp_path / "a", keyed)) as here:
        await here.start()
        await until(lambda: by_broker(here).is_up)
        await add(here, 0, 3)
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
    monkeypatch.undo()
    async with open_app(settings_in(tmp_path / "b", second)) as there:
        await there.start()
        await until(lambda: len(smtp.messages) == 3)
        await once_each(there, 3)


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
