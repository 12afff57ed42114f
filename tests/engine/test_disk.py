"""Promises of reminder/engine/disk.py: nothing is sent while nothing can be stored."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from reminder.engine import disk
from reminder.engine.disk import PROBE_EVERY, DiskGuard
from reminder.engine.watch import Trouble
from reminder.errors import StorageError
from reminder.storage.ailing import Ailment
from tests.conftest import World
from tests.engine.samples import DUE, logged, register

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])


def _troubles(world: World) -> list[Trouble]:
    return [alarm.trouble for alarm in world.app.watch.alarms]


def _limit(world: World, more: int) -> None:
    with world.app.database.unit() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + more}"))


def _ballast(size: int) -> str:
    return f"CREATE TABLE ballast AS SELECT randomblob({size}) AS b"


@ON_SQLITE
async def test_sending_waits_for_room(world: World) -> None:
    """When the disk is full nothing more is claimed or sent, what is there can be read, and the
    alarm stands; when there is room again it goes on by itself."""
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    sender = world.app.ensure_sender()
    _limit(world, 0)
    with pytest.raises(StorageError, match="the disk is full"):
        await world.app.write(lambda work: work.session.execute(text(_ballast(100_000))))
    world.app.database.ailment = Ailment.DAMAGED
    assert await sender.step() == PROBE_EVERY
    assert (world.smtp.messages, _troubles(world)) == ([], [Trouble.DATABASE])
    assert (await world.app.readiness()).reasons == ("the database cannot be written",)
    assert [d.state for d in await logged(world)] == ["pending"]
    world.app.database.ailment = Ailment.FULL
    _limit(world, 10_000)
    world.clock.at += PROBE_EVERY
    await sender.step()
    await sender.drain()
    assert (len(world.smtp.messages), _troubles(world)) == (1, [])


@ON_SQLITE
async def test_what_waited_for_room_is_gone_on_with_once(world: World) -> None:
    """Who asks whether it is well again has what waited done at once, and only then."""
    goes_on: list[bool] = []
    database = world.app.database
    guard = DiskGuard(database, world.app.watch, lambda: goes_on.append(True))
    assert await guard.database_is_well()
    database.ailment = Ailment.DAMAGED
    assert not await guard.database_is_well()
    assert goes_on == []
    database.ailment = Ailment.FULL
    assert await guard.database_is_well()
    assert await guard.database_is_well()
    assert goes_on == [True]


@ON_SQLITE
async def test_a_log_that_stays_large_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log over the limit is cut off; where a reader keeps it, an alarm stands until it ends."""
    monkeypatch.setattr(disk, "WAL_LARGE", 100_000)
    guard = world.app.guard
    await world.app.write(lambda work: work.session.execute(text(_ballast(200_000))))
    await guard.look_at_wal()
    assert (world.app.database.wal_size(), _troubles(world)) == (0, [])
    with world.app.database.look() as reader:
        reader.execute(text("SELECT count(*) FROM ballast"))
        await world.app.write(lambda w: w.session.execute(text("UPDATE ballast SET b = b || b")))
        await guard.look_at_wal()
        assert _troubles(world) == [Trouble.WAL]
    await guard.look_at_wal()
    assert _troubles(world) == []
