"""What the tests of the engine ask of a world again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from email.message import EmailMessage

from reminder.domain.channel import Channel
from reminder.domain.ids import ChannelId, OwnerId
from reminder.service import channels, deliveries, lines, people, watching
from reminder.service.deliveries import Logged
from reminder.service.lines import LineView
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from tests.conftest import World, line_fields
from tests.fakes.sink import Act
from tests.fakes.webhook import Answer, WebhookSink

DUE = "2026-11-24T06:00:00"
HALF_PAST = "2026-11-24T06:30:00"
BORIS = "boris@example.org"


async def register(world: World, **changes: object) -> LineView:
    """A line that falls due at :data:`DUE`, seven days before its fee."""
    fields = line_fields(**changes)
    return await world.app.write(lambda work: lines.register(work, world.owner, fields))


async def several(world: World, count: int) -> None:
    """So many such lines, L0, L1 and on."""
    for n in range(count):
        await register(world, number=f"+7 916 123-{n // 10:02}-{n % 10}0", label=f"L{n}")


async def add_hook(world: World, **changes: object) -> channels.Added:
    """The owner's webhook at the receiver."""
    fields: Mapping[str, object] = {"kind": "webhook", "url": world.hook.url, **changes}
    return await world.app.write(lambda work: channels.add(work, world.owner, fields))


async def mailbox(world: World) -> Channel:
    """The owner's own mailbox as a channel."""
    mine = await world.app.read(lambda work: channels.everything(work, world.owner))
    return next(one for one in mine if one.kind == "email")


async def stop_mail(world: World) -> Channel:
    """Stop the owner's own mailbox, so that only other channels speak."""
    mine = await mailbox(world)
    fields = {"state": "stopped"}
    await world.app.write(lambda work: channels.change(work, world.owner, mine.id, fields))
    return mine


async def logged(world: World, **only: object) -> list[Logged]:
    """The owner's deliveries, newest first."""
    return await world.app.read(
        lambda work: deliveries.everything(work, world.owner, **only)  # type: ignore[arg-type]
    )


async def state_of(world: World, channel: Channel) -> str:
    """The state of a channel now."""
    found = await world.app.read(lambda work: channels.get(work, world.owner, channel.id))
    return found.state.value


def plain(mail: EmailMessage) -> str:
    """The text part of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def as_fallback(world: World) -> ChannelId:
    """The owner's own mailbox, for when the webhook takes nothing."""
    mine = await mailbox(world)
    fields = {"use": "fallback"}
    await world.app.write(lambda work: channels.change(work, world.owner, mine.id, fields))
    return mine.id


def brief(found: list[Logged]) -> list[tuple[str, str, str]]:
    """Kind, state and reason of each, in the order of the alphabet: ids of one moment have none."""
    return sorted((d.kind, d.state, d.reason) for d in found)


async def boris_watches(world: World, *tags: str, quiet: str = "") -> tuple[OwnerId, list[str]]:
    """Boris, who reads Russian in Shanghai, watches these tags of Anna's."""

    def agreed(work: Work) -> tuple[OwnerId, list[str]]:
        given = {"email": BORIS, "timezone": "Asia/Shanghai", "language": "ru"}
        boris = new_owner(work, given, admin=True, proven=True)
        people.change_me(work, boris.id, {"quiet_hours": quiet})
        made = []
        for tag in tags:
            one = watching.invite(work, world.owner, {"address": BORIS, "tag": tag})
            watching.agree(work, boris.id, one.id)
            made.append(one.id)
        return boris.id, made

    return await world.app.write(agreed)


async def log_of(world: World, who: OwnerId) -> list[Logged]:
    """Somebody's deliveries, newest first."""
    return await world.app.read(lambda work: deliveries.everything(work, who))


def mails_to(world: World, address: str) -> list[str]:
    """The text of each mail that came to an address."""
    return [plain(m.parsed) for m in world.smtp.messages if m.recipients == (address,)]


class GatedHook(WebhookSink):
    """A receiver that answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()
        self.gate = asyncio.Event()

    async def _answer(self, writer: asyncio.StreamWriter, script: Answer | Act, name: str) -> None:
        self.came.set()
        await self.gate.wait()
        await super()._answer(writer, script, name)


async def hooked(world: World, **changes: object) -> channels.Added:
    """A line whose reminders go to the webhook alone."""
    added = await add_hook(world, **changes)
    await stop_mail(world)
    await register(world)
    return added
