"""A service of any kind of sign-up, with a real mail server on loopback."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from reminder.app import open_app
from reminder.service import people
from tests.conftest import HandClock, World, settings_in
from tests.engine.samples import plain
from tests.fakes import SmtpSink, WebhookSink

Open = Callable[[str], AbstractAsyncContextManager[World]]


@pytest.fixture
def open_world(tmp_path: Path, clock: HandClock, database_url: str) -> Open:
    """Opens a world whose ``access.sign_up`` is as named, with Anna in it."""

    @asynccontextmanager
    async def opened(sign_up: str) -> AsyncIterator[World]:
        async with SmtpSink() as smtp, WebhookSink() as hook:
            environ = {
                "REMINDER_DATABASE__URL": database_url,
                "REMINDER_EMAIL__URL": smtp.url,
                "REMINDER_ACCESS__SIGN_UP": sign_up,
            }
            async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
                owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
                yield World(app, clock, smtp, hook, owner.id)

    return opened


def link_in(world: World, place: str = "sign-in") -> str:
    """The secret of the newest mailed link; mails of one moment arrive in any order."""
    mails = "\n".join(plain(mail.parsed) for mail in world.smtp.messages)
    return str(re.findall(rf"https://reminder\.test/{place}/(\S+)", mails)[-1])
