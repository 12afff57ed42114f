"""Promises of reminder/engine/planning.py."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlmodel import select

from reminder.engine import planner
from reminder.engine.planning import Planning
from reminder.service import lines, people
from reminder.service.work import Work
from reminder.storage.tables import DeliveryRow, ReminderRow
from tests.conftest import World, line_fields
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


async def test_a_beat_looks_for_the_sender_of_a_file(world: World) -> None:
    """What is due to be sent is seen though nobody said so, and the clock was moved meanwhile; on
    PostgreSQL a sender, which may be another node's, looks by itself."""
    await register(world)
    app, woken = world.app, 0

    def wake() -> None:
        nonlocal woken
        woken += 1

    planning = Planning(app.database, app.desk, app.cluster, app.watch, wake)
    world.clock.set(DUE)
    await planning.beat()
    planned = woken
    await planning.beat()
    assert woken == planned + app.database.is_sqlite
    await app.ensure_sender().drain()
    await planning.beat()
    assert woken == planned + app.database.is_sqlite


async def test_many_passes_side_by_side_plan_each_line_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More owners than a pass takes, on PostgreSQL by passes at one time: each is planned for, no
    reminder and no message twice."""
    monkeypatch.setattr(planner, "OWNERS_A_PASS", 3)

    def fill(work: Work) -> None:
        for n in range(40):
            owner = people.add_owner(work, f"o{n}@example.org")
            lines.register(work, owner.id, line_fields())

    await world.app.write(fill)
    world.clock.set(DUE)
    await world.app.plan()
    with world.app.database.look() as session:
        told = Counter(session.exec(select(ReminderRow.owner_id)).all())
        sent = Counter(session.exec(select(DeliveryRow.owner_id)).all())
        following = planner.next_at(session)
    assert following is not None
    assert following > world.clock()
    assert len(told) == len(sent) == 40
    assert set(told.values()) == set(sent.values()) == {1}
