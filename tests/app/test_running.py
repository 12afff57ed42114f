"""Promises of reminder/app/running.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import App, open_app, utc_now
from reminder.domain.delivery import Lane
from reminder.errors import InvalidInput, TokenRefused
from reminder.service import channels, people
from reminder.service.work import Work
from reminder.storage import claims, owners
from tests.conftest import START, HandClock, World, settings_in
from tests.engine.samples import DUE, logged, register


async def test_readiness_says_how_far_behind(app: App, clock: HandClock) -> None:
    """Ready with nothing due; what lies waiting is counted in seconds; an engine that has stopped
    beating is not ready."""
    owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
    state = await app.readiness()
    assert (state.ready, state.reasons, state.lag_seconds) == (True, (), 0)
    (mine,) = await app.read(lambda work: channels.everything(work, owner.id))
    await app.write(lambda work: channels.test(work, owner.id, mine.id))
    clock.set("2026-11-20T10:01:30")
    assert (await app.readiness()).lag_seconds == 90


async def test_an_engine_that_does_not_beat_is_not_ready(tmp_path: Path) -> None:
    """A started service is ready once it has planned, and no more when it stands still."""
    late = HandClock(utc_now())
    async with open_app(settings_in(tmp_path), clock=late) as app:
        await app.start()
        for _ in range(500):
            if (await app.readiness()).ready:
                break
            await asyncio.sleep(0.01)
        assert (await app.readiness()).ready is True
        late.at = late.at.replace(year=late.at.year + 1)
        assert (await app.readiness()).reasons == ("the engine does not beat",)


async def test_a_database_that_cannot_be_written_is_not_ready(tmp_path: Path) -> None:
    """When the database refuses, the service says that it is not ready, and why."""
    async with open_app(settings_in(tmp_path)) as app:
        await app.write(lambda work: work.session.execute(text("DROP TABLE delivery")))
        state = await app.readiness()
        assert (state.ready, state.reasons) == (False, ("the database cannot be written",))


async def test_a_restart_sends_what_was_claimed(tmp_path: Path, world: World) -> None:
    """A start makes due at once what a dead predecessor had claimed."""
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    until = world.clock.at.replace(hour=7)
    claim = claims.claim
    claimed = await world.app.database.write(
        lambda s: claim(s, Lane.EMAIL, world.clock.at, until, 9, "dead")
    )
    assert len(claimed) == 1
    await world.app.start()
    for _ in range(1000):
        if [d.state for d in await logged(world)] == ["sent"]:
            break
        await asyncio.sleep(0.01)
    assert len(world.smtp.messages) == 1


async def test_tidying_forgets_what_is_over(app: App, clock: HandClock) -> None:
    """The hourly beat drops expired sessions and answers, and keeps the rest."""
    owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
    path = await app.write(lambda work: people.owner_link(work, owner.id))
    clock.set("2026-11-21T10:00:00")
    await app.tidy()
    clock.at = START
    token = path.removeprefix("/sign-in/")
    with pytest.raises(TokenRefused):
        await app.read(lambda work: people.open_sign_in(work, token))
    assert await app.read(lambda work: owners.count(work.session)) == 1


async def test_a_write_is_whole_or_nothing(world: World) -> None:
    """When one of two changes of a unit is refused, neither is kept."""

    def both(work: Work) -> None:
        people.change_me(work, world.owner, {"language": "ru"})
        people.change_me(work, world.owner, {"language": "de"})

    with pytest.raises(InvalidInput):
        await world.app.write(both)
    me = await world.app.read(lambda work: people.me(work, world.owner))
    assert me.language == "en"
