"""What one pass owes each channel: which reminders it takes, in one message or in parts by size
(PRODUCT 3a, rules 15 to 17). It is put in a ledger; nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import structlog

from reminder.domain.channel import Channel, ChannelState
from reminder.domain.delivery import Kind, Lane, expires_at
from reminder.domain.escalation import Reach
from reminder.domain.ids import ChannelId, DeliveryId, ReminderId, Series
from reminder.domain.line import Line
from reminder.domain.look import Due
from reminder.domain.notice import Urgency
from reminder.domain.owner import Owner
from reminder.domain.quick import quick
from reminder.storage.ledger import Ledger, Superseded
from reminder.storage.outbox import NewDelivery

log = structlog.get_logger(__name__)
PARTS = {Lane.EMAIL: 50, Lane.WEBHOOK: 15}
CHAT_PART = 10
_urgency = attrgetter("urgency")


@quick
@dataclass(frozen=True, slots=True)
class Item:
    """One reminder on its way to a channel. ``is_first``: its line has had none of its clock, so
    that there is nothing it could take the place of."""

    id: ReminderId
    due: Due
    line: Line
    urgency: Urgency
    is_first: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Parcel:
    """What one channel is to tell at one moment: by default that of the reminders themselves. A
    fallback names the delivery that it stands in for; a copy is for who watches the lines."""

    channel: Channel
    items: Sequence[Item]
    due_at: datetime | None = None
    instead_of: DeliveryId | None = None
    is_copy: bool = False


def own_address(owner: Owner) -> Channel:
    """The owner's own mailbox as a channel: the way that is left when no other is."""
    return Channel(
        id=ChannelId(owner.id),
        owner=owner.id,
        kind=Lane.EMAIL,
        target=owner.email,
        format="email",
        created_at=owner.created_at,
        state=ChannelState.WORKS if owner.confirmed else ChannelState.UNCONFIRMED,
    )


def reach_by(owner: Owner, mine: Sequence[Channel]) -> Reach:
    """How an owner with these channels can be reached."""
    return Reach(tuple(mine), own_address(owner))


def channels_for(owner: Owner, line: Line, reachable: Sequence[Channel]) -> list[Channel]:
    """Where a line's reminders go at their moment (rule 17)."""
    return reach_by(owner, reachable).first(line.channels)


@quick
@dataclass(frozen=True, slots=True)
class Leave:
    """When what a pass owes somebody leaves, and when another channel is asked for it."""

    at: datetime
    asks_at: datetime


def hand_over(book: Ledger, ids: Series, reach: Reach, items: Sequence[Item], leave: Leave) -> None:
    """Put an owner's reminders in the outbox of every channel that takes them. Another channel is
    asked if nobody takes one by then; none is where there is none."""
    ways: dict[tuple[ChannelId, ...], tuple[list[Channel], bool]] = {}
    by_channel: dict[ChannelId, tuple[Channel, list[Item]]] = {}
    for item in items:
        named = item.line.channels
        if named not in ways:
            first = reach.first(named)
            ways[named] = first, reach.following(named, [c.id for c in first]) is not None
        to, is_asked = ways[named]
        if not to:
            log.warning("nobody to tell", owner=reach.own.owner, reminder=item.id)
        elif is_asked:
            book.asks[item.id] = leave.asks_at
        supersede(book, to, item)
        for channel in to:
            by_channel.setdefault(channel.id, (channel, []))[1].append(item)
    for channel, due in by_channel.values():
        enqueue(book, ids, Parcel(channel, due), leave.at)


def supersede(book: Ledger, to: Sequence[Channel], item: Item) -> None:
    """What is unsent of a line and clock gives way to this on these channels (rule 16)."""
    if not item.is_first:
        here = frozenset(channel.id for channel in to)
        book.superseded.append(Superseded(here, item.line.id, item.due.key.clock))


def enqueue(book: Ledger, ids: Series, parcel: Parcel, leaves_at: datetime) -> None:
    """Put one channel's reminders in the outbox; in the quiet hours they wait there (rule 3)."""
    channel = parcel.channel
    ordered = sorted(parcel.items, key=_urgency)
    size = PARTS[channel.kind] if channel.format in {"email", "standard"} else CHAT_PART
    for start in range(0, len(ordered), size):
        part = ordered[start : start + size]
        book.deliveries.append(
            NewDelivery(
                id=DeliveryId(ids.new("dlv")),
                owner=channel.owner,
                channel=channel.id,
                kind=Kind.REMINDER,
                lane=channel.kind,
                due_at=parcel.due_at or max(item.due.due_at for item in part),
                run_at=leaves_at,
                expires_at=expires_at(Kind.REMINDER, channel.kind, leaves_at),
                reminders=tuple(item.id for item in part),
                instead_of=parcel.instead_of,
                is_copy=parcel.is_copy,
                room=size,
            )
        )
