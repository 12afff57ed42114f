"""Rule 17: when nobody else is asked any more, and what a death in the middle leaves."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from reminder.app import open_app
from reminder.domain.delivery import Lane, State
from reminder.engine import planner
from reminder.engine.escalation import escalate, follow
from reminder.service import acts, channels, deliveries, people
from reminder.service.work import Work
from reminder.storage import claims, escalations, outbox
from reminder.storage.outbox import Finish
from reminder.storage.tables import DeliveryRow
from tests.conftest import HandClock, World, settings_in
from tests.engine.samples import (
    DUE,
    HALF_PAST,
    add_hook,
    as_fallback,
    brief,
    logged,
    register,
)
from tests.fakes import Answer, SmtpSink, WebhookSink
from tests.fakes.smtp import Step


async def test_rule_17_taken_in_time_nobody_else_is_asked(world: World) -> None:
    """What a channel took within the half hour goes nowhere else."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500), times=2)
    await world.beat(DUE)
    await world.beat("2026-11-24T06:00:06")
    await world.beat("2026-11-24T06:06:00")
    await world.beat(HALF_PAST)
    assert world.smtp.messages == []
    assert brief(await logged(world)) == [("reminder", "sent", "")]
    assert await world.app.read(lambda work: escalations.next_at(work.session)) is None


async def test_rule_17_a_fallback_not_yet_sent_is_skipped(world: World) -> None:
    """When the first channel takes it after all, a fallback that still waits is taken back, with
    the reason."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    world.smtp.behave(Step.RCPT, "451 later", times=1)
    await world.beat(DUE)
    await world.beat("2026-11-24T06:06:00")
    await world.beat(HALF_PAST)
    world.hook.behave(Answer(204))
    first = (await logged(world))[-1]
    await world.app.write(lambda work: deliveries.retry(work, world.owner, first.id))
    await world.beat("2026-11-24T06:30:01")
    await world.beat("2026-11-24T06:35:00")
    assert world.smtp.messages == []
    assert brief(await logged(world)) == [
        ("reminder", "sent", ""),
        ("reminder", "skipped", "taken by another channel"),
    ]


async def test_rule_14_what_is_done_is_not_escalated(world: World) -> None:
    """Topped up within the half hour: no fallback is asked."""
    await add_hook(world)
    await as_fallback(world)
    view = await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    world.clock.set("2026-11-24T06:10:00")
    fields = {"amount": "500"}
    await world.app.write(lambda work: acts.topped_up(work, world.owner, view.line.id, fields))
    await world.beat(HALF_PAST)
    assert world.smtp.messages == []
    assert await world.app.read(lambda work: escalations.next_at(work.session)) is None


async def test_rule_16_the_next_lead_ends_the_fallbacks_of_the_one_before(world: World) -> None:
    """When the next lead falls due, a fallback of the one before that is unsent expires too."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    world.smtp.behave(Step.RCPT, "451 later")
    await world.beat(DUE)
    await world.beat(HALF_PAST)
    world.smtp.recover()
    world.hook.behave(Answer(204))
    world.clock.set("2026-11-28T06:00:00")
    await world.app.plan()
    states = {(d.channel, d.state, d.reason) for d in await logged(world)}
    assert {state for _, state, _ in states} == {"pending", "expired"}
    await world.beat("2026-11-28T06:10:00")
    assert world.smtp.messages == []
    assert [d.state for d in await logged(world)] == ["sent", "expired", "expired"]


async def test_rule_20_asking_twice_adds_nothing(world: World) -> None:
    """However often it is decided, and wherever a process dies, a channel gets a reminder once."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    world.clock.set(HALF_PAST)
    for _ in range(3):
        await world.app.write(lambda work: escalate(work.session, work.desk, work.now))
        await world.app.write(
            lambda work: work.session.execute(text("UPDATE reminder SET ask_at = :now"), {"now": 1})
        )
    await world.beat()
    assert len(world.smtp.messages) == 1
    assert len(await logged(world)) == 2


class _Killed(BaseException):
    """The process dies here."""


async def test_killed_while_a_fallback_is_added_all_comes_again(world: World) -> None:
    """The end of a try and the fallback it asks for are one transaction: a process that dies in it
    leaves neither, and the lease brings both."""
    await add_hook(world)
    fallback = await as_fallback(world)
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    now, until = world.clock.at, world.clock.at + timedelta(minutes=1)
    (claim,) = await world.app.database.write(
        lambda s: claims.claim(s, Lane.WEBHOOK, now, until, 9, "dying")
    )

    def die(work: Work) -> None:
        done = [Finish(claim.id, claim.token, State.DEAD, now, "gone")]
        assert outbox.finish(work.session, done, "dying", now) == []
        follow(work.session, work.desk, done, now)
        assert len(work.session.exec(select(DeliveryRow)).all()) == 2
        raise _Killed

    with pytest.raises(_Killed):
        await world.app.write(die)
    assert brief(await logged(world)) == [("reminder", "pending", "")]
    world.hook.behave(Answer(410))
    await world.beat("2026-11-24T06:01:00")
    assert ("reminder", "sent", "") in brief(await logged(world, channel=fallback))
    assert (await logged(world, channel=claim.channel))[0].state == "dead"


async def test_a_line_that_cannot_be_judged_is_asked_about_later(world: World) -> None:
    """A reminder whose line is broken waits an hour; the others go on."""
    await add_hook(world)
    await as_fallback(world)
    bad = await register(world)
    await register(world, number="+7 916 765-43-21", label="Dad")
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    await world.app.write(
        lambda work: work.session.execute(
            text("UPDATE line SET operator = 'other', number = 'torn' WHERE id = :id"),
            {"id": bad.line.id},
        )
    )
    world.clock.set(HALF_PAST)
    await world.app.plan()
    fallback = [d for d in await logged(world) if d.instead_of]
    assert [[r.label for r in d.reminders] for d in fallback] == [["Dad"]]
    wake = await world.app.read(lambda work: escalations.next_at(work.session))
    assert wake is not None
    assert wake.isoformat() == "2026-11-24T07:30:00+00:00"


async def test_a_channel_removed_on_the_way_is_made_up_for(world: World) -> None:
    """A channel that is removed before its message leaves: another is asked at once."""
    added = await add_hook(world)
    fallback = await as_fallback(world)
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    use = partial(channels.remove, owner=world.owner, channel=added.channel.id)
    await world.app.write(use)
    await world.app.ensure_sender().drain()
    assert len(world.smtp.messages) == 1
    assert [d.state for d in await logged(world, channel=fallback)] == ["sent"]


async def test_a_lane_of_its_own(world: World) -> None:
    """A fallback goes by its own lane, with its own patience from its own moment."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    world.clock.set(HALF_PAST)
    await world.app.plan()
    (claim,) = await world.app.database.write(
        lambda s: claims.claim(s, Lane.EMAIL, world.clock.at, world.clock.at, 9, "one")
    )
    assert (claim.expires_at - world.clock.at).total_seconds() == 48 * 3600


async def test_a_restart_forgets_no_moment(tmp_path: Path, clock: HandClock) -> None:
    """The next question lies in a row: a process that ended in between asks it when it is back, at
    its moment, and late where it was down."""
    async with SmtpSink() as smtp, WebhookSink() as hook:
        environ = {
            "REMINDER_EMAIL__URL": smtp.url,
            "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        }
        settings = settings_in(tmp_path, environ)
        hook.behave(Answer(500))
        async with open_app(settings, clock=clock) as app:
            owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
            world = World(app, clock, smtp, hook, owner.id)
            await add_hook(world)
            await as_fallback(world)
            await register(world)
            await world.beat(DUE)
        for moment, mails in (("2026-11-24T06:29:59", 0), ("2026-11-24T11:00:00", 1)):
            async with open_app(settings, clock=clock) as app:
                await World(app, clock, smtp, hook, owner.id).beat(moment)
            assert len(smtp.messages) == mails


async def test_a_channel_that_cannot_be_opened_holds_up_nothing(world: World) -> None:
    """With the seal of one channel torn, a pass tells the others, and what it should have taken is
    told by them."""
    added = await add_hook(world)
    fallback = await as_fallback(world)
    await register(world, channels=[added.channel.id])
    await register(world, number="+7 916 765-43-21", label="Dad")
    await world.app.write(
        lambda work: work.session.execute(
            text("UPDATE channel SET target = 'torn' WHERE id = :id"), {"id": added.channel.id}
        )
    )
    await world.beat(DUE)
    (one,) = await logged(world)
    assert (one.channel, len(one.reminders), one.state) == (fallback, 2, "sent")


@pytest.mark.parametrize("broken", ["UPDATE owner SET habits = 'torn'", "DELETE FROM owner"])
async def test_an_owner_who_cannot_be_read_holds_up_nobody(world: World, broken: str) -> None:
    """One whose settings are torn, or who is gone with something still to be asked, is put off or
    forgotten: the others get their reminders, and the planner does not run in circles."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    boris = await world.app.write(lambda w: people.add_owner(w, "boris@example.org", admin=True))
    other = World(world.app, world.clock, world.smtp, world.hook, boris.id)
    await register(other, renews_on="2026-11-28")
    await world.app.write(
        lambda work: work.session.execute(text(f"{broken} WHERE id = :id"), {"id": world.owner})
    )
    await world.beat("2026-11-25T06:00:00")
    assert {m.recipients for m in world.smtp.messages} == {("boris@example.org",)}
    due = await world.app.read(lambda work: planner.next_at(work.session))
    assert due is not None
    assert due > world.clock.at
