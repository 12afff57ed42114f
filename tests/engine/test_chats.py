"""Chats from end to end: what is due for a line reaches each service in its own form."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from reminder.domain.channel import ChannelState
from reminder.domain.delivery import Format
from reminder.domain.ids import LineId
from reminder.service import channels, deliveries, lines
from tests.conftest import World, line_fields
from tests.fakes import Answer
from tests.fakes.webhook import SunkRequest

KEY = "s3cret-" + "k" * 20
PATHS = {
    Format.SLACK: f"/services/T/B/{KEY}",
    Format.DISCORD: f"/api/webhooks/1/{KEY}",
    Format.TELEGRAM: f"/bot1:{KEY}/sendMessage?chat_id=42",
    Format.NTFY: f"/{KEY}",
    Format.GOTIFY: f"/message?token={KEY}",
    Format.BARK: f"/{KEY}",
    Format.SERVERCHAN: f"/{KEY}.send",
    Format.FEISHU: f"/open-apis/bot/v2/hook/{KEY}",
    Format.DINGTALK: f"/robot/send?access_token={KEY}",
    Format.WECOM: f"/cgi-bin/webhook/send?key={KEY}",
    Format.MAX: f"/messages?chat_id=1&access_token={KEY}",
}


async def joined(world: World, form: Format, **more: str) -> channels.Added:
    """A chat of that format on the loopback server, as a channel of the owner."""
    url = world.hook.url.removesuffix("/hook") + PATHS[form]
    given = {"kind": "webhook", "url": url, "format": form.value, **more}
    return await world.app.write(lambda work: channels.add(work, world.owner, given))


def took(form: Format) -> Answer:
    """The answer of a service that took it."""
    code = 200 if form is Format.BARK else 0
    return Answer(200, body=b'{"ok": true, "errcode": 0, "code": %d}' % code)


def body_of(request: SunkRequest) -> dict[str, Any]:
    """The JSON of a request, which has no signature of ours."""
    assert "webhook-signature" not in request.headers
    found: dict[str, Any] = json.loads(request.body)
    return found


@pytest.mark.parametrize("form", list(PATHS))
async def test_a_reminder_arrives(world: World, form: Format) -> None:
    """A line's reminder is taken by the chat, says what is short, and confirms the channel; what is
    shown of the address holds nothing secret."""
    world.hook.behave(took(form))
    added = await joined(world, form)
    assert added.secret is None
    assert KEY not in channels.shown(added.channel)
    fields = line_fields(channels=[added.channel.id])
    view = await world.app.write(lambda work: lines.register(work, world.owner, fields))
    await world.beat("2026-11-24T06:00:00")
    (request,) = world.hook.requests
    said = json.dumps(body_of(request), ensure_ascii=False).replace("\u00a0", " ")
    assert "179.50 ₽" in said
    assert "/a/topped-up/" in said
    assert "9161234567" not in said.replace(" ", "")
    (kept,) = await world.app.read(
        lambda work: deliveries.everything(work, world.owner, line=LineId(view.line.id))
    )
    assert kept.state == "sent"
    channel = await world.app.read(lambda work: channels.get(work, world.owner, added.channel.id))
    assert channel.state is ChannelState.WORKS


@pytest.mark.parametrize("form", list(PATHS))
async def test_a_test_arrives(world: World, form: Format) -> None:
    """The test takes the same way, in the same form."""
    world.hook.behave(took(form))
    added = await joined(world, form)
    await world.app.write(lambda work: channels.test(work, world.owner, added.channel.id))
    await world.beat()
    assert "This channel works" in json.dumps(body_of(world.hook.requests[-1]))


async def test_a_chat_that_is_gone_rests(world: World) -> None:
    """A robot that says in a 200 that its key is wrong makes the channel rest; the log holds its
    word without the key."""
    world.hook.behave(Answer(200, body=b'{"errcode":93000,"errmsg":"invalid webhook url"}'))
    added = await joined(world, Format.WECOM)
    sent = await world.app.write(lambda work: channels.test(work, world.owner, added.channel.id))
    await world.beat()
    logged = await world.app.read(lambda work: deliveries.get(work, world.owner, sent))
    assert logged.state == "dead"
    assert "its code is 93000" in logged.reason
    channel = await world.app.read(lambda work: channels.get(work, world.owner, added.channel.id))
    assert channel.state is ChannelState.RESTING


async def test_digest_of_ten(world: World) -> None:
    """Twelve lines due at once are two messages to a chat, ten lines and two."""
    world.hook.behave(took(Format.TELEGRAM))
    added = await joined(world, Format.TELEGRAM)
    for i in range(12):
        fields = line_fields(
            number=f"+7 916 123-45-{i:02}", label=f"Number {i:02}", channels=[added.channel.id]
        )
        await world.app.write(partial(lines.register, owner=world.owner, fields=fields))
    await world.beat("2026-11-24T06:00:00")
    said = [body_of(request)["text"] for request in world.hook.requests]
    assert [text.count("<b>Number ") for text in sorted(said, key=len)] == [2, 10]
