"""Rule 17: who is asked, when, in which order, and what they are told; with real servers."""

from __future__ import annotations

import json
import re

from reminder.domain.channel import Why
from reminder.engine import planner
from reminder.service import channels, links, people
from reminder.storage import escalations
from tests.conftest import World
from tests.engine.samples import (
    DUE,
    HALF_PAST,
    add_hook,
    as_fallback,
    brief,
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

FRIEND = "boris@example.org"


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


async def test_rule_5_a_fallback_is_late_when_its_reminder_is(world: World) -> None:
    """Asked half an hour on it is not late; asked two days on, because nothing ran at that moment,
    it says that it is."""
    await add_hook(world)
    await as_fallback(world)
    await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    await world.beat(HALF_PAST)
    await register(world, number="+7 916 765-43-21", label="Dad", renews_on="2026-12-15")
    await world.beat("2026-12-08T06:00:00")
    await world.beat("2026-12-10T06:00:00")
    texts = [" ".join(plain(m.parsed).split()) for m in world.smtp.messages]
    assert "This message is late" not in texts[0]
    (days_on,) = [text for text in texts if "Dad" in text]
    assert "This message is late: it was meant for 8 Dec." in days_on


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
