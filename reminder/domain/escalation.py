"""Where a reminder goes, and where it goes next when nobody took it (PRODUCT 3a, rule 17).

A line's channels come first. A fallback is asked when none of them took the reminder within half
an hour, or at once when all refused it; each further one after the same wait; then the second
contact. A reminder that somebody took goes nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from reminder.domain.channel import Channel, Use, Why
from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId
from reminder.domain.line import Ladder
from reminder.domain.quick import quick

WAIT = timedelta(minutes=30)
TAKEN = "taken by another channel"
_SHUT = frozenset({Why.LINK, Why.NOT_MINE, Why.GONE})


@quick
@dataclass(frozen=True, slots=True)
class Reach:
    """How an owner can be reached: their channels, oldest first, the second contact among them,
    and ``own``, the address they sign in by, as a channel."""

    channels: tuple[Channel, ...]
    own: Channel

    @property
    def _usable(self) -> list[Channel]:
        """The owner's own channels that may be written to."""
        return [c for c in self.channels if c.is_usable and c.use is not Use.SECOND]

    @property
    def second(self) -> Channel | None:
        """The second contact, once it may be written to."""
        found = (c for c in self.channels if c.use is Use.SECOND and c.is_usable)
        return next(found, None)

    @property
    def own_is_usable(self) -> bool:
        """Whether the owner's address may be written to: confirmed, and not refused or stopped by
        its reader on a channel of its own."""
        return self.own.is_usable and not any(
            c.why in _SHUT and c.is_off_unasked for c in self._same_mailbox
        )

    @property
    def _same_mailbox(self) -> list[Channel]:
        mailboxes = (c for c in self.channels if c.kind is Lane.EMAIL)
        return [c for c in mailboxes if c.target.casefold() == self.own.target.casefold()]

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing can reach the owner, nor anybody for them."""
        return not self.first(())

    def first(self, named: Collection[ChannelId]) -> list[Channel]:
        """Who gets a reminder at its moment: the line's own channels, else all that are for
        always; where none of those can be used, one fallback, another channel, the owner's
        address, the second contact. Empty: nothing can reach the owner."""
        usable = self._usable
        chosen = [c for c in usable if self._is_meant(c, named)]
        if chosen:
            return chosen
        fallbacks = [c for c in usable if c.use is Use.FALLBACK]
        own = [self.own] if self.own_is_usable else []
        second = [self.second] if self.second else []
        return (fallbacks or usable or own or second)[:1]

    def _is_meant(self, channel: Channel, named: Collection[ChannelId]) -> bool:
        """Whether a channel is one of the line's own; names of channels that were removed do not
        count, and a line without a name left has all that are for always."""
        there = {c.id for c in self.channels if c.use is not Use.SECOND}
        return channel.id in named if there & set(named) else channel.use is Use.ALWAYS

    def following(
        self, named: Collection[ChannelId], tried: Collection[ChannelId]
    ) -> Channel | None:
        """Who is asked next when none of ``tried`` took it: what the line has of its own, each
        fallback in order, then the second contact; the owner's address before it if no channel of
        theirs can be used any more. What else the owner has comes last. None: all were asked."""
        left = [c for c in self._usable if c.id not in tried]
        mine = [c for c in left if self._is_meant(c, named)]
        fallbacks = [c for c in left if c.use is Use.FALLBACK]
        own = [self.own] if self._may_turn_to_own(tried) else []
        second = [c for c in [self.second] if c is not None and c.id not in tried]
        last = [*second, *left, *own] if self._usable else [*own, *second]
        return next(iter([*mine, *fallbacks, *last]), None)

    def _may_turn_to_own(self, tried: Collection[ChannelId]) -> bool:
        was_asked = any(c.id in tried for c in self._same_mailbox) or self.own.id in tried
        return self.own_is_usable and not was_asked

    def to_tell_of(self, lost: Channel) -> Channel | None:
        """Who is told that a channel gets nothing any more: never somebody else than the owner."""
        usable = [c for c in self._usable if c.id != lost.id and c.target != lost.target]
        always = [c for c in usable if c.use is Use.ALWAYS]
        if always or usable:
            return (always or usable)[0]
        return self.own if self.own_is_usable and self.own.target != lost.target else None


def asks_at(ladder: Ladder, leaves_at: datetime) -> datetime:
    """When the next channel is asked if nobody took what leaves at an instant: half an hour later,
    outside the quiet hours."""
    return ladder.moment_after(leaves_at + WAIT)
