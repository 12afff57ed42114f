"""The broker falls silent in the middle of the work and comes back two hours later: work goes on
without it, and what it still holds starts nothing (ENGINE section 9, row 34)."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from reminder.app import App, open_app
from reminder.engine.jetstream import JetStream
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.fakes.broker import BrokerServer
from tests.faults.checker import check
from tests.faults.load import Ahead, add_due, put_forward, settled, until

COUNT = 30


@pytest.fixture(params=["jetstream"])
def engine(request: pytest.FixtureRequest) -> str:
    """Only this one has a broker."""
    return str(request.param)


@pytest.fixture
def shared_broker(broker: BrokerServer) -> BrokerServer:
    """It is frozen, so that nobody shares it."""
    return broker


def _is_up(app: App) -> bool:
    handover = app.ensure_sender().handover
    assert isinstance(handover, JetStream)
    return handover.is_up


async def test_the_broker_is_cut_off(
    tmp_path: Path, environ: dict[str, str], shared_broker: BrokerServer
) -> None:
    """Everything is sent once: what was under way by the broker at once or when its hand-over ends,
    the rest straight out of the database; the old messages that come back start nothing."""
    record, clock = tmp_path / "accepted", Ahead()
    async with SmtpSink(record=record, pause=0.1) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            await app.write(lambda work: add_due(work, 0, COUNT))
            await app.start()
            await until(lambda: len(smtp.messages) >= COUNT // 3)
            broker = shared_broker.pid
            os.kill(broker, signal.SIGSTOP)
            await app.write(lambda work: add_due(work, COUNT, COUNT))
            await app.plan()
            await until(lambda: not _is_up(app))
            await put_forward(app, clock, timedelta(hours=2))
            await settled(app)
            os.kill(broker, signal.SIGCONT)
            await until(lambda: _is_up(app))
            await app.write(lambda work: add_due(work, 2 * COUNT, 1))
            await app.plan()
            await settled(app)
            assert check(app.database, record, owed=2 * COUNT + 1, twice=0) == 0
