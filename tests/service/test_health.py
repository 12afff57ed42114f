"""Promises of reminder/service/health.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.channel import Channel
from reminder.domain.ids import ChannelId, OwnerId
from reminder.errors import NotFound
from reminder.service import channels, health
from tests.conftest import HandClock, World
from tests.service.samples import person, register


async def _hook(app: App, owner: OwnerId, url: str, **changes: object) -> ChannelId:
    given = {"kind": "webhook", "url": url, **changes}
    return (await app.write(lambda work: channels.add(work, owner, given))).channel.id


async def test_health_is_told_to_its_owner_only(world: World) -> None:
    """Each channel's numbers are read from the log; another owner's channel is not found."""
    hook = await _hook(world.app, world.owner, world.hook.url)
    await world.app.write(lambda work: channels.test(work, world.owner, hook))
    await world.beat()
    how = await world.app.read(lambda work: health.everything(work, world.owner))
    assert (how[hook].sent, how[hook].failed, len(how)) == (1, 0, 2)
    assert await world.app.read(lambda w: health.get(w, world.owner, hook)) == how[hook]
    boris = await person(world.app, "boris@example.org")
    with pytest.raises(NotFound):
        await world.app.read(lambda work: health.get(work, boris, hook))
    with pytest.raises(NotFound):
        await world.app.read(lambda work: health.without(work, boris, hook))


async def test_what_would_be_without_a_channel(app: App, clock: HandClock) -> None:
    """Removing names the places that reminders go to then; looking changes nothing."""
    owner = await person(app)
    hook = await _hook(app, owner, "https://example.org/hook", label="Home")
    (mail,) = [c for c in await _all(app, owner) if c.kind == "email"]
    await register(app, owner, channels=[hook])
    await register(app, owner, number="+7 916 765-43-21")
    clock.set("2026-11-24T06:00:00")
    await app.plan()
    then = await app.read(lambda work: health.without(work, owner, hook))
    assert (then.named_by, then.waiting, then.own) == (1, 1, False)
    assert then.places == ("anna@example.org",)
    other = await app.read(lambda work: health.without(work, owner, mail.id))
    assert other.places == ("Home",)
    assert len(await _all(app, owner)) == 2


async def test_the_last_channel_leaves_the_own_address(app: App) -> None:
    """Without any channel reminders go to the address one signs in with, and it is said."""
    owner = await person(app)
    (mail,) = await _all(app, owner)
    await register(app, owner)
    then = await app.read(lambda work: health.without(work, owner, mail.id))
    assert then.own is True
    assert (await app.read(lambda w: health.without(w, owner, mail.id))).named_by == 0


async def _all(app: App, owner: OwnerId) -> list[Channel]:
    return await app.read(lambda work: channels.everything(work, owner))
