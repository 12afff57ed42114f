"""Promises of reminder/engine/planner.py."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from reminder.engine.planner import plan
from reminder.service import acts, lines
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from reminder.storage import lines as line_store
from tests.conftest import World, line_fields
from tests.engine.samples import DUE, add_hook, logged, plain, register, stop_mail
from tests.storage.samples import next_wake_at


async def test_planning_twice_doubles_nothing(world: World) -> None:
    """However often the planner looks, a reminder's key is owed once."""
    await register(world)
    world.clock.set(DUE)
    for _ in range(3):
        await world.app.plan()
        await world.app.write(lambda work: line_store.wake_all(work.session, world.owner, work.now))
    await world.app.plan()
    assert [len(d.reminders) for d in await logged(world)] == [1]
    await world.beat()
    await world.beat("2026-11-24T07:00:00")
    assert len(world.smtp.messages) == 1


async def test_nothing_is_planned_before_its_moment(world: World) -> None:
    """A millisecond before, nothing; then the owner sleeps until the next lead."""
    view = await register(world)
    assert view.next_due_at is not None
    world.clock.set("2026-11-24T05:59:59.999")
    await world.app.plan()
    assert await logged(world) == []
    world.clock.set(DUE)
    await world.app.plan()
    wake = await world.app.read(lambda work: next_wake_at(work.session))
    assert wake is not None
    assert wake.isoformat() == "2026-11-28T06:00:00+00:00"


@pytest.mark.parametrize(
    ("count", "mails", "hooks"), [(16, [16], [15, 1]), (51, [50, 1], [15] * 3 + [6])]
)
async def test_one_pass_is_one_message_in_parts(
    world: World, count: int, mails: list[int], hooks: list[int]
) -> None:
    """A mail lists up to 50 lines and a webhook up to 15; what is more is a further part of the
    same moment, most urgent first."""
    added = await add_hook(world)

    def many(work: Work) -> None:
        for n in range(count):
            fields = line_fields(number=f"+7 916 123-{n // 10:02}-{n % 10}0", label=f"L{n}")
            lines.register(work, world.owner, fields)

    await world.app.write(many)
    world.clock.set(DUE)
    await world.app.plan()
    found = await logged(world)
    assert (
        sorted((len(d.reminders) for d in found if d.channel != added.channel.id), reverse=True)
        == mails
    )
    assert (
        sorted((len(d.reminders) for d in found if d.channel == added.channel.id), reverse=True)
        == hooks
    )
    every = [r.line for d in found if d.channel == added.channel.id for r in d.reminders]
    assert len(set(every)) == count


async def test_the_most_urgent_comes_first(world: World) -> None:
    """Of lines with one day the one that lacks most is named first, in mail and webhook."""
    await add_hook(world)
    for n, fee in enumerate(("300", "500")):
        await register(world, number=f"+7 916 123-45-6{n}", label=f"Line no {n}", fee=fee)
    await world.beat(DUE)
    body = plain(world.smtp.messages[0].parsed)
    assert body.index("Line no 1") < body.index("Line no 0")
    sent = json.loads(world.hook.requests[0].body)["data"]["reminders"]
    assert [one["line"]["label"] for one in sent] == ["Line no 1", "Line no 0"]


async def test_without_a_channel_the_owners_address_is_written_to(world: World) -> None:
    """When every channel is stopped, the reminder goes to the address the owner signs in by."""
    await stop_mail(world)
    await register(world)
    await world.beat(DUE)
    assert [m.parsed["To"] for m in world.smtp.messages] == ["anna@example.org"]


async def test_the_next_message_supersedes_the_unsent(world: World) -> None:
    """A message still unsent when the next of its line falls due expires; one arrives, not two."""
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    await world.beat("2026-11-28T06:00:00")
    assert len(world.smtp.messages) == 1
    found = await logged(world)
    assert [(d.state, d.reason) for d in found] == [("sent", ""), ("expired", "superseded")]
    assert [r.lead_days for r in found[0].reminders] == [3]


async def test_a_line_that_cannot_be_judged_holds_up_no_other(world: World) -> None:
    """A line whose facts are broken is looked at again in an hour; nothing of it is half kept, and
    the others' reminders leave."""
    bad = await register(world)
    await register(world, number="+7 916 765-43-21", label="Dad")
    await world.app.write(
        lambda work: work.session.execute(
            text("UPDATE line SET lead_times = '[9999999]' WHERE id = :id"), {"id": bad.line.id}
        )
    )
    await world.beat(DUE)
    assert [[r.label for r in d.reminders] for d in await logged(world)] == [["Dad"]]
    await world.app.write(
        lambda work: work.session.execute(text("UPDATE line SET lead_times = NULL"))
    )
    await world.beat("2026-11-24T06:59:59")
    assert len(world.smtp.messages) == 1
    await world.beat("2026-11-24T07:00:00")
    assert len(world.smtp.messages) == 2


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE owner SET habits = 'torn' WHERE id = :id",
        "UPDATE line SET standing = 'torn' WHERE owner_id = :id",
        "UPDATE reminder SET clock = 'torn' WHERE owner_id = :id",
    ],
)
async def test_who_cannot_be_read_holds_up_no_other(world: World, broken: str) -> None:
    """Whatever is torn of an owner, the others of the pass get theirs, and this one is looked at
    again in an hour."""
    await register(world)
    await world.beat(DUE)
    boris = await world.app.write(
        lambda work: new_owner(work, {"email": "boris@example.org"}, admin=True, proven=True)
    )
    fields = line_fields(renews_on="2026-12-05")
    await world.app.write(lambda work: lines.register(work, boris.id, fields))
    await world.app.write(lambda work: work.session.execute(text(broken), {"id": world.owner}))
    await world.beat("2026-11-28T06:00:00")
    assert [m.recipients[0] for m in world.smtp.messages[1:]] == ["boris@example.org"]
    wake = await world.app.read(lambda work: next_wake_at(work.session))
    assert wake is not None
    assert wake.isoformat() == "2026-11-28T07:00:00+00:00"


async def test_what_the_database_refuses_holds_up_no_other(world: World) -> None:
    """An owner whose reminders cannot be stored is looked at again in an hour, whole; the other
    owners of the pass get theirs at their moment."""

    def others(work: Work) -> None:
        boris = new_owner(work, {"email": "boris@example.org"}, admin=True, proven=True)
        lines.register(work, boris.id, line_fields(label="Bad"))
        if world.app.database.is_sqlite:
            work.session.execute(
                text(
                    "CREATE TRIGGER poison BEFORE INSERT ON reminder WHEN NEW.label = 'Bad' "
                    "BEGIN SELECT RAISE(ABORT, 'poison'); END"
                )
            )
        else:
            work.session.execute(
                text("ALTER TABLE reminder ADD CONSTRAINT poison CHECK (label <> 'Bad')")
            )

    await world.app.write(others)
    await register(world)
    await world.beat(DUE)
    assert [m.recipients for m in world.smtp.messages] == [("anna@example.org",)]
    wake = await world.app.read(lambda work: next_wake_at(work.session))
    assert wake is not None
    assert wake.isoformat() == "2026-11-24T07:00:00+00:00"


async def test_a_line_whose_operator_has_gone_is_reminded(world: World) -> None:
    """A site's file that was taken away, or broke, silences no line of that operator."""
    await register(world)
    await world.app.write(
        lambda work: work.session.execute(text("UPDATE line SET operator = 'nowhere'"))
    )
    await world.beat(DUE)
    assert len(world.smtp.messages) == 1
    assert "nowhere" not in world.smtp.messages[0].parsed["Subject"]


async def test_a_snoozed_line_speaks_once_on_its_day(world: World) -> None:
    """Nothing until the day that was chosen, then one message with what is so (rule 13)."""
    view = await register(world)
    until = {"until": "2026-11-26"}
    await world.app.write(lambda work: acts.snooze(work, world.owner, view.line.id, until))
    await world.beat("2026-11-26T05:59:59")
    assert world.smtp.messages == []
    await world.beat("2026-11-26T06:00:00")
    await world.beat("2026-11-26T07:00:00")
    assert len(world.smtp.messages) == 1
    await world.beat("2026-11-28T06:00:00")
    assert len(world.smtp.messages) == 2


async def test_a_passed_fee_is_booked_by_the_planner(world: World) -> None:
    """What the rules booked as deadlines passed is kept under ids of its own."""
    view = await register(world, balance="1000")
    await world.beat("2026-12-02T06:00:00")
    kept = await world.app.read(lambda work: acts.readings(work, world.owner, view.line.id))
    assert [(r.kind.value, r.minor) for r in kept] == [("fee", 30000), ("reading", 100000)]
    assert len({r.id for r in kept}) == 2
    after = await world.app.read(lambda work: lines.get(work, world.owner, view.line.id))
    assert str(after.standing.renews_on) == "2027-01-01"


async def test_a_pass_says_how_many_owners_it_looked_at(world: World) -> None:
    """A pass takes the owners that are due and leaves nobody due behind."""
    await register(world)
    world.clock.set(DUE)
    counts = [
        await world.app.write(lambda work: plan(work.session, work.desk, work.now))
        for _ in range(2)
    ]
    assert counts == [1, 0]
    assert [d.kind for d in await logged(world)] == ["reminder"]
