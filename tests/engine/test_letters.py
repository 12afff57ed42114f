"""Promises of reminder/engine/letters.py: judged again before each try, the same bytes again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import open_app
from reminder.domain.delivery import Lane
from reminder.domain.ids import LineId
from reminder.engine.letters import Dropped, Letter, Prepared, prepare
from reminder.service import acts, channels, deliveries, lines, people
from reminder.service.work import Work
from reminder.storage import claims
from reminder.storage.database import Session
from tests.conftest import HandClock, World, line_fields, settings_in
from tests.engine.samples import (
    BORIS,
    DUE,
    add_hook,
    boris_watches,
    hooked,
    logged,
    mails_to,
    plain,
    register,
    stop_mail,
)
from tests.fakes import SmtpSink
from tests.fakes.sink import Act
from tests.fakes.smtp import Step
from tests.fakes.webhook import Answer

ACTS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "deleted": ("remove", {}),
    "stopped": ("stop", {}),
    "snoozed": ("snooze", {"until": "2026-11-26"}),
    "covered": ("topped_up", {"amount": "1000"}),
    "acknowledged": ("acknowledge", {}),
    "edited": ("change", {"renews_on": "2026-12-20"}),
}


def _do(work: Work, world: World, line: LineId, name: str) -> None:
    verb, fields = ACTS[name]
    match verb:
        case "remove":
            lines.remove(work, world.owner, line)
        case "change":
            lines.change(work, world.owner, line, fields)
        case "stop" | "acknowledge":
            getattr(acts, verb)(work, world.owner, line)
        case _:
            getattr(acts, verb)(work, world.owner, line, fields)


@pytest.mark.parametrize("reason", sorted(ACTS))
async def test_what_is_moot_is_not_sent(world: World, reason: str) -> None:
    """What was dealt with between planning and the try is skipped, the log says why (rule 14)."""
    view = await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    world.clock.set("2026-11-24T06:00:10")
    await world.app.write(lambda work: _do(work, world, view.line.id, reason))
    await world.app.ensure_sender().drain()
    assert world.smtp.messages == []
    (one,) = await logged(world)
    assert one.state == "skipped"
    assert one.reason
    assert [(r.state, r.reason, r.label) for r in one.reminders] == [("skipped", one.reason, "Mum")]
    if reason not in {"edited", "covered"}:
        assert one.reason == reason


async def test_a_channel_that_is_off_gets_nothing(world: World) -> None:
    """What was on its way to a channel that was stopped or removed is skipped."""
    added = await add_hook(world)
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    await stop_mail(world)
    await world.app.write(lambda work: channels.remove(work, world.owner, added.channel.id))
    await world.app.ensure_sender().drain()
    assert (world.smtp.messages, world.hook.requests) == ([], [])
    assert {(d.state, d.reason) for d in await logged(world)} == {("skipped", "channel off")}


async def test_the_others_of_a_message_are_sent(world: World) -> None:
    """What fell out is named in the log, and the message goes without it (rules 14 and 16)."""
    gone = await register(world)
    await register(world, number="+7 916 765-43-21", label="Dad")
    world.clock.set(DUE)
    await world.app.plan()
    await world.app.write(lambda work: lines.remove(work, world.owner, gone.line.id))
    await world.app.ensure_sender().drain()
    assert "Mum" not in plain(world.smtp.messages[0].parsed)
    (one,) = await logged(world)
    assert {(r.label, r.state, r.reason) for r in one.reminders} == {
        ("Mum", "skipped", "deleted"),
        ("Dad", "sent", ""),
    }


async def test_a_retry_sends_the_same_bytes(world: World) -> None:
    """On the same day a retry has the same body and the same webhook-id (rule 16)."""
    await stop_mail(world)
    await add_hook(world)
    await register(world)
    world.hook.behave(Answer(503), times=1)
    await world.beat(DUE)
    await world.beat("2026-11-24T06:01:00")
    first, second = world.hook.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_a_mails_retry_has_the_same_bytes(world: World) -> None:
    """A mail that was taken without a word comes again byte for byte, under one Message-ID."""
    await register(world)
    world.smtp.behave(Step.END, Act.CUT, times=1)
    await world.beat(DUE)
    await world.beat("2026-11-24T06:10:00")
    first, second = world.smtp.messages
    assert first.raw == second.raw


async def test_the_next_day_it_is_rendered_anew(world: World) -> None:
    """When the date has changed the message says today's days, under the same id (rule 16)."""
    await stop_mail(world)
    await add_hook(world)
    await register(world)
    world.hook.behave(Answer(503), times=1)
    await world.beat(DUE)
    await world.beat("2026-11-25T06:00:00")
    bodies = [json.loads(r.body)["data"]["reminders"][0] for r in world.hook.requests]
    assert [b["days_left"] for b in bodies] == [7, 6]
    assert len({r.headers["webhook-id"] for r in world.hook.requests}) == 1
    assert len({b["id"] for b in bodies}) == 1


async def test_a_batch_is_what_each_would_be_alone(world: World) -> None:
    """Mails, webhooks, chats, copies, a test and what comes to nothing: whoever else is in the
    batch, each comes out as it would by itself."""
    await add_hook(world)
    own = await add_hook(world, url=f"{world.hook.url}/own")
    url = world.hook.url.replace("/hook", "/services/T/B/c")
    chat = await add_hook(world, format="slack", url=url)
    await boris_watches(world, "office")
    await register(world, tags=["office"])
    await register(world, number="+7 916 765-43-21", label="Dad")
    gone = await register(world, number="+7 916 765-43-22", label="Gone")
    world.clock.set(DUE)
    await world.app.plan()
    await world.app.write(lambda work: acts.stop(work, world.owner, gone.line.id))
    await world.app.write(lambda work: channels.remove(work, world.owner, own.channel.id))
    await world.app.write(lambda work: channels.test(work, world.owner, chat.channel.id))
    now, desk = world.clock(), world.app.desk

    def both(session: Session) -> tuple[list[Prepared], list[Prepared]]:
        until = now + timedelta(minutes=1)
        got = [c for lane in Lane for c in claims.claim(session, lane, now, until, 50, "n")]
        alone = [one for claim in got for one in prepare(session, desk, [claim], now)]
        together = prepare(session, desk, got, now)
        session.rollback()
        return sorted(alone, key=_by_id), sorted(together, key=_by_id)

    alone, together = await world.app.database.write(both)
    assert len(alone) == 6
    assert {type(one) for one in alone} == {Letter, Dropped}
    assert together == alone


def _by_id(one: Prepared) -> str:
    return one.claim.id


async def test_one_that_cannot_be_made_is_dead_and_the_others_go(world: World) -> None:
    """A message that breaks in the making is dead with a reason; those beside it are sent."""
    added = await add_hook(world)
    await register(world)
    world.clock.set(DUE)
    await world.app.plan()
    await world.app.write(
        lambda work: work.session.execute(
            text("UPDATE delivery SET kind = 'failing', body = 'torn' WHERE channel_id = :id"),
            {"id": added.channel.id},
        )
    )
    await world.app.ensure_sender().drain()
    assert len(world.smtp.messages) == 1
    states = {d.channel: d.state for d in await logged(world)}
    assert states[added.channel.id] == "dead"
    assert sorted(states.values()) == ["dead", "sent"]


async def test_no_preference_stops_a_reminder(world: World) -> None:
    """Where an early version let somebody write "Bali" or "russian_card", the reminder goes as if
    they had not said it, and its links are those of who says nothing."""
    await add_hook(world)
    await register(world)
    await world.app.write(
        lambda work: work.session.execute(
            text("UPDATE owner SET place = 'Bali', pay = 'russian_card'")
        )
    )
    await world.beat(DUE)
    assert [one.state for one in await logged(world)] == ["sent", "sent"]
    assert len(world.smtp.messages) == 1
    (one,) = json.loads(world.hook.requests[0].body)["data"]["reminders"]
    assert one["links"]["how_to_top_up"] == "https://reminder.test/operators/mts?language=en"


async def test_late_while_it_ran(world: World) -> None:
    """What is late although the service ran says that it is late, not that we were down."""
    await register(world)
    await world.beat("2026-11-24T09:00:00")
    said = " ".join(plain(world.smtp.messages[0].parsed).split())
    assert "This message is late: it was meant for 24 Nov." in said
    assert "down" not in said


async def _unanswered(world: World) -> None:
    """A mail and a webhook that were planned in time, of which no try came to anything."""
    await add_hook(world)
    await register(world)
    world.hook.behave(Act.CUT, times=1)
    world.smtp.behave(Step.RCPT, "451 later", times=1)
    await world.beat(DUE)
    assert world.smtp.messages == []


async def test_planned_in_time_and_sent_days_late(world: World) -> None:
    """What was planned in time, and is sent two days on, says so in the mail and in the webhook
    (rule 5), and not that we were down: that is not known."""
    await _unanswered(world)
    await world.beat("2026-11-26T06:00:00")
    (told,) = json.loads(world.hook.requests[-1].body)["data"]["reminders"]
    assert (told["late"], told["days_left"]) == (True, 5)
    said = json.loads(world.hook.requests[-1].body)["data"]["text"]
    for words in (said, plain(world.smtp.messages[0].parsed)):
        assert "This message is late: it was meant for 24 Nov." in " ".join(words.split())
        assert "down" not in words


async def test_later_on_its_day_it_is_not_late(world: World) -> None:
    """Tried again eight hours on, on the same day, it has the same bytes (rule 16)."""
    await stop_mail(world)
    await add_hook(world)
    await register(world)
    world.hook.behave(Answer(503), times=1)
    await world.beat(DUE)
    await world.beat("2026-11-24T14:00:00")
    first, second = world.hook.requests
    assert first.body == second.body
    assert json.loads(second.body)["data"]["reminders"][0]["late"] is False


async def test_a_late_message_keeps_its_bytes_too(world: World) -> None:
    """Two tries on the second day after are the same (rule 16)."""
    await stop_mail(world)
    await add_hook(world)
    await register(world)
    world.hook.behave(Answer(503), times=3)
    await world.beat(DUE)
    await world.beat("2026-11-26T06:00:00")
    await world.beat("2026-11-26T14:00:00")
    bodies = [one.body for one in world.hook.requests]
    assert bodies[0] != bodies[1] == bodies[2]


async def test_who_waits_for_a_watchers_morning_is_not_late(world: World) -> None:
    """Nine in Moscow is two in the afternoon in Shanghai, whose reader is asleep until the next
    day: held for that it is not late, nor at the next try of that day."""
    await boris_watches(world, "office", quiet="13:00-01:00")
    await register(world, tags=["office"])
    await world.beat(DUE)
    world.smtp.behave(Step.RCPT, "451 later", times=1)
    await world.beat("2026-11-24T17:00:00")
    assert mails_to(world, BORIS) == []
    await world.beat("2026-11-24T18:00:00")
    (held,) = mails_to(world, BORIS)
    assert "запоздало" not in held


async def test_another_try_by_hand_does_not_make_it_in_time(world: World) -> None:
    """Given up, and tried once more by hand days later: it is late all the same."""
    added = await hooked(world)
    world.hook.behave(Answer(410), times=1)
    await world.beat(DUE)
    (one,) = await logged(world, channel=added.channel.id)
    assert one.state == "dead"
    world.clock.set("2026-11-26T06:00:00")
    fields = {"state": "works"}
    await world.app.write(lambda work: channels.change(work, world.owner, added.channel.id, fields))
    await world.app.write(lambda work: deliveries.retry(work, world.owner, one.id))
    await world.beat()
    assert json.loads(world.hook.requests[-1].body)["data"]["reminders"][0]["late"] is True


async def test_late_because_it_was_down(tmp_path: Path, clock: HandClock) -> None:
    """What fell due before this process began is said to be late because we were down."""
    async with SmtpSink() as smtp:
        settings = settings_in(tmp_path, {"REMINDER_EMAIL__URL": smtp.url})
        async with open_app(settings, clock=clock) as app:
            owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
            await app.write(lambda work: lines.register(work, owner.id, line_fields()))
        clock.set("2026-11-24T09:00:00")
        async with open_app(settings, clock=clock) as app:
            await app.plan()
            await app.ensure_sender().drain()
    said = " ".join(plain(smtp.messages[0].parsed).split())
    assert "We were down on 24 Nov. This is the message of that day." in said
