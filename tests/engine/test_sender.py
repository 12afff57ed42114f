"""Promises of reminder/engine/sender.py."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reminder.app import open_app
from reminder.domain.delivery import (
    Lane,
)
from reminder.service import channels, deliveries, lines, links, people
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from reminder.storage import claims
from tests.conftest import World, line_fields, settings_in
from tests.engine.samples import (
    DUE,
    GatedHook,
    add_hook,
    hooked,
    logged,
    mailbox,
    plain,
    register,
    state_of,
)
from tests.fakes.sink import Act
from tests.fakes.smtp import Step
from tests.fakes.webhook import Answer


async def test_sent_is_written_with_its_try(world: World) -> None:
    """A delivery that was taken is sent, with one try, and its channel works."""
    added = await hooked(world)
    assert added.channel.state == "unconfirmed"
    await world.beat(DUE)
    (one,) = await logged(world)
    assert (one.state, one.next_try_at) == ("sent", None)
    assert one.done_at == world.clock.at
    assert [(a.outcome, a.code) for a in one.attempts] == [("sent", "204")]
    assert await state_of(world, added.channel) == "works"


async def test_a_mailbox_that_is_gone(world: World) -> None:
    """A mail refused for its address is dead at once, its channel rests, and what comes later goes
    another way."""
    await register(world)
    world.smtp.behave(Step.RCPT, "550 5.1.1 no such user", times=1)
    await world.beat(DUE)
    (one,) = await logged(world)
    assert (one.state, [a.outcome for a in one.attempts]) == ("dead", ["refused"])
    assert [r.state for r in one.reminders] == ["dead"]
    mine = await mailbox(world)
    assert mine.state == "resting"
    added = await add_hook(world)
    await world.beat("2026-11-28T06:00:00")
    assert len(world.hook.requests) == 1
    assert (await logged(world))[0].channel == added.channel.id


@pytest.mark.parametrize("status", [410])
async def test_a_webhook_that_is_gone(world: World, status: int) -> None:
    """410 says that nobody listens there any more: dead, and the channel rests."""
    added = await hooked(world)
    world.hook.behave(Answer(status))
    await world.beat(DUE)
    assert [d.state for d in await logged(world, channel=added.channel.id)] == ["dead"]
    assert await state_of(world, added.channel) == "resting"


@pytest.mark.parametrize("script", [Answer(500), Answer(503), Act.CUT])
async def test_what_may_succeed_later_is_tried_again(world: World, script: Answer | Act) -> None:
    """No answer, or one that asks for patience: pending, with growing waits; the channel fails
    until a success."""
    added = await hooked(world)
    world.hook.behave(script, times=2)
    await world.beat(DUE)
    (one,) = await logged(world)
    assert (one.state, await state_of(world, added.channel)) == ("pending", "failing")
    assert one.next_try_at is not None
    assert 4 < (one.next_try_at - world.clock.at).total_seconds() < 6
    await world.beat("2026-11-24T06:00:06")
    (one,) = await logged(world)
    assert one.next_try_at is not None
    assert 255 <= (one.next_try_at - world.clock.at).total_seconds() <= 345
    await world.beat("2026-11-24T06:06:00")
    (one,) = await logged(world)
    assert (one.state, len(one.attempts)) == ("sent", 3)
    assert await state_of(world, added.channel) == "works"


async def test_a_mail_server_that_asks_for_patience(world: World) -> None:
    """A temporary refusal of a mail leaves it pending for about a minute."""
    await register(world)
    world.smtp.behave(Step.RCPT, "451 try later", times=1)
    await world.beat(DUE)
    (one,) = await logged(world)
    assert (one.state, (await mailbox(world)).state) == ("pending", "failing")
    assert one.next_try_at is not None
    assert 50 < (one.next_try_at - world.clock.at).total_seconds() < 70
    await world.beat("2026-11-24T06:01:10")
    assert len(world.smtp.messages) == 1


async def test_a_named_wait_is_kept(world: World) -> None:
    """Retry-After is waited out, up to a day."""
    await hooked(world)
    world.hook.behave(Answer(429, {"Retry-After": "3600"}), times=1)
    await world.beat(DUE)
    (one,) = await logged(world)
    assert one.next_try_at == world.clock.at + timedelta(hours=1)
    assert [a.outcome for a in one.attempts] == ["throttled"]
    await world.beat("2026-11-24T06:59:59")
    assert len(world.hook.requests) == 1
    await world.beat("2026-11-24T07:00:00")
    assert len(world.hook.requests) == 2


async def test_a_retry_waits_for_the_morning(world: World) -> None:
    """A retry that would come in the quiet hours comes at their end (rule 3)."""
    await hooked(world)
    world.hook.behave(Answer(429, {"Retry-After": str(14 * 3600)}), times=1)
    await world.beat(DUE)
    (one,) = await logged(world)
    assert one.next_try_at == datetime.fromisoformat("2026-11-25T05:00:00+00:00")


async def test_what_comes_up_late_waits_for_the_morning_too(world: World) -> None:
    """The service was down when it was to leave, and starts again at night (rule 3)."""
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    await world.beat("2026-11-24T20:00:00")
    (one,) = await logged(world)
    assert (world.smtp.messages, one.attempts) == ([], ())
    assert one.next_try_at == datetime.fromisoformat("2026-11-25T05:00:00+00:00")
    await world.beat("2026-11-25T05:00:00")
    assert len(world.smtp.messages) == 1


async def test_another_try_that_is_asked_for_at_night_is_made(world: World) -> None:
    """Who presses for it is awake."""
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    world.clock.set("2026-11-24T20:00:00")
    (one,) = await logged(world)
    await world.app.write(lambda work: deliveries.retry(work, world.owner, one.id))
    await world.beat()
    assert len(world.smtp.messages) == 1


async def test_a_handed_over_mail_without_an_answer_is_unknown(world: World) -> None:
    """A mail that may have been taken is tried again under the same id, and the log says so."""
    await register(world)
    world.smtp.behave(Step.END, Act.CUT, times=1)
    await world.beat(DUE)
    await world.beat("2026-11-24T06:02:00")
    (one,) = await logged(world)
    assert [a.outcome for a in one.attempts] == ["unknown", "sent"]
    assert len({str(m.parsed["Message-ID"]) for m in world.smtp.messages}) == 1


async def test_it_gives_up_in_the_end(world: World) -> None:
    """After five days a webhook is given up, with what the last try said."""
    added = await add_hook(world)
    world.hook.behave(Answer(500))
    await world.app.write(lambda work: channels.test(work, world.owner, added.channel.id))
    for day in range(20, 27):
        await world.beat(f"2026-11-{day}T10:00:00")
    (one,) = await logged(world)
    assert one.state == "dead"
    assert one.reason.startswith("no success in time")
    assert one.done_at is not None
    assert one.done_at.day < 26


async def test_an_unconfirmed_mailbox_gets_only_its_confirmation(world: World) -> None:
    """Until its link is pressed an address gets one mail and nothing else; then it gets
    reminders."""
    fields = {"kind": "email", "address": "boris@example.org"}
    added = await world.app.write(lambda work: channels.add(work, world.owner, fields))
    await world.beat()
    await register(world)
    await world.beat(DUE)
    to_boris = [m for m in world.smtp.messages if m.recipients == ("boris@example.org",)]
    assert len(to_boris) == 1
    assert await state_of(world, added.channel) == "unconfirmed"
    found = re.search(r"https://reminder\.test/a/confirm/(\S+)", plain(to_boris[0].parsed))
    assert found is not None
    await world.app.write(lambda work: links.press(work, "confirm", found[1], {}))
    assert await state_of(world, added.channel) == "works"
    await world.beat("2026-11-28T06:00:00")
    to_boris = [m for m in world.smtp.messages if m.recipients == ("boris@example.org",)]
    assert len(to_boris) == 2


async def test_a_test_goes_the_same_path(world: World) -> None:
    """A test is a delivery like any other: signed, logged, tried again."""
    added = await add_hook(world)
    world.hook.behave(Answer(500), times=1)
    identity = await world.app.write(lambda w: channels.test(w, world.owner, added.channel.id))
    await world.beat()
    await world.beat("2026-11-20T10:01:00")
    (one,) = await logged(world)
    assert (one.id, one.kind, one.state, len(one.attempts)) == (identity, "test", "sent", 2)
    first, second = world.hook.requests
    assert first.headers["webhook-id"] == identity == second.headers["webhook-id"]
    assert json.loads(first.body)["type"] == "channel.test"
    assert first.body == second.body


async def test_both_secrets_sign_while_one_replaces_the_other(world: World) -> None:
    """After a rotation two signatures go out for a day, then one."""
    added = await add_hook(world)
    rotate = {"rotate_secret": True}
    new = await world.app.write(
        lambda work: channels.change(work, world.owner, added.channel.id, rotate)
    )
    assert new.secret not in {None, added.secret}
    for moment in ("2026-11-20T10:00:00", "2026-11-21T10:00:01"):
        world.clock.set(moment)
        await world.app.write(lambda w: channels.test(w, world.owner, added.channel.id))
        await world.beat()
    signed = [r.headers["webhook-signature"].split() for r in world.hook.requests]
    assert [len(s) for s in signed] == [2, 1]


async def test_a_dead_process_loses_nothing(tmp_path: Path, world: World) -> None:
    """What a process had claimed when it died is sent by the next, once, with the claim counted."""
    await hooked(world)
    world.clock.set(DUE)
    await world.app.plan()
    until = world.clock.at + timedelta(minutes=1)
    (claim,) = await world.app.database.write(
        lambda s: claims.claim(s, Lane.WEBHOOK, world.clock.at, until, 9, "dead")
    )
    await world.app.ensure_sender().drain()
    assert world.hook.requests == []
    await world.app.database.write(lambda s: claims.free_leases(s, world.clock.at))
    await world.app.ensure_sender().drain()
    (request,) = world.hook.requests
    assert request.headers["webhook-id"] == claim.id
    (one,) = await logged(world)
    assert (one.state, len(one.attempts)) == ("sent", 1)


@pytest.mark.parametrize("is_running", [False, True], ids=["drained", "running"])
async def test_more_than_there_are_slots_leave_one_after_another(
    world: World, is_running: bool
) -> None:
    """Ends that are not written yet take room: once they are, the next begin at once."""

    def fill(work: Work) -> None:
        for n in range(60):
            owner = new_owner(work, {"email": f"o{n}@example.org"}, admin=True, proven=True)
            lines.register(work, owner.id, line_fields())

    await world.app.write(fill)
    world.clock.set(DUE)
    await world.app.plan()
    if not is_running:
        await world.app.ensure_sender().drain()
        assert len(world.smtp.messages) == 60
        return
    await world.app.start()
    async with asyncio.timeout(20):
        while len(world.smtp.messages) < 60:
            await asyncio.sleep(0.02)


async def test_a_late_finish_changes_nothing(world: World) -> None:
    """A try that ends after its delivery was superseded is not written over it."""
    async with GatedHook() as hook:
        await hooked(world, url=hook.url)
        world.clock.set(DUE)
        await world.app.plan()
        draining = asyncio.create_task(world.app.ensure_sender().drain())
        await asyncio.wait_for(hook.came.wait(), 10)
        world.clock.set("2026-11-28T06:00:00")
        await world.app.plan()
        hook.gate.set()
        await asyncio.wait_for(draining, 10)
    found = await logged(world)
    assert [(d.state, d.reason) for d in found] == [("sent", ""), ("expired", "superseded")]
    assert found[1].attempts == ()


async def test_running_it_sends_and_stops(tmp_path: Path) -> None:
    """Woken by a write, the running sender sends; stopped, it leaves nothing claimed."""
    async with open_app(settings_in(tmp_path)) as app:
        await app.start()
        owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
        (mine,) = await app.read(lambda work: channels.everything(work, owner.id))
        await app.write(lambda work: channels.test(work, owner.id, mine.id))
        kept = tmp_path / "data" / "outbox"
        for _ in range(500):
            if list(kept.glob("*.eml")):
                break
            await asyncio.sleep(0.01)
        assert len(list(kept.glob("*.eml"))) == 1
    async with open_app(settings_in(tmp_path)) as app:
        assert await app.database.read(claims.next_run_at) is None
