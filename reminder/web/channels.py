"""Where reminders go: add, test, stop, remove; a webhook's secret is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.channel import Channel, ChannelState, Use, Why
from reminder.domain.delivery import Format, Kind, Lane
from reminder.domain.ids import ChannelId
from reminder.errors import InvalidInput, NotFound
from reminder.service import channels
from reminder.service.channels import Added
from reminder.web.faults import Shown, shown
from reminder.web.troubles import troubles, why_off
from reminder.web.visit import Visit
from reminder.web.words import mark

_WORDS: Mapping[ChannelState, tuple[str, str, str]] = {
    ChannelState.UNCONFIRMED: (
        "soon",
        mark("not confirmed"),
        mark("Nothing has been taken there yet."),
    ),
    ChannelState.WORKS: ("fine", mark("works"), mark("Reminders arrive here.")),
    ChannelState.FAILING: (
        "now",
        mark("failing"),
        mark("It has taken nothing since {moment}; we go on trying."),
    ),
    ChannelState.RESTING: ("rest", mark("resting"), ""),
    ChannelState.STOPPED: ("rest", mark("stopped"), mark("You stopped it. Nothing is sent here.")),
}
_OWN_STOPPED = mark("You stopped it. It is written to only when no other channel is left.")
_MEND = mark("Mend it, then resume.")
_MAIL_WAITS = mark("Open the link in the mail we sent there; until then nothing else comes.")
_NAMES: Mapping[Format, str] = {
    Format.STANDARD: mark("Webhook"),
    Format.SLACK: "Slack",
    Format.DISCORD: "Discord",
    Format.TELEGRAM: "Telegram",
    Format.NTFY: "ntfy",
    Format.GOTIFY: "Gotify",
    Format.BARK: "Bark",
    Format.SERVERCHAN: mark("ServerChan"),
    Format.FEISHU: mark("Feishu"),
    Format.DINGTALK: mark("DingTalk"),
    Format.WECOM: mark("WeCom"),
    Format.MAX: "MAX",
}
_OF_KIND = {"email": ("address",), "webhook": ("url", "format", "secret")}
_OURS = mark("our own format, signed after Standard Webhooks")
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Row:
    """One channel as the list shows it."""

    id: str
    name: str
    address: str
    level: str
    word: Markup
    says: Markup
    is_signed: bool
    is_off: bool
    can_resume: bool
    can_test: bool
    waits: bool
    is_fallback: bool


def _row(visit: Visit, channel: Channel) -> Row:
    level, word, _ = _WORDS[channel.state]
    is_mail = channel.kind is Lane.EMAIL
    kind = visit.t("Email") if is_mail else _name(visit, Format(channel.format))
    is_off = channel.state in {ChannelState.RESTING, ChannelState.STOPPED}
    return Row(
        id=channel.id,
        name=channel.label or str(kind),
        address=channels.shown(channel),
        level=level,
        word=visit.t(word),
        says=_says(visit, channel),
        is_signed=channel.format == Format.STANDARD,
        is_off=is_off,
        can_resume=is_off and channel.why is not Why.SEALED,
        can_test=channel.takes(Kind.TEST) and channel.why is not Why.SEALED,
        waits=_waits(channel),
        is_fallback=channel.use is Use.FALLBACK,
    )


def _waits(channel: Channel) -> bool:
    return channel.state is ChannelState.UNCONFIRMED and channel.kind is Lane.EMAIL


def _says(visit: Visit, channel: Channel) -> Markup:
    """How a channel is, in a sentence or two."""
    if channel.is_off_unasked:
        why = why_off(visit, channel)
        mend = channel.state is ChannelState.RESTING and channel.why is not Why.SEALED
        gap = "" if visit.language == "zh" else " "
        return why + gap + visit.t(_MEND) if mend else why
    if _waits(channel):
        return visit.t(_MAIL_WAITS)
    if channel.state is ChannelState.STOPPED and channel.target == visit.me.email:
        return visit.t(_OWN_STOPPED)
    since = visit.moment(channel.failing_since) if channel.failing_since else ""
    return visit.t(_WORDS[channel.state][2], moment=since)


def _name(visit: Visit, form: Format) -> Markup:
    """What a format is called; a name without a word in the catalogue stays as it is."""
    return visit.t(_NAMES[form])


def _formats(visit: Visit) -> list[tuple[str, Markup]]:
    chats = [(form.value, _name(visit, form)) for form in Format if form.is_chat]
    return [(Format.STANDARD.value, visit.t(_OURS)), *chats]


async def index(visit: Visit) -> Response:
    """``/channels``: GET lists, POST adds."""
    if not visit.is_post:
        return await _page(visit)
    form = {name: value for name, value in visit.form.items() if value}
    kind = form.get("kind", "")
    wanted = {"kind", "label", "use", *_OF_KIND.get(kind, ())}
    fields = {name: value for name, value in form.items() if name in wanted}
    try:
        added = await visit.write(lambda work: channels.add(work, visit.me.id, fields))
    except InvalidInput as error:
        return await _page(visit, faults=shown(visit, error, {}))
    return await _page(visit, added=added)


async def _page(
    visit: Visit, faults: tuple[Shown, ...] = (), added: Added | None = None
) -> Response:
    mine = await visit.read(lambda work: channels.everything(work, visit.me.id))
    trouble = await troubles(visit)
    settings = visit.site.app.settings
    host = urlsplit(settings.server.base_url).hostname or ""
    return visit.render(
        "channels.html",
        422 if faults else 200,
        rows=[_row(visit, channel) for channel in mine],
        is_cut_off=trouble.is_cut_off,
        faults=faults,
        values=visit.form if faults else {"kind": "email", "use": "always"},
        added=added,
        secret=added.secret if added else None,
        warns=settings.email.server is not None and host in _LOCAL,
        formats=_formats(visit),
        keeps=settings.email.server is None,
        said=visit.asked("said"),
    )


async def act(visit: Visit) -> Response:
    """``POST /channels/{id}/{verb}``."""
    owner, channel = visit.me.id, ChannelId(visit.part("id"))
    match visit.part("verb"):
        case "test":
            await visit.write(lambda work: channels.test(work, owner, channel))
            return visit.go("/channels?said=tested")
        case "remove":
            await visit.write(lambda work: channels.remove(work, owner, channel))
            return visit.go("/channels?said=removed")
        case "ask":
            await visit.write(lambda work: channels.ask_again(work, owner, channel))
            return visit.go("/channels?said=asked")
        case "rotate":
            fields: dict[str, object] = {"rotate_secret": True}
            added = await visit.write(lambda work: channels.change(work, owner, channel, fields))
            return await _page(visit, added=added)
        case "stop" | "resume" | "always" | "fallback" as verb:
            return await _change(visit, owner_change(verb))
        case _:
            raise NotFound("There is no such page")


def owner_change(verb: str) -> dict[str, object]:
    """The change that a button asks for."""
    match verb:
        case "stop":
            return {"state": ChannelState.STOPPED.value}
        case "resume":
            return {"state": ChannelState.WORKS.value}
        case _:
            return {"use": verb}


async def _change(visit: Visit, fields: dict[str, object]) -> Response:
    owner, channel = visit.me.id, ChannelId(visit.part("id"))
    await visit.write(lambda work: channels.change(work, owner, channel, fields))
    return visit.go("/channels?said=changed")
