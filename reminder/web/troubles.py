"""What is wrong with the ways out, as the board says it: what fell silent, with a button to resume;
in red when nothing at all can reach the owner (PRODUCT 3a, rules 17 and 18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from reminder.domain.channel import Channel, Use, Why
from reminder.domain.delivery import Lane
from reminder.service import channels
from reminder.web.visit import Visit
from reminder.web.words import mark

_WHYS: Mapping[Why, str] = {
    Why.WISH: mark("Its messages are stopped."),
    Why.LINK: mark("It was stopped by the link in a message."),
    Why.NOT_MINE: mark("Its holder said that the address is not theirs."),
    Why.GONE: mark("It says that nobody is there any more."),
    Why.FAILED: mark("It has taken nothing for five days."),
    Why.SEALED: mark("Its address must be typed again: the key of this service has changed."),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One channel that gets nothing, why, and whether a button can resume it."""

    id: str
    name: str
    why: Markup
    can_resume: bool


@dataclass(frozen=True, slots=True)
class Troubles:
    """All of them; ``is_cut_off``: no reminder can reach the owner."""

    channels: tuple[Trouble, ...]
    is_cut_off: bool


def why_off(visit: Visit, channel: Channel) -> Markup:
    """Why a channel gets nothing."""
    return visit.t(_WHYS[channel.why])


def name_of(visit: Visit, channel: Channel) -> str:
    """What the owner calls a channel: its label, else its address, else its kind."""
    kind = visit.t("Email") if channel.kind is Lane.EMAIL else visit.t("Webhook")
    name = channel.label or channel.shown or str(kind)
    if channel.use is Use.SECOND:
        return str(visit.t("{name} (second contact)", name=name))
    return name


async def troubles(visit: Visit) -> Troubles:
    """What the board has to say of the channels."""
    found = await visit.read(lambda work: channels.troubles(work, visit.me.id))
    rows = tuple(
        Trouble(c.id, name_of(visit, c), why_off(visit, c), c.why is not Why.SEALED)
        for c in found.off
    )
    return Troubles(rows, found.is_cut_off)
