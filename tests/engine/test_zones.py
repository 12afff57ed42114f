"""Promises of reminder/engine/zones.py: other tz data, other instants, nothing lost or doubled."""

from __future__ import annotations

import shutil
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reminder.app import App
from reminder.domain.ids import LineId
from reminder.engine import zones
from reminder.storage import lines as kept_lines
from reminder.storage import owners
from tests.conftest import World
from tests.engine.samples import DUE, logged, register
from tests.storage.samples import least_wake_at

MOSCOW = "Europe/Moscow"
SOME_DAY = datetime(2026, 11, 22, 6, tzinfo=UTC)
EARLIER = "2026-11-24T04:00:00"  # 09:00 in Moscow, if Moscow went by the time of Yekaterinburg


@pytest.fixture(autouse=True)
def _own_zones_afterwards() -> Iterator[None]:
    yield
    zones.in_force({})


@pytest.fixture
def other_zones(tmp_path: Path) -> dict[str, str]:
    """An environment that names tz data in which Moscow goes by the time of Yekaterinburg."""
    shipped, folder = Path(str(files("tzdata") / "zoneinfo")), tmp_path / "zones"
    (folder / "Europe").mkdir(parents=True)
    shutil.copy(shipped / "Asia" / "Yekaterinburg", folder / "Europe" / "Moscow")
    (folder / "tzdata.zi").write_text("# version 2099z\n# This zic input file\n")
    return {"PYTHONTZPATH": str(folder)}


def test_zones_are_the_packages_own() -> None:
    """Local times rest on the tz data that the service brings with it, whatever the system has."""
    zoneinfo.reset_tzpath(["/usr/share/zoneinfo"])
    assert zones.in_force({}) == version("tzdata")
    assert zoneinfo.TZPATH == ()
    assert ZoneInfo(MOSCOW).key == MOSCOW


def test_unless_told_otherwise(other_zones: dict[str, str], tmp_path: Path) -> None:
    """PYTHONTZPATH names other tz data, and its version is read there; a folder that names none is
    called by its path."""
    assert zones.in_force(other_zones) == "2099z"
    assert datetime(2026, 11, 24, 9, tzinfo=ZoneInfo(MOSCOW)).astimezone(UTC).hour == 4
    (tmp_path / "zones" / "tzdata.zi").unlink()
    assert zones.in_force(other_zones) == str(tmp_path / "zones")


def _with_version(app: App, tzdata: str) -> None:
    app.cluster.me = replace(app.cluster.me, tzdata=tzdata)


async def _stamp(app: App) -> str | None:
    return await app.database.read(lambda session: owners.fact(session, zones.STAMP))


async def test_a_new_database_needs_no_second_look(world: World) -> None:
    """It is stamped while it is empty, so that what is written into it is not computed twice; one
    with lines and no stamp was written by who knows which."""
    stamp = zones.STAMP
    assert await world.app.database.read(lambda s: owners.fact(s, stamp)) == version("tzdata")
    await world.app.database.write(lambda s: owners.set_fact(s, stamp, "2001a"))
    await world.app.database.write(lambda s: zones.begin(s, "2099z"))
    assert await world.app.database.read(lambda s: owners.fact(s, stamp)) == "2001a"


async def test_other_tz_data_moves_what_is_to_come(
    world: World, other_zones: dict[str, str]
) -> None:
    """Started with other tz data, every line is looked at anew, once: it is 09:00 by the new data,
    and one message comes."""
    await register(world)
    await world.app.check_zones()
    assert await _stamp(world.app) == world.app.cluster.me.tzdata
    _with_version(world.app, zones.in_force(other_zones))
    await world.beat(EARLIER)
    assert world.smtp.messages == []
    world.clock.set("2026-11-20T11:00:00")
    await world.app.check_zones()
    assert await _stamp(world.app) == "2099z"
    await world.beat("2026-11-24T03:59:59")
    assert world.smtp.messages == []
    for moment in (EARLIER, DUE):
        await world.beat(moment)
    assert [d.due_at.isoformat() for d in await logged(world)] == ["2026-11-24T04:00:00+00:00"]
    assert len(world.smtp.messages) == 1


async def test_one_node_does_it(world: World) -> None:
    """While one node computes, and when it has, another leaves it alone; the data that are in force
    already are not computed again."""
    me = world.app.cluster.me.tzdata
    await world.app.database.write(lambda s: owners.set_fact(s, zones.STAMP, "2001a"))
    check = zones.check(world.app.cluster, world.app.database, world.app.desk)
    assert await check
    for tzdata, done in ((me, False), ("2099z", True), ("2099z", False)):
        _with_version(world.app, tzdata)
        again = zones.check(world.app.cluster, world.app.database, world.app.desk)
        assert await again is done, tzdata


async def test_every_line_is_reached(world: World) -> None:
    """Lines are looked at in the order of their ids, some at a time, to the last; one that is due
    is left to the planner, one whose owner is at it keeps what was written."""
    views = [await register(world, number=f"+7 916 123-45-6{n}", label=str(n)) for n in range(3)]
    ids = sorted(view.line.id for view in views)
    now = world.clock.at

    def look(after: str) -> LineId | None:
        with world.app.database.unit() as session:
            return zones.recompute(session, world.app.desk, LineId(after), now)

    assert [look(""), look(ids[0]), look(ids[-1])] == [ids[-1], ids[-1], None]
    with world.app.database.unit() as session:
        first = kept_lines.get(session, ids[0])
        stale = replace(first, version=first.version - 1)
        kept_lines.set_wake_at(session, stale, now)
        assert kept_lines.sleeping(session, LineId(""), now, 1)[0].line.id == ids[0]
        kept_lines.set_wake_at(session, first, now)
        assert kept_lines.sleeping(session, LineId(""), now, 1)[0].line.id == ids[1]


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_a_line_that_cannot_be_judged_stays_as_it_is(world: World) -> None:
    """A line whose zone the new data do not know keeps its moment; the others are moved on."""
    lost = await register(world)
    other = await register(world, number="+7 916 123-45-68", timezone="Europe/Berlin")
    now = world.clock.at
    with world.app.database.unit() as session:
        owners.save(session, replace(owners.get(session, world.owner), timezone="Atlantis/Town"))
        for view in (lost, other):
            kept_lines.set_wake_at(session, kept_lines.get(session, view.line.id), SOME_DAY)
    with world.app.database.unit() as session:
        last = zones.recompute(session, world.app.desk, LineId(""), now)
    assert last == max(lost.line.id, other.line.id)
    with world.app.database.look() as session:
        assert least_wake_at(session, world.owner) == SOME_DAY
