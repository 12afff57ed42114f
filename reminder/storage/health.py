"""How channels do, read from the log: each question walks the index of one channel's messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from reminder.domain.breaker import NOT_ASKED
from reminder.domain.delivery import State
from reminder.domain.ids import ChannelId
from reminder.storage.tables import AttemptRow, DeliveryRow


@dataclass(frozen=True, slots=True)
class Health:
    """What became of a channel's messages since an instant. ``sent_at`` is when one was taken last,
    ``failure`` what the newest try that failed said, however long ago."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    sent_at: datetime | None = None
    failure: str = ""
    failed_at: datetime | None = None


def health(session: Session, channel: ChannelId, since: datetime) -> Health:
    """How one channel does."""
    counted = _counts(session, channel, since)
    failure = _failure(session, channel)
    return Health(
        sent=counted.get(State.SENT.value, 0),
        failed=counted.get(State.DEAD.value, 0),
        waiting=counted.get(State.PENDING.value, 0),
        sent_at=_sent_at(session, channel),
        failure=failure[0] if failure else "",
        failed_at=failure[1] if failure else None,
    )


def _counts(session: Session, channel: ChannelId, since: datetime) -> dict[str, int]:
    query = (
        select(DeliveryRow.state, func.count())
        .where(DeliveryRow.channel_id == channel, DeliveryRow.due_at >= since)
        .group_by(DeliveryRow.state)
    )
    return dict(session.exec(query).all())


def _sent_at(session: Session, channel: ChannelId) -> datetime | None:
    query = (
        select(DeliveryRow.done_at)
        .where(DeliveryRow.channel_id == channel, DeliveryRow.state == State.SENT.value)
        .order_by(col(DeliveryRow.due_at).desc())
        .limit(1)
    )
    return session.exec(query).first()


def _failure(session: Session, channel: ChannelId) -> tuple[str, datetime] | None:
    """What the last try said of the newest message, where that was not taken; tries that were not
    made say nothing."""
    was_made = (
        select(AttemptRow.token)
        .where(AttemptRow.delivery_id == DeliveryRow.id, AttemptRow.detail != NOT_ASKED)
        .exists()
    )
    newest = (
        select(DeliveryRow.id)
        .where(DeliveryRow.channel_id == channel, DeliveryRow.tries > 0, was_made)
        .order_by(col(DeliveryRow.due_at).desc())
        .limit(1)
    )
    query = (
        select(AttemptRow.detail, AttemptRow.ended_at, AttemptRow.outcome)
        .where(col(AttemptRow.delivery_id).in_(newest.scalar_subquery()))
        .where(AttemptRow.detail != NOT_ASKED)
        .order_by(col(AttemptRow.token).desc())
        .limit(1)
    )
    last = session.exec(query).first()
    return (last[0], last[1]) if last and last[2] != State.SENT.value else None
