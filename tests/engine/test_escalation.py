"""Promises of reminder/engine/escalation.py: rule 17, with real servers."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlmodel import select

from reminder.domain.channel import Why
from reminder.domain.delivery import Lane, State
from reminder.domain.ids import ChannelId
from reminder.engine import planner
from reminder.engine.escalation import escalate, follow
from reminder.service import acts, channels, deliveries, links, people
from reminder.service.deliveries import Logged
from reminder.service.work import Work
from reminder.storage import escalations, outbox
from reminder.storage.outbox import Finish
from reminder.storage.tables import DeliveryRow
from tests.conftest import World
from tests.engine.samples import (
    DUE,
    add_hook,
    logged,
    mailbox,
    plain,
    register,
    several,
    state_of,
    stop_mail,
)
from tests.fakes import Answer, WebhookSink
from tests.fakes.smtp import Step

HALF_PAST = "2026-11-24T06:30:00"
FRIEND = "boris@example.org"


async def as_fallback(world: World) -> ChannelId:
    """The owner's own mailbox, for when the webhook takes nothing."""
    mine = await mailbox(world)
    fields = {"use": "fallback"}
    await world.app.write(lambda work: channels.change(work, world.owner, mine.id, fields))
    return mine.id


async def name_friend(world: World) -> None:
    """A second contact who has agreed."""
    fields = {"second_contact": FRIEND}
    await world.app.write(lambda work: people.change_me(work, world.owner, fields))
    await world.beat()
    (mail,) = to_friend(world)
    found = re.search(r"https://reminder\.test/a/confirm/(\S+)", mail)
    assert found is not None
    await world.app.write(lambda work: links.press(work, "confirm", found[1], {}))


def to_friend(world: World) -> list[str]:
    """What the second contact got, as text."""
    mails = [m for m in world.smtp.messages if m.recipients == (FRIEND,)]
    return [plain(m.parsed) for m in mails]


def brief(found: list[Logged]) -> list[tuple[str, str, str]]:
    """Kind, state and reason, oldest first."""
    return [(d.kind, d.state, d.reason) for d in reversed(found)]


async def test_rule_17_half_an_hour_without_a_taker(world: World) -> None:
    """The fallback gets it 30 minutes after its moment, not a millisecond before, and says in whose
    place; the first goes on trying."""
    await add_hook(world)
    fallback = await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    await world.beat("2026-11-24T06:29:59.999")
    assert world.smtp.messages == []
    assert await world.app.read(lambda work: planner.next_at(work.session)) is not None
    await world.beat(HALF_PAST)
    assert len(world.smtp.messages) == 1
    second, first = await logged(world)
    assert (second.channel, second.instead_of, second.state) == (fallback, first.id, "sent")
    assert second.due_at == world.clock.at
    assert (first.state, first.instead_of) == ("pending", None)
    assert [r.id for r in second.reminders] == [r.id for r in first.reminders]


async def test_rule_17_the_planner_wakes_at_that_very_moment(world: World) -> None:
    """The moment of the next question is the planner's next moment, so that nothing polls."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    wake = await world.app.read(lambda work: planner.next_at(work.session))
    assert wake is not None
    assert wake.isoformat() == f"{HALF_PAST}+00:00"


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


async def test_rule_17_a_final_refusal_asks_the_next_at_once(world: World) -> None:
    """A channel that is gone: the fallback gets it in the same turn, within no time at all."""
    await add_hook(world)
    fallback = await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(410))
    await world.beat(DUE)
    found = await logged(world, channel=fallback)
    assert ("reminder", "sent", "") in brief(found)
    assert any(d.instead_of for d in found)


async def test_rule_17_one_that_may_still_take_it_is_waited_for(world: World) -> None:
    """Of two channels one refuses: the other has its half hour before a fallback is asked."""
    async with WebhookSink() as other:
        await add_hook(world)
        await add_hook(world, url=other.url)
        await as_fallback(world)
        await register(world)
        world.hook.behave(Answer(410))
        other.behave(Answer(500))
        await world.beat(DUE)
        told = [m for m in world.smtp.messages if "does not take" not in m.parsed["Subject"]]
        assert told == []
        await world.beat(HALF_PAST)
        told = [m for m in world.smtp.messages if "does not take" not in m.parsed["Subject"]]
        assert len(told) == 1


async def test_rule_17_fallbacks_in_order_then_the_second_contact(world: World) -> None:
    """Each fallback has half an hour of its own; then the second contact is told, on whose behalf,
    and nothing that is not needed."""
    async with WebhookSink() as spare:
        await add_hook(world)
        await add_hook(world, url=spare.url, use="fallback")
        await stop_mail(world)
        await name_friend(world)
        await register(world)
        for sink in (world.hook, spare):
            sink.behave(Answer(500))
        await world.beat(DUE)
        assert len(spare.requests) == 0
        await world.beat(HALF_PAST)
        assert len(spare.requests) == 1
        assert len(to_friend(world)) == 1
        await world.beat("2026-11-24T07:00:00")
    _, told = to_friend(world)
    assert "anna@example.org" in told
    assert "Top up at least 179.50\xa0₽" in told.replace("\n", " ")
    assert "Unsubscribe" in told
    for hidden in ("9161234567", "123-45-67", "120.50", "/a/topped-up/", "/a/stop/", "/lines"):
        assert hidden not in told
    mail = world.smtp.messages[-1].parsed
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_rule_17_nobody_is_asked_before_they_agreed(world: World) -> None:
    """A second contact that has not said yes gets its one question and no reminder."""
    fields = {"second_contact": FRIEND}
    await world.app.write(lambda work: people.change_me(work, world.owner, fields))
    await register(world)
    world.smtp.behave(Step.RCPT, "451 later", times=1)
    await world.beat()
    await world.beat("2026-11-20T10:05:00")
    world.smtp.behave(Step.RCPT, "451 later")
    for moment in (DUE, HALF_PAST, "2026-11-24T07:00:00"):
        await world.beat(moment)
    assert len(to_friend(world)) == 1
    assert "May" in world.smtp.messages[0].parsed["Subject"]


async def test_rule_17_the_owners_address_when_no_channel_is_left(world: World) -> None:
    """Every channel stopped or gone: the address that the owner signs in by."""
    await add_hook(world)
    await stop_mail(world)
    await register(world)
    world.hook.behave(Answer(410))
    await world.beat(DUE)
    found = await logged(world, channel=str(world.owner))
    assert ("reminder", "sent", "") in brief(found)


async def test_rule_17_cut_off_is_said_and_made_good(world: World) -> None:
    """With no channel and no address nothing is sent and the board can say so; once a channel works
    again, what was owed is told by it, once."""
    mine = await mailbox(world)
    await world.app.write(lambda work: channels.turn_off(work, mine, Why.GONE))
    await register(world)
    await world.beat(DUE)
    assert await logged(world) == []
    trouble = await world.app.read(lambda work: channels.troubles(work, world.owner))
    assert trouble.is_cut_off
    since = world.clock.at
    assert await world.app.read(lambda w: escalations.count_lost(w.session, since)) == 1
    await add_hook(world)
    await world.beat("2026-11-24T08:00:00")
    await world.beat("2026-11-24T09:00:00")
    assert len(world.hook.requests) == 1
    (one,) = await logged(world)
    assert (one.state, one.instead_of) == ("sent", None)
    assert await world.app.read(lambda w: escalations.count_lost(w.session, since)) == 0


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


async def test_rule_3_quiet_hours_hold_a_fallback(world: World) -> None:
    """A half hour that ends in the quiet hours ends with them."""
    fields = {"quiet_hours": "09:15-12:00"}
    await world.app.write(lambda work: people.change_me(work, world.owner, fields))
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    await world.beat("2026-11-24T08:59:59")
    assert world.smtp.messages == []
    world.hook.behave(Answer(500))
    await world.beat("2026-11-24T09:00:00")
    assert len(world.smtp.messages) == 1


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


async def test_rule_15_what_one_fallback_is_asked_for_is_one_message(world: World) -> None:
    """Twenty reminders that nobody took are one mail."""
    await add_hook(world)
    await as_fallback(world)
    await several(world, 20)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    await world.beat(HALF_PAST)
    assert len(world.smtp.messages) == 1
    assert len((await logged(world))[0].reminders) == 20


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
        lambda s: outbox.claim(s, Lane.WEBHOOK, now, until, 9, "dying")
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
    assert brief(await logged(world, channel=fallback))[0] == ("reminder", "sent", "")
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
    assert (await logged(world))[0].channel == fallback


async def test_the_payload_of_a_second_contact_holds_what_is_needed(world: World) -> None:
    """A webhook as second contact gets the same few facts, signed, and works by its first 2xx."""
    async with WebhookSink() as friend:
        added = await add_hook(world, url=friend.url)
        fields = {"second_contact": str(added.channel.id)}
        await world.app.write(lambda work: people.change_me(work, world.owner, fields))
        await register(world)
        world.smtp.behave(Step.RCPT, "451 later")
        await world.beat(DUE)
        assert friend.requests == []
        await world.beat(HALF_PAST)
        (request,) = friend.requests
    said = json.loads(request.body)
    assert said["type"] == "reminder.due"
    (one,) = said["data"]["reminders"]
    assert one["line"] == {"number": "+7 916 ••• •• 67", "label": "Mum"}
    assert set(one["links"]) == {"how_to_top_up", "official"}
    assert "balance" not in one
    assert await state_of(world, added.channel) == "works"


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
        lambda s: outbox.claim(s, Lane.EMAIL, world.clock.at, world.clock.at, 9, "one")
    )
    assert (claim.expires_at - world.clock.at).total_seconds() == 48 * 3600
