"""A channel as lists and its own page show it: state, since when, and how it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from reminder.domain.channel import Channel, ChannelState, Use, Why
from reminder.domain.delivery import Format, Kind, Lane
from reminder.service import channels, health
from reminder.service.health import Health
from reminder.web.reasons import reason_words
from reminder.web.troubles import why_off
from reminder.web.visit import Visit
from reminder.web.words import mark

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
_OURS = mark("our own format, signed after Standard Webhooks")
_STATES: Mapping[ChannelState, tuple[str, str, str]] = {
    ChannelState.UNCONFIRMED: (
        "soon",
        mark("not confirmed"),
        mark("Nothing has been taken there yet. Send a test."),
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


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel, in words."""

    id: str
    name: str
    address: str
    level: str
    word: Markup
    says: Markup
    since: str
    counts: Markup
    last: str
    trouble: Markup
    format: str
    is_mail: bool
    is_signed: bool
    is_off: bool
    can_resume: bool
    can_test: bool
    waits: bool
    is_fallback: bool


async def rows_of(visit: Visit) -> list[ChannelRow]:
    """The reader's channels, oldest first."""
    owner = visit.me.id
    mine = await visit.read(lambda work: channels.everything(work, owner))
    how = await visit.read(lambda work: health.everything(work, owner))
    return [row_of(visit, one, how.get(one.id, Health())) for one in mine]


def row_of(visit: Visit, channel: Channel, how: Health) -> ChannelRow:
    """One channel."""
    level, word, _ = _STATES[channel.state]
    is_off = channel.state in {ChannelState.RESTING, ChannelState.STOPPED}
    is_sealed = channel.why is Why.SEALED
    return ChannelRow(
        id=channel.id,
        name=channel.label or str(kind_name(visit, channel)),
        address=channels.shown(channel),
        level=level,
        word=visit.t(word),
        says=_says(visit, channel),
        since=_since(visit, channel),
        counts=_counts(visit, how),
        last=visit.moment(how.sent_at) if how.sent_at else "",
        trouble=_trouble(visit, channel, how),
        format=str(kind_name(visit, channel)) if channel.kind is Lane.WEBHOOK else "",
        is_mail=channel.kind is Lane.EMAIL,
        is_signed=channel.format == Format.STANDARD,
        is_off=is_off,
        can_resume=is_off and not is_sealed,
        can_test=channel.takes(Kind.TEST) and not is_sealed,
        waits=_waits(channel),
        is_fallback=channel.use is Use.FALLBACK,
    )


def _waits(channel: Channel) -> bool:
    """Whether it is a mailbox that has not said yes."""
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
    return visit.t(_STATES[channel.state][2], moment=since)


def _since(visit: Visit, channel: Channel) -> str:
    """The day from which it works, or fails; "" where that is not known."""
    works = channel.state is ChannelState.WORKS
    moment = channel.confirmed_at if works else channel.failing_since
    return visit.day(visit.days.of(moment)) if moment else ""


def kind_name(visit: Visit, channel: Channel) -> Markup:
    """What a channel without a name is called."""
    if channel.kind is Lane.EMAIL:
        return visit.t("Email")
    return format_name(visit, Format(channel.format))


def format_name(visit: Visit, form: Format) -> Markup:
    """What a format is called; a name without a word in the catalogue stays as it is."""
    return visit.t(_NAMES[form])


def formats(visit: Visit) -> list[tuple[str, Markup]]:
    """The formats to choose from: our own, then the chats."""
    chats = [(form.value, format_name(visit, form)) for form in Format if form.is_chat]
    return [(Format.STANDARD.value, visit.t(_OURS)), *chats]


def _counts(visit: Visit, how: Health) -> Markup:
    tried = how.sent + how.failed
    if not tried:
        return Markup("")
    return visit.t("{sent} of {all} delivered in 30 days.", sent=how.sent, all=tried)


def _trouble(visit: Visit, channel: Channel, how: Health) -> Markup:
    """What went wrong last, where it is still so."""
    if channel.state not in {ChannelState.FAILING, ChannelState.RESTING} or not how.failed_at:
        return Markup("")
    words = reason_words(visit, how.failure)
    colon = Markup("：") if visit.language == "zh" else Markup(": ")
    return visit.moment(how.failed_at) + colon + words if words else Markup("")
