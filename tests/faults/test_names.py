"""Names that are not found, or not in time: the tries by that lane wait, mail goes on (ENGINE
section 9, row 33)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from reminder.app import App, open_app
from reminder.domain.delivery import Lane
from reminder.transports.webhook import WebhookSettings, WebhookTransport
from tests.conftest import settings_in
from tests.fakes import SmtpSink, WebhookSink
from tests.faults.checker import check
from tests.faults.load import Ahead, add_due, put_forward, settled, tried, until

COUNT = 3


@dataclass
class Names:
    """The names of the world: they hang, are not found, or lead to the receiver."""

    mood: str
    asked: int = 0
    never: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _host: str) -> Sequence[str]:
        """The addresses of a host."""
        self.asked += 1
        if self.mood == "hang":
            await self.never.wait()
        if self.mood == "away":
            raise OSError("Temporary failure in name resolution")
        return ("127.0.0.1",)


def _resolve_by(app: App, names: Names) -> WebhookTransport:
    sender, chosen = app.ensure_sender(), app.settings.webhooks
    settings = WebhookSettings(
        timedelta(seconds=1), chosen.concurrency, tuple(chosen.allow_networks)
    )
    hook = WebhookTransport(settings, resolve=names)
    sender._ways = replace(sender._ways, webhook=hook)
    return hook


@pytest.mark.parametrize("mood", ["hang", "away"])
async def test_names_are_away(tmp_path: Path, environ: dict[str, str], mood: str) -> None:
    """While no name is found the mails arrive and the webhooks wait, certain that nothing was sent;
    when names are back, they arrive once each."""
    record, clock, names = tmp_path / "accepted", Ahead(), Names(mood)
    async with SmtpSink(record=record) as smtp, WebhookSink(record=record) as hook:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            wire, url = _resolve_by(app, names), f"http://hooks.example.org:{hook.port}"
            await app.write(lambda work: add_due(work, 0, COUNT, url))
            await app.write(lambda work: add_due(work, COUNT, COUNT))
            await app.start()
            await until(lambda: len(smtp.messages) == COUNT)
            log = await tried(app, COUNT, Lane.WEBHOOK)
            assert {outcome for outcome, _, _ in log} == {"unreachable"}
            assert hook.connections == 0
            names.mood = "well"
            names.never.set()
            await put_forward(app, clock, timedelta(hours=3))
            await settled(app)
            assert check(app.database, record, owed=2 * COUNT, twice=0) == 0
            await wire.close()
    assert len(hook.requests) == COUNT
