"""Promises of reminder/service/deliveries.py."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import text

from reminder.domain.ids import DeliveryId
from reminder.errors import Conflict, NotFound
from reminder.service import channels, deliveries, people
from tests.conftest import World
from tests.engine.samples import DUE, add_hook, as_fallback, logged, mailbox, register
from tests.fakes.smtp import Step
from tests.fakes.webhook import Answer
from tests.service.samples import faults, person


async def test_the_log_names_line_channel_and_tries(world: World) -> None:
    """Each delivery says what it carried, where it went and how each try ended, newest first."""
    added = await add_hook(world)
    view = await register(world)
    await world.beat(DUE)
    mine = await mailbox(world)
    found = await logged(world)
    assert {d.channel for d in found} == {added.channel.id, mine.id}
    assert [d.id for d in found] == sorted((d.id for d in found), reverse=True)
    (one,) = await logged(world, channel=mine.id, line=view.line.id, state="sent")
    (reminder,) = one.reminders
    assert (reminder.line, reminder.clock, reminder.label) == (view.line.id, "renewal", "Mum")
    assert [a.outcome for a in one.attempts] == ["sent"]
    assert await world.app.read(lambda w: deliveries.get(w, world.owner, one.id)) == one
    assert await logged(world, state="dead") == []
    assert [d.id for d in await logged(world, before=found[0].id)] == [found[1].id]
    assert len(await logged(world, limit=1)) == 1


async def test_a_state_that_is_none(world: World) -> None:
    """A state that does not exist is refused by its field."""
    found = await faults(world.app, lambda w: deliveries.everything(w, world.owner, state="posted"))
    assert found == ["state"]


async def test_a_dead_or_pending_delivery_is_tried_at_once(world: World) -> None:
    """A retry does not wait for the next try; it has the same id, and one that is sent has none."""
    await add_hook(world)
    await register(world)
    world.hook.behave(Answer(500), times=1)
    await world.beat(DUE)
    (one,) = await logged(world, state="pending")
    retried = await world.app.write(lambda w: deliveries.retry(w, world.owner, one.id))
    assert retried.next_try_at == world.clock.at
    await world.beat()
    (again,) = [d for d in await logged(world) if d.id == one.id]
    assert (again.state, len(again.attempts)) == ("sent", 2)
    with pytest.raises(Conflict, match="sent"):
        await world.app.write(lambda work: deliveries.retry(work, world.owner, one.id))


async def test_another_owners_delivery_is_none(world: World) -> None:
    """Somebody else's deliveries are neither listed, nor shown, nor tried again."""
    await register(world)
    await world.beat(DUE)
    (one,) = await logged(world)
    boris = await person(world.app, "boris@example.org")
    listed = await world.app.read(lambda work: deliveries.everything(work, boris))
    assert [d.kind for d in listed] == ["confirmation"]
    for use in (deliveries.get, deliveries.retry):
        for identity in (one.id, DeliveryId("dlv_none")):
            with pytest.raises(NotFound):
                await world.app.write(partial(use, owner=boris, delivery=identity))


async def test_a_retry_beside_a_fallback(world: World) -> None:
    """A delivery that a fallback stood in for may still be tried, with all the patience of a new
    one; a fallback whose reminder was taken meanwhile is not sent for nothing."""
    added = await add_hook(world)
    fallback = await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(410), times=1)
    world.smtp.behave(Step.RCPT, "550 5.7.1 not from you")
    await world.beat(DUE)
    (first,) = await logged(world, channel=added.channel.id)
    (second,) = [d for d in await logged(world, channel=fallback) if d.kind == "reminder"]
    assert (first.state, second.state, second.instead_of) == ("dead", "dead", first.id)
    given = {"state": "works"}
    await world.app.write(lambda work: channels.change(work, world.owner, added.channel.id, given))
    world.clock.set("2026-11-25T06:00:00")
    await world.app.write(lambda work: deliveries.retry(work, world.owner, first.id))
    await world.app.write(lambda work: deliveries.retry(work, world.owner, second.id))
    world.hook.behave(Answer(500), times=1)
    world.smtp.recover()
    world.smtp.behave(Step.RCPT, "451 later", times=1)
    await world.beat()
    states = {d.id: d.state for d in await logged(world)}
    assert (states[first.id], states[second.id]) == ("pending", "pending")
    await world.app.write(lambda work: deliveries.retry(work, world.owner, first.id))
    await world.beat()
    await world.beat("2026-11-25T06:30:00")
    found = {d.id: d for d in await logged(world)}
    assert found[first.id].state == "sent"
    assert found[second.id].reason == "taken by another channel"


async def test_a_message_past_its_use_is_shown_as_expired(world: World) -> None:
    """A sign-in link that could not be mailed while it was good is not mailed later; the log says
    why."""
    world.smtp.behave(Step.RCPT, "451 later", times=1)
    await world.app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    await world.beat()
    await world.beat("2026-11-20T10:15:01")
    assert world.smtp.messages == []
    kept = text("SELECT state, reason FROM delivery")
    rows = await world.app.read(lambda work: work.session.execute(kept).all())
    assert [tuple(row) for row in rows] == [("expired", "too late to be of use")]
