"""Promises of reminder/engine/letters.py: judged again before each try, the same bytes again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import open_app
from reminder.domain.ids import LineId
from reminder.service import acts, channels, lines, links, people
from reminder.service.work import Work
from tests.conftest import HandClock, World, line_fields, settings_in
from tests.engine.samples import DUE, add_hook, logged, plain, register, stop_mail
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


async def test_every_link_of_a_reminder(world: World) -> None:
    """A reminder offers its verbs, the operator's page in the reader's language and the official
    link, and a mail can be unsubscribed from with one click."""
    await add_hook(world)
    await register(world)
    await world.beat(DUE)
    links = json.loads(world.hook.requests[0].body)["data"]["reminders"][0]["links"]
    for verb in ("topped_up", "renewed", "used", "balance", "acknowledge", "snooze", "stop"):
        dashed = verb.replace("_", "-")
        assert re.fullmatch(rf"https://reminder\.test/a/{dashed}/[\w-]+", links[verb]), verb
    assert links["how_to_top_up"] == "https://reminder.test/operators/mts?language=en"
    assert links["official"].startswith("https://")
    mail = world.smtp.messages[0].parsed
    assert "https://reminder.test/a/unsubscribe/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_an_owners_own_link_of_an_unknown_operator(world: World) -> None:
    """Where the operator is not known, the owner's own link stands in its place (rule 21)."""
    await add_hook(world)
    await register(world, operator="other", top_up_url="https://pay.example.org/")
    await world.beat(DUE)
    (one,) = json.loads(world.hook.requests[0].body)["data"]["reminders"]
    assert one["operator"]["id"] == "other"
    assert one["links"]["how_to_top_up"] == "https://reminder.test/operators/other?language=en"


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


async def test_a_sign_in_mail_carries_its_link_and_nothing_to_unsubscribe(world: World) -> None:
    """The mail that signs in holds a link that works once; it is not a list's mail."""
    await world.app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    await world.beat()
    mail = world.smtp.messages[0].parsed
    found = re.search(r"https://reminder\.test/sign-in/(\S+)", plain(mail))
    assert found is not None
    assert mail["List-Unsubscribe"] is None
    cookie = await world.app.write(lambda work: people.sign_in(work, found[1]))
    me = await world.app.read(lambda work: people.session_owner(work, cookie))
    assert me is not None
    assert me.email == "anna@example.org"


async def test_late_while_it_ran(world: World) -> None:
    """What is late although the service ran says that it is late, not that we were down."""
    await register(world)
    await world.beat("2026-11-24T09:00:00")
    said = " ".join(plain(world.smtp.messages[0].parsed).split())
    assert "This message is late: it was meant for 24 Nov." in said
    assert "down" not in said


async def test_what_comes_months_late_is_dated_today_and_can_be_acted_on(world: World) -> None:
    """A mail of months ago stands where nobody looks, and its links would be over."""
    await register(world, charged_by="owner", period=None)
    await world.beat("2027-03-05T09:00:00")
    (mail,) = world.smtp.messages
    assert mail.parsed["Date"] == "Thu, 04 Mar 2027 21:00:00 +0000"
    found = re.findall(r"/a/([a-z-]+)/([\w-]{40,})", plain(mail.parsed))
    assert {"renewed", "stop", "unsubscribe", "not-mine"} <= {verb for verb, _ in found}
    for verb, token in found:
        await world.app.read(partial(links.open_link, verb=verb, token=token))


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
