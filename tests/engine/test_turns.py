"""Promises of reminder/engine/sender.py: whose turn it is, and who must not begin."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.domain.delivery import (
    ALONE_AFTER,
    DEAD_AFTER,
    PATIENCE,
    Lane,
    Message,
    Receipt,
    WebhookTarget,
)
from reminder.engine import sender
from reminder.engine.handover import Inline
from reminder.engine.sender import STOPS_US, Sender
from reminder.engine.tries import Ways
from reminder.engine.watch import Trouble
from reminder.service import channels, people
from reminder.transports.base import demand_lease
from reminder.transports.folder import FolderTransport
from tests.conftest import World
from tests.engine.samples import (
    DUE,
    GatedHook,
    add_hook,
    hooked,
    logged,
)
from tests.transports.samples import HEAD


async def test_a_crowd_of_one_owner_keeps_nobody_waiting(world: World) -> None:
    """Of thirty due webhooks of one owner no more than two run at a time at one host; a second
    owner's, due later, is sent among the first."""
    async with GatedHook() as hook:
        fields = {"kind": "webhook", "format": "standard"}
        for n in range(30):
            added = await add_hook(world, **fields, url=f"{hook.url}/{n}")
            test = partial(channels.test, owner=world.owner, channel=added.channel.id)
            await world.app.write(test)
        boris = await world.app.write(
            lambda w: people.add_owner(w, "boris@example.org", admin=True)
        )
        his = await world.app.write(
            lambda w: channels.add(w, boris.id, {**fields, "url": world.hook.url})
        )
        world.clock.set("2026-11-20T10:00:01")
        await world.app.write(lambda w: channels.test(w, boris.id, his.channel.id))
        draining = asyncio.create_task(world.app.ensure_sender().drain())
        async with asyncio.timeout(10):
            while not world.hook.requests:
                await asyncio.sleep(0.01)
        assert len(hook.requests) == 2
        hook.gate.set()
        await asyncio.wait_for(draining, 30)
        assert len(hook.requests) == 30


@pytest.mark.parametrize("lost", [ALONE_AFTER, DEAD_AFTER])
async def test_what_ends_the_service_is_tried_alone(world: World, lost: int) -> None:
    """A delivery whose tries were lost three times is tried while nothing else is; once it was
    lost five times more it is dead, with an alarm, and the rest goes on."""
    added = await hooked(world)
    world.clock.set(DUE)
    await world.app.plan()
    await world.app.database.write(
        lambda s: s.execute(text("UPDATE delivery SET lost = :lost"), {"lost": lost})
    )
    await world.app.write(lambda work: channels.test(work, world.owner, added.channel.id))
    await world.app.ensure_sender().drain()
    states = {d.kind: (d.state, d.reason) for d in await logged(world, channel=added.channel.id)}
    assert states["test"] == ("sent", "")
    troubles = [alarm.trouble for alarm in world.app.watch.alarms]
    if lost == ALONE_AFTER:
        assert (states["reminder"], troubles) == (("sent", ""), [])
        assert len(world.hook.requests) == 2
    else:
        assert states["reminder"] == ("dead", STOPS_US)
        assert troubles == [Trouble.GIVEN_UP]


async def test_room_is_made_for_what_must_run_alone(world: World) -> None:
    """While another try is under way nothing begins, and the outcast begins when it has ended."""
    async with GatedHook() as hook:
        await hooked(world, url=hook.url)
        world.clock.set(DUE)
        await world.app.plan()
        sender = world.app.ensure_sender()
        await sender.step()
        await asyncio.wait_for(hook.came.wait(), 10)
        added = await add_hook(world)
        await world.app.write(lambda work: channels.test(work, world.owner, added.channel.id))
        await world.app.database.write(
            lambda s: s.execute(text("UPDATE delivery SET lost = 3 WHERE kind = 'test'"))
        )
        world.clock.at += timedelta(seconds=6)
        assert await sender.step() == timedelta(0)
        assert world.hook.requests == []
        hook.gate.set()
        await sender.drain()
    assert len(world.hook.requests) == 1


async def test_what_ended_is_written_before_anything_runs_alone(world: World) -> None:
    """A delivery that may end the service takes nothing with it: what ended before is written."""
    async with GatedHook() as hook:
        await hooked(world)
        world.clock.set(DUE)
        await world.app.plan()
        sender = world.app.ensure_sender()
        await sender.step()
        async with asyncio.timeout(10):
            while not world.app.watch.counts.tries.total():
                await asyncio.sleep(0.01)
        added = await add_hook(world, url=hook.url)
        await world.app.write(lambda work: channels.test(work, world.owner, added.channel.id))
        await world.app.database.write(
            lambda s: s.execute(text("UPDATE delivery SET lost = 3 WHERE kind = 'test'"))
        )
        world.clock.at += timedelta(seconds=6)
        alone = asyncio.create_task(sender.step())
        await asyncio.wait_for(hook.came.wait(), 10)
        states = {d.kind: d.state for d in await logged(world)}
        hook.gate.set()
        await asyncio.wait_for(alone, 10)
    assert states == {"reminder": "sent", "test": "pending"}


async def test_what_hangs_alone_does_not_hold_up_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that must run alone and only takes long has not ended the service: after a while the
    others go on beside it, and it ends in its own time."""
    monkeypatch.setattr(sender, "ALONE_FOR", timedelta(milliseconds=50))
    async with GatedHook() as hook:
        await hooked(world, url=hook.url)
        world.clock.set(DUE)
        await world.app.plan()
        await world.app.database.write(lambda s: s.execute(text("UPDATE delivery SET lost = 3")))
        works = world.app.ensure_sender()
        assert await asyncio.wait_for(works.step(), 10) == timedelta(0)
        assert hook.came.is_set()
        added = await add_hook(world)
        await world.app.write(lambda work: channels.test(work, world.owner, added.channel.id))
        await works.step()
        async with asyncio.timeout(10):
            while not world.hook.requests:
                await asyncio.sleep(0.01)
        hook.gate.set()
        await asyncio.wait_for(works.drain(), 30)
    assert (len(hook.requests), len(world.hook.requests)) == (1, 1)
    assert {d.state for d in await logged(world)} == {"sent"}


class _Slow:
    """A transport whose connection takes until it is let, and that then hands over as all do."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self.gate = asyncio.Event()
        self.handed = 0

    async def send(self, message: Message, target: WebhookTarget, now: datetime) -> Receipt:
        """Connect for long, then hand over."""
        self.came.set()
        await self.gate.wait()
        demand_lease()
        self.handed += 1
        return Receipt("204")

    async def close(self) -> None:
        """Nothing is held."""


async def test_who_was_frozen_sends_nothing_and_changes_nothing(world: World) -> None:
    """A worker that wakes after its lease hands nothing over, and its late end changes no row:
    another has the delivery."""
    app, slow = world.app, _Slow()
    await hooked(world)
    world.clock.set(DUE)
    await app.plan()
    inline = Inline(app.database, app.now, "frozen")
    ways = Ways(FolderTransport(Path("nowhere"), HEAD), slow, dict.fromkeys(Lane, 4))
    frozen = Sender(app.guard, app.desk, ways, inline, app.watch, "frozen")
    draining = asyncio.create_task(frozen.drain())
    await asyncio.wait_for(slow.came.wait(), 10)
    world.clock.at += PATIENCE[Lane.WEBHOOK].lease  # the machine went on, the worker did not
    await app.ensure_sender().drain()
    slow.gate.set()
    await asyncio.wait_for(draining, 10)
    assert (slow.handed, len(world.hook.requests)) == (0, 1)
    (one,) = await logged(world)
    assert (one.state, [a.outcome for a in one.attempts]) == ("sent", ["sent"])
