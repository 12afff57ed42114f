"""Copies that find one on its way: a message to who watches, not begun yet, takes in what later
passes owe the same channel at that moment, while it has room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from reminder.domain.ids import ChannelId, DeliveryId
from reminder.storage import swift
from reminder.storage.batches import portions
from reminder.storage.outbox import CARRIED, PENDING, NewDelivery
from reminder.storage.tables import DeliveryReminderRow, DeliveryRow

GATHER = timedelta(minutes=1)
_LOOKS_BACK = timedelta(days=1)


@dataclass(slots=True)
class _Waiting:
    """A message that was not begun: when it leaves, and how many reminders it holds."""

    id: DeliveryId
    run_at: datetime
    held: int

    def takes(self, one: NewDelivery) -> bool:
        """Whether what another holds goes into it, at its moment."""
        return (
            abs(self.run_at - one.run_at) <= GATHER and self.held + len(one.reminders) <= one.room
        )


def join(session: Session, new: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
    """Put copies into what waits for their channels; return the messages that are left to add."""
    copies = [one for one in new if one.is_copy]
    if not copies:
        return new
    waiting, joined, rows = _waiting(session, copies), set[DeliveryId](), list[swift.Row]()
    for one in copies:
        into = next((spot for spot in waiting.get(one.channel, ()) if spot.takes(one)), None)
        if into is not None:
            into.held += len(one.reminders)
            joined.add(one.id)
            rows += [(into.id, each, one.channel, True, PENDING, "") for each in one.reminders]
    swift.write(session, CARRIED, rows)
    return [one for one in new if one.id not in joined]


def _waiting(session: Session, copies: Sequence[NewDelivery]) -> dict[ChannelId, list[_Waiting]]:
    """The copies to these channels that nobody began to send, locked on PostgreSQL so that nobody
    does; one that somebody holds is left out."""
    session.flush()
    row, found = DeliveryRow, defaultdict[ChannelId, list[_Waiting]](list)
    since = min(one.due_at for one in copies) - _LOOKS_BACK
    spots: dict[str, _Waiting] = {}
    for some in portions(sorted({one.channel for one in copies})):
        query = (
            select(row.id, row.channel_id, row.run_at)
            .where(col(row.channel_id).in_(some), col(row.due_at) >= since)
            .where(row.state == PENDING, row.token == 0)
            .order_by(col(row.id))
            .with_for_update(skip_locked=True)
        )
        for identity, channel, run_at in session.exec(query):
            spots[identity] = _Waiting(DeliveryId(identity), run_at, 0)
            found[ChannelId(channel)].append(spots[identity])
    _count(session, spots)
    return {channel: [one for one in some if one.held] for channel, some in found.items()}


def _count(session: Session, spots: Mapping[str, _Waiting]) -> None:
    """Count what each holds; what holds no copy stays at none."""
    part = DeliveryReminderRow
    for some in portions(sorted(spots)):
        query = (
            select(part.delivery_id, func.count())
            .where(col(part.delivery_id).in_(some), col(part.copied), part.state == PENDING)
            .group_by(col(part.delivery_id))
        )
        for identity, count in session.exec(query):
            spots[identity].held = count
