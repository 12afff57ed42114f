"""The main job as a story in the terminal: ``make demo``.

A throw-away database, a real SMTP server and a real webhook receiver on loopback; lines are
registered, the clock is moved, and every message that arrives is shown.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from reminder.app import open_app
from reminder.service import acts, channels, lines, people
from tests.conftest import HandClock, World, line_fields, settings_in
from tests.fakes import SmtpSink, WebhookSink

MOSCOW = ZoneInfo("Europe/Moscow")
STORY = (
    ("2026-11-24T06:00:00", "Seven days before the fee of 1 December, 09:00 in Moscow"),
    ("2026-11-28T06:00:00", "Three days before"),
    ("2026-11-30T06:00:00", "One day before: somebody topped up, so nothing needs to be said"),
    ("2026-12-25T06:00:00", "The fee was taken and the line went on: seven days before January's"),
    ("2027-01-01T12:00:00", "The service was off for a week; one message, and it says it is late"),
)


def say(text: str) -> None:
    """Print one paragraph."""
    print(text, flush=True)


async def main() -> None:
    """Tell the story."""
    with tempfile.TemporaryDirectory() as folder:
        async with SmtpSink() as smtp, WebhookSink() as hook:
            environ = {
                "REMINDER_EMAIL__URL": smtp.url,
                "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
            }
            clock = HandClock()
            async with open_app(settings_in(Path(folder), environ), clock=clock) as app:
                owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
                world = World(app, clock, smtp, hook, owner.id)
                await _register(world)
                await _go_on(world)


async def _register(world: World) -> None:
    fields = {"kind": "webhook", "url": world.hook.url}
    await world.app.write(lambda work: channels.add(work, world.owner, fields))
    view = await world.app.write(lambda work: lines.register(work, world.owner, line_fields()))
    say(f"Registered {view.line.number} ({view.line.label}), MTS, 300 RUB on 1 December.")
    ahead = await world.app.read(lambda work: lines.schedule(work, world.owner, view.line.id, 2))
    for one in ahead:
        local = one.due_at.astimezone(MOSCOW)
        say(f"  planned: {local:%a %d %b %Y %H:%M} Moscow, {one.lead_days} days before")


async def _go_on(world: World) -> None:
    for moment, what in STORY:
        say(f"\n== {what} ==")
        mails, hooks = len(world.smtp.messages), len(world.hook.requests)
        await world.beat(moment)
        for mail in world.smtp.messages[mails:]:
            _show_mail(mail.parsed)
        for request in world.hook.requests[hooks:]:
            body = json.loads(request.body)
            say(f"  webhook {request.headers['webhook-id']}: {body['data']['title']}")
        if len(world.smtp.messages) == mails:
            say("  nothing was sent")
        if moment == "2026-11-28T06:00:00":
            await _top_up(world)


def _show_mail(mail: EmailMessage) -> None:
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    say(f"  mail to {mail['To']}: {mail['Subject']}")
    say("\n".join(f"  | {line}" for line in text.splitlines()[:12]))


async def _top_up(world: World) -> None:
    found = await world.app.read(lambda work: lines.everything(work, world.owner))
    line = found[0].line.id
    await world.app.write(lambda work: acts.topped_up(work, world.owner, line, {"amount": "300"}))
    say("  -> Anna topped up 300 RUB and said so")


if __name__ == "__main__":
    asyncio.run(main())
