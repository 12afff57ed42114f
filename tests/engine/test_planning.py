"""Promises of reminder/engine/planning.py."""

from __future__ import annotations

from tests.conftest import World
from tests.engine.samples import DUE, logged, register


async def test_a_beat_that_finds_nothing_writes_nothing(world: World) -> None:
    """Until something falls due the planner only looks when that will be; it counts as a beat."""
    await register(world)
    await world.app.plan()
    before = len(world.app.database.writes)
    for _ in range(3):
        await world.app.plan()
    assert len(world.app.database.writes) == before
    world.clock.set(DUE)
    await world.app.plan()
    assert len(world.app.database.writes) > before
    assert len(await logged(world)) == 1
