"""Promises of reminder/engine/health.py: rule 18, what falls silent is told once by another."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from reminder.app import App
from reminder.domain.channel import ChannelState as S
from reminder.domain.channel import Why
from reminder.domain.delivery import Kind, Lane
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.domain.token import derive, sign
from reminder.engine import health
from reminder.service import channels, links, people
from reminder.service.channels import Added
from reminder.storage.claims import Claimed
from tests.conftest import World
from tests.engine.samples import (
    DUE,
    add_hook,
    logged,
    mailbox,
    plain,
    register,
    state_of,
    stop_mail,
)
from tests.fakes import Answer, WebhookSink
from tests.fakes.smtp import Step

FAILS, WORKS = S.FAILING, S.WORKS


def subjects(world: World) -> list[str]:
    """What the mails are about."""
    return [m.parsed["Subject"] for m in world.smtp.messages]


async def unsubscribe(world: World, channel: ChannelId, verb: str = "unsubscribe") -> None:
    """Press the link of a mail to that channel."""
    key, until = derive(world.app.desk.key, "links"), world.clock.at.replace(year=2030)
    token = sign(key, verb, channel, until)
    await world.app.write(lambda work: links.press(work, verb, token, {}))


async def a_test(world: World, channel: ChannelId) -> None:
    """Send a test to a channel."""
    await world.app.write(lambda work: channels.test(work, world.owner, channel))
    await world.beat()


async def test_rule_18_gone_is_told_once_by_another(world: World) -> None:
    """410: the webhook rests at once, and the owner's mailbox is told once, however often it
    happens again."""
    added = await add_hook(world, label="Home")
    world.hook.behave(Answer(410))
    await a_test(world, added.channel.id)
    assert await state_of(world, added.channel) == "resting"
    assert subjects(world) == ["Home does not take our messages"]
    assert "nobody is there any more" in plain(world.smtp.messages[0].parsed).replace("\n", " ")
    await a_test(world, added.channel.id)
    assert len(world.smtp.messages) == 1


async def test_rule_18_an_address_that_is_refused_is_told_by_the_webhook(world: World) -> None:
    """A 5xx on the address: the mailbox rests, and the webhook is told as ``channel.failing``."""
    await add_hook(world)
    mine = await mailbox(world)
    world.smtp.behave(Step.RCPT, "550 5.1.1 no such user")
    await a_test(world, mine.id)
    (request,) = world.hook.requests
    said = json.loads(request.body)
    assert said["type"] == "channel.failing"
    assert (said["data"]["channel"], said["data"]["reason"]) == ("anna@example.org", "gone")
    assert await state_of(world, mine) == "resting"


async def test_rule_18_stopped_by_a_link_is_told_by_another(world: World) -> None:
    """A mailbox that its reader stops gets nothing more; the owner is told by the webhook, once,
    and may resume it, after which it works at once."""
    await add_hook(world)
    mine = await mailbox(world)
    for _ in range(2):
        await unsubscribe(world, mine.id)
    await world.beat()
    (request,) = world.hook.requests
    assert json.loads(request.body)["data"]["reason"] == "link"
    await register(world)
    await world.beat(DUE)
    assert world.smtp.messages == []
    fields = {"state": "works"}
    use = partial(channels.change, owner=world.owner, channel=mine.id, given=fields)
    assert (await world.app.write(use)).channel.state == "works"
    await world.beat("2026-11-28T06:00:00")
    assert len(world.smtp.messages) == 1


async def test_rule_18_who_says_it_is_not_theirs_is_asked_again(world: World) -> None:
    """After "not mine" the owner's resume does not write there: the address is asked anew."""
    fields = {"kind": "email", "address": "boris@example.org"}
    added = await world.app.write(lambda work: channels.add(work, world.owner, fields))
    for verb in ("confirm", "unsubscribe", "not-mine", "unsubscribe"):
        await unsubscribe(world, added.channel.id, verb)
    world.clock.set("2026-11-22T10:00:00")
    use = partial(
        channels.change, owner=world.owner, channel=added.channel.id, given={"state": "works"}
    )
    assert (await world.app.write(use)).channel.state == "unconfirmed"


async def test_rule_18_with_no_other_way_the_owners_address_is_told(world: World) -> None:
    """When the only channel is gone, the address that the owner signs in by is told."""
    added = await add_hook(world)
    await stop_mail(world)
    world.hook.behave(Answer(410))
    await a_test(world, added.channel.id)
    assert [m.recipients for m in world.smtp.messages] == [("anna@example.org",)]
    (told,) = await logged(world, channel=str(world.owner))
    assert told.kind == "failing"


async def test_the_word_waits_for_the_quiet_hours(world: World) -> None:
    """That a channel fell silent at night is told in the morning."""
    added = await add_hook(world)
    world.clock.set("2026-11-20T21:00:00")
    world.hook.behave(Answer(410))
    await a_test(world, added.channel.id)
    assert world.smtp.messages == []
    await world.beat("2026-11-21T05:00:00")
    assert len(world.smtp.messages) == 1


async def fail(world: World, added: Added, *moments: str) -> None:
    """Try a webhook that is broken at some moments."""
    world.hook.behave(Answer(500))
    await a_test(world, added.channel.id)
    for moment in moments:
        await world.beat(moment)


async def test_five_days_of_failure_and_it_rests(world: World) -> None:
    """Failing shows since when; five days after the first failure, not sooner, the webhook rests
    and the owner is told."""
    added = await add_hook(world)
    began = world.clock.at
    await fail(world, added, "2026-11-21T10:00:00")
    found = await world.app.read(lambda w: channels.get(w, world.owner, added.channel.id))
    assert (found.state, found.failing_since) == ("failing", began)
    world.clock.set("2026-11-25T09:59:59.999")
    await world.app.tidy()
    assert await state_of(world, added.channel) == "failing"
    world.clock.set("2026-11-25T11:00:00")
    await world.app.tidy()
    await world.beat()
    assert await state_of(world, added.channel) == "resting"
    assert len(subjects(world)) == 1
    assert "five days" in plain(world.smtp.messages[0].parsed)
    world.clock.set("2026-11-25T12:00:00")
    await world.app.tidy()
    await world.beat()
    assert len(subjects(world)) == 1


async def test_a_success_clears_the_failing(world: World) -> None:
    """One message that is taken, and it has not been failing at all."""
    added = await add_hook(world)
    await fail(world, added, "2026-11-21T10:00:00")
    world.hook.behave(Answer(204))
    await world.beat("2026-11-22T10:00:00")
    found = await world.app.read(lambda w: channels.get(w, world.owner, added.channel.id))
    assert (found.state, found.failing_since) == ("works", None)
    world.clock.set("2026-11-26T10:00:00")
    await world.app.tidy()
    assert await state_of(world, added.channel) == "works"


@pytest.mark.parametrize(("others", "state"), [(False, "failing"), (True, "resting")])
async def test_a_mailbox_rests_only_if_the_mail_server_works(
    world: World, *, others: bool, state: str
) -> None:
    """A mailbox that takes nothing for five days rests if others got their mail meanwhile; with the
    mail server itself out of order it goes on failing."""
    mine = await mailbox(world)
    boris = await world.app.write(lambda w: people.add_owner(w, "boris@example.org", admin=True))
    world.smtp.behave(Step.RCPT, "451 later")
    await a_test(world, mine.id)
    await world.beat("2026-11-23T11:00:00")
    if others:
        world.smtp.recover()
        await works(world.app, boris.id)
        await a_test_of(world.app, boris.id)
        await world.beat()
    world.clock.set("2026-11-25T11:00:00")
    await world.app.tidy()
    assert await state_of(world, mine) == state


async def works(app: App, owner: OwnerId) -> None:
    """Have an owner's first channel confirmed."""
    (one,) = await app.read(lambda work: channels.everything(work, owner))
    await app.write(lambda work: channels.confirm(work, one))


async def a_test_of(app: App, owner: OwnerId) -> None:
    """Send a test to an owner's first channel."""
    (one,) = await app.read(lambda work: channels.everything(work, owner))
    await app.write(lambda work: channels.test(work, owner, one.id))


async def test_a_confirmation_to_nobody_is_told(world: World) -> None:
    """An address that does not exist rests by its own confirmation's refusal; the owner hears of
    it, and resuming it asks the address, on its day."""
    fields = {"kind": "email", "address": "borsi@example.org"}
    added = await world.app.write(lambda work: channels.add(work, world.owner, fields))
    world.smtp.behave(Step.RCPT, "550 5.1.1 no such user", times=1)
    await world.beat()
    assert await state_of(world, added.channel) == "resting"
    assert subjects(world) == ["borsi@example.org does not take our messages"]


async def test_the_owners_own_address_refused_is_not_written_to_again(world: World) -> None:
    """Where even the owner's address is refused, it is not tried for each reminder anew."""
    mine = await stop_mail(world)
    await world.app.write(lambda work: channels.remove(work, world.owner, mine.id))
    await register(world)
    world.smtp.behave(Step.RCPT, "550 5.1.1 no such user")
    await world.beat(DUE)
    trouble = await world.app.read(lambda work: channels.troubles(work, world.owner))
    assert trouble.is_cut_off
    await world.beat("2026-11-28T06:00:00")
    assert len([c for c in world.smtp.commands if c.startswith("RCPT")]) == 1


async def test_turning_off_what_is_off_says_nothing(world: World) -> None:
    """What its owner stopped stays as it is when the other side is gone too."""
    mine = await stop_mail(world)
    stopped = await mailbox(world)
    off = await world.app.write(
        lambda w: health.turn_off(w.session, w.desk, stopped, Why.GONE, w.now)
    )
    assert (off.id, off.state, off.why) == (mine.id, "stopped", "")
    assert await logged(world) == []


async def test_rule_18_a_test_wakes_what_rests(world: World) -> None:
    """A webhook that rests gets a test when its owner asks for one, and works by its success."""
    added = await add_hook(world)
    world.hook.behave(Answer(410), times=1)
    await a_test(world, added.channel.id)
    assert await state_of(world, added.channel) == "resting"
    await a_test(world, added.channel.id)
    assert await state_of(world, added.channel) == "works"


async def test_rule_18_one_confirmation_a_day_over_all_owners(world: World) -> None:
    """Two owners enter one address on one day: it gets one question; the other owner's comes on the
    next day, unless the answer has come by then; nothing else comes at all."""
    boris = await world.app.write(lambda w: people.add_owner(w, "boris@example.org", admin=True))
    await world.beat()
    world.smtp.messages.clear()
    fields = {"kind": "email", "address": "mum@example.org"}
    for owner in (world.owner, boris.id):
        await world.app.write(partial(channels.add, owner=owner, given=fields))
    await world.beat()
    await world.beat("2026-11-21T09:59:59")
    assert [m.recipients for m in world.smtp.messages] == [("mum@example.org",)]
    await world.beat("2026-11-21T10:00:00")
    assert [m.recipients for m in world.smtp.messages] == [("mum@example.org",)] * 2
    both = [plain(m.parsed) for m in world.smtp.messages]
    links_found = [re.findall(r"/a/confirm/(\S+)", text)[0] for text in both]
    assert len(set(links_found)) == 2


async def test_a_question_that_was_answered_is_not_asked_again(world: World) -> None:
    """A confirmation that waits for its day is not sent once the address said yes."""
    fields = {"kind": "email", "address": "mum@example.org"}
    added = await world.app.write(lambda work: channels.add(work, world.owner, fields))
    await world.app.write(lambda work: channels.ask_again(work, world.owner, added.channel.id))
    await unsubscribe(world, added.channel.id, "confirm")
    await world.beat("2026-11-21T10:00:00")
    assert world.smtp.messages == []
    reasons = {d.reason for d in await logged(world, channel=added.channel.id)}
    assert reasons == {"confirmed already"}


async def test_a_broken_sink_is_not_the_end(world: World) -> None:
    """The word that a channel fell silent is tried again like any message."""
    async with WebhookSink() as other:
        added = await add_hook(world)
        second = await add_hook(world, url=other.url)
        await stop_mail(world)
        other.behave(Answer(500), times=1)
        world.hook.behave(Answer(410))
        await a_test(world, added.channel.id)
        await world.beat("2026-11-20T10:00:10")
        assert len(other.requests) == 2
        assert await state_of(world, second.channel) == "works"


@pytest.mark.parametrize("ends", [(FAILS, WORKS), (WORKS, FAILS), (FAILS, FAILS), (WORKS, WORKS)])
async def test_the_last_of_several_tries_counts(world: World, ends: tuple[S, S]) -> None:
    """Where one batch holds several tries of a channel it stands as the last of them showed."""
    added = await add_hook(world)
    now = world.clock()
    claims = [
        Claimed(
            DeliveryId(f"dlv_{number}"),
            1,
            1,
            world.owner,
            added.channel.id,
            Kind.TEST,
            Lane.WEBHOOK,
            now,
            now,
            "",
        )
        for number in range(2)
    ]
    shown = list(zip(claims, ends, strict=True))
    await world.app.write(lambda work: health.note(work.session, work.desk, shown, now))
    assert await state_of(world, added.channel) == ends[1].value
