"""Promises of reminder/engine/living.py: the service shows that it lives while it does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reminder.app import App, open_app
from reminder.engine import living
from reminder.service import people
from reminder.storage.ailing import Ailment
from tests.conftest import HandClock, World, settings_in
from tests.engine.samples import DUE, add_hook, logged, plain, register, stop_mail
from tests.fakes.site import SiteSink

FIRST = "2026-12-01T06:00:00"  # 09:00 in Moscow


@pytest.fixture
async def site() -> AsyncIterator[SiteSink]:
    """A watcher outside."""
    async with SiteSink() as outside:
        outside.answers["/ping"] = (200, "")
        yield outside


@pytest.fixture
async def watched(tmp_path: Path, clock: HandClock, site: SiteSink) -> AsyncIterator[App]:
    """An app with that watcher."""
    environ = {
        "REMINDER_SERVICE__WATCHER": f"{site.url}/ping",
        "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
    }
    async with open_app(settings_in(tmp_path, environ), clock=clock) as opened:
        yield opened


async def test_the_watcher_is_called_while_all_is_well(watched: App, site: SiteSink) -> None:
    """Called when the database can be written and the engine beats; not called else, so that the
    watcher speaks up; and called again when it is well."""
    await watched.show_life()
    assert site.requests == [("HEAD", "/ping")]
    watched.database.ailment = Ailment.DAMAGED
    await watched.show_life()
    assert len(site.requests) == 1
    watched.database.ailment = Ailment.FULL
    await watched.show_life()
    assert len(site.requests) == 2


async def test_a_watcher_that_is_away_hurts_nobody(watched: App, site: SiteSink) -> None:
    """A watcher that answers with an error, or not at all, is logged and called again later."""
    site.answers["/ping"] = (500, "")
    assert not await living.call(watched.desk)
    await site.__aexit__(None, None, None)
    assert not await living.call(watched.desk)
    async with SiteSink() as again:
        assert again.url


async def test_the_administrators_are_told_once_a_month(world: World) -> None:
    """On the first, at the hour of reminders, each administrator gets the counts; nobody else, and
    once, however often it is looked for."""
    await world.app.write(lambda work: people.add_owner(work, "boris@example.org"))
    await register(world)
    await world.beat(DUE)
    for moment in ("2026-11-30T06:00:00", "2026-12-01T05:59:00"):
        world.clock.set(moment)
        await world.app.tell_of_life()
    before = len(world.smtp.messages)
    for moment in (FIRST, "2026-12-01T06:10:00", "2026-12-01T20:00:00"):
        world.clock.set(moment)
        await world.app.tell_of_life()
        await world.app.ensure_sender().drain()
    (mail,) = world.smtp.messages[before:]
    assert mail.recipients == ("anna@example.org",)
    said = " ".join(plain(mail.parsed).split())
    assert "numbers watched 1, reminders sent 1, not taken by a channel 0, missing at" in said
    assert [d.kind for d in await logged(world)].count("heartbeat") == 1
    world.clock.set("2027-01-01T06:00:00")
    await world.app.tell_of_life()
    await world.app.ensure_sender().drain()
    assert [d.kind for d in await logged(world)].count("heartbeat") == 2


async def test_it_goes_to_a_webhook_too(world: World) -> None:
    """Where the administrator's channel is a webhook the word is ``service.heartbeat``."""
    await add_hook(world)
    await stop_mail(world)
    world.clock.set(FIRST)
    await world.app.tell_of_life()
    await world.app.ensure_sender().drain()
    (request,) = world.hook.requests
    assert json.loads(request.body)["type"] == "service.heartbeat"


async def test_who_wants_no_word_gets_none(tmp_path: Path) -> None:
    """The config may say never."""
    clock = HandClock()
    clock.set(FIRST)
    environ = {"REMINDER_SERVICE__SIGN_OF_LIFE": "never"}
    async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
        await app.write(lambda work: people.add_owner(work, "anna@example.org"))
        assert not await living.tell(app.cluster, app.database, app.desk)
