"""Promises of reminder/engine/audit.py: what the planner overlooked is found."""

from __future__ import annotations

from sqlalchemy import text

from reminder.domain.ids import LineId
from reminder.engine import audit
from reminder.engine.audit import Audited
from reminder.engine.watch import Trouble
from reminder.service import acts, people
from reminder.service.work import Work
from reminder.storage import lines
from tests.bench import seed
from tests.conftest import World
from tests.engine.samples import DUE, logged, register, several

NIGHT = "2026-11-25T00:10:00"  # 03:10 in Moscow
ONLY = "UPDATE line SET wake_at = NULL WHERE label = 'Mum'"


async def _audited(world: World) -> Audited:
    found = await world.app.database.read(audit.last)
    assert found is not None
    return found


async def _oversee(world: World) -> None:
    """Lose the moment at which a line is looked at, as a fault of ours might."""
    await world.app.database.write(lambda session: session.execute(text(ONLY)))


async def test_nothing_is_missing(world: World) -> None:
    """After a day of ordinary work, with what was skipped, covered or acknowledged, the audit finds
    nothing."""
    await several(world, 3)
    await register(world, number="+7 916 765-43-21", balance="9000")
    view = await register(world)
    await world.beat(DUE)
    await world.app.write(lambda work: acts.acknowledge(work, world.owner, view.line.id))
    await world.beat("2026-11-24T20:00:00")
    world.clock.set(NIGHT)
    await world.app.audit()
    assert await _audited(world) == Audited(world.clock.at, lines=5)
    assert world.app.watch.alarms == []


async def test_what_was_overlooked_is_found_and_sent(world: World) -> None:
    """A line that nothing wakes any more: the audit counts it, alarms, and has it planned; the next
    night nothing is missing."""
    await register(world)
    await several(world, 2)
    await _oversee(world)
    await world.beat(DUE)
    assert len((await logged(world))[0].reminders) == 2
    world.clock.set(NIGHT)
    await world.app.audit()
    assert ((await _audited(world)).missing, (await _audited(world)).lines) == (1, 3)
    assert [alarm.trouble for alarm in world.app.watch.alarms] == [Trouble.MISSING]
    await world.app.ensure_sender().drain()
    assert len(await logged(world)) == 2
    world.clock.set("2026-11-26T00:10:00")
    await world.app.audit()
    assert (await _audited(world)).missing == 0
    assert world.app.watch.alarms == []


async def test_it_is_done_once_a_night(world: World) -> None:
    """The first time at once, then only at night, and once."""
    await world.app.audit()
    first = await _audited(world)
    for moment in ("2026-11-20T21:00:00", "2026-11-20T10:40:00"):
        world.clock.set(moment)
        await world.app.audit()
        assert await _audited(world) == first
    world.clock.set("2026-11-22T00:10:00")
    await world.app.audit()
    second = await _audited(world)
    world.clock.set("2026-11-22T00:40:00")
    await world.app.audit()
    assert (second.at > first.at, await _audited(world)) == (True, second)


async def test_a_line_that_cannot_be_read_is_counted(world: World) -> None:
    """It does not keep the audit from the others."""
    await register(world)
    await several(world, 2)
    await world.beat(DUE)
    spoil = "UPDATE line SET standing = '{' WHERE label = 'Mum'"
    await world.app.database.write(lambda session: session.execute(text(spoil)))
    world.clock.set(NIGHT)
    found = await world.app.database.read(
        lambda s: audit.look(s, world.app.desk, LineId(""), world.clock.at)
    )
    assert (found.looked_at, found.unread, found.missing) == (3, 1, ())


async def test_the_calendar_alone_finds_it_too(world: World) -> None:
    """Even where the rules were to say that nothing is owed, the days counted by hand are not
    fooled: a lead of this deadline went by, and no reminder of it is known."""
    view = await register(world)
    world.clock.set(NIGHT)

    def certain(work: Work) -> list[int]:
        kept = lines.get(work.session, view.line.id)
        case = work.desk.situation(kept, people.me(work, world.owner), work.now)
        return list(audit._certain(case, work.now))

    assert await world.app.read(certain) == [7]


async def test_the_first_audit_of_many_lines_waits_for_the_night(world: World) -> None:
    """A database with little in it is audited at the first start; one with much, in its hour."""
    assert await world.app.database.read(audit.is_first_and_short)
    await world.app.write(lambda work: seed.fill(work, world.owner, audit.LINES_A_PASS + 1))
    assert not await world.app.database.read(audit.is_first_and_short)
    await world.app.audit()
    assert await world.app.database.read(audit.last) is None
