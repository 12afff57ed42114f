"""Channels that hang on the very number they warn about (PRODUCT, section 3)."""

from __future__ import annotations

from collections.abc import Sequence

from reminder.domain.channel import Channel, Use
from reminder.domain.line import Line
from reminder.domain.owner import Owner
from reminder.engine.parcels import channels_for

TELLING_DIGITS = 9


def is_tied(channel: Channel, line: Line) -> bool:
    """Whether a channel works only while the line's number does: its owner said so, or its address
    holds the number."""
    digits = "".join(sign for sign in channel.target if sign.isdecimal())
    return channel.id in line.tied_channels or line.number[-TELLING_DIGITS:] in digits


def all_tied(owner: Owner, line: Line, mine: Sequence[Channel]) -> list[Channel]:
    """The channels of a line's reminders if every one of them, and of those that are asked after
    them, hangs on its number; else none."""
    used = channels_for(owner, line, list(mine))
    others = [c for c in mine if c.is_usable and c.use is not Use.ALWAYS]
    return used if all(is_tied(channel, line) for channel in [*used, *others]) else []
