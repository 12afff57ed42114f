"""A node that works by way of a real NATS server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reminder.app import App, open_app
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.fakes.broker import BrokerServer


@pytest.fixture(params=["postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """A broker needs PostgreSQL."""
    return str(request.param)


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
