"""Hand a due delivery to a broker, and win its start: the SQL of the handover (ENGINE section 8).

Handing over is a claim that counts no try. Whoever gets the message must win the start before it
sends: the start raises the token, so that a second copy of the message loses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, tuple_, update
from sqlmodel import Session, col, select

from reminder.domain.delivery import Lane
from reminder.domain.ids import DeliveryId, OwnerId
from reminder.storage.claims import (
    BROKER,
    STILL_PENDING,
    Claimed,
    claim_by,
    due,
    returning_claims,
    was_lost,
)
from reminder.storage.tables import DeliveryRow

Ticket = tuple[DeliveryId, int]
CROWD = 4  # who has this part of what is handed over at once is asked about


@dataclass(frozen=True, slots=True)
class Portion:
    """How much is handed over at a time: at most ``most`` deliveries, and of one owner no more than
    lie with the broker then as ``share`` says."""

    most: int
    share: int


@dataclass(frozen=True, slots=True)
class Handed:
    """What was taken for the broker, and who has more due than may lie with it at a time."""

    tickets: list[Ticket]
    held_back: frozenset[OwnerId]


def hand_over(
    session: Session, lane: Lane, now: datetime, until: datetime, portion: Portion
) -> Handed:
    """Take due deliveries of a lane for the broker, until ``until``; the caller commits before it
    publishes anything. What is over an owner's share stays due, and others are looked for behind
    it: the broker gives out in its order, so that nobody waits there behind more than a share."""
    waiting = _waiting(session, lane, now, portion.most, ())
    full = _full(session, waiting, portion)
    if full:
        waiting = [one for one in waiting if one[1] not in full]
        waiting += _waiting(session, lane, now, portion.most - len(waiting), full)
    handed = session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.id).in_([identity for identity, _ in waiting]))
        .values(run_at=until, token=DeliveryRow.token + 1, lost=was_lost(), lease_by=BROKER)
        .returning(col(DeliveryRow.id), col(DeliveryRow.token))
        .execution_options(synchronize_session=False)
    )
    return Handed([(DeliveryId(identity), token) for identity, token in handed], full)


def _waiting(
    session: Session, lane: Lane, now: datetime, most: int, without: Collection[OwnerId]
) -> list[tuple[str, OwnerId]]:
    """What is due longest, locked on PostgreSQL, and whose it is."""
    query = due(lane, now, most, without).add_columns(col(DeliveryRow.owner_id))
    return [(identity, OwnerId(owner)) for identity, owner in session.execute(query)]


def _full(
    session: Session, waiting: Sequence[tuple[str, OwnerId]], portion: Portion
) -> frozenset[OwnerId]:
    """Who would have more than a share with the broker; only who fills a good part of what is
    waiting can."""
    part = Counter(owner for _, owner in waiting)
    crowds = [owner for owner, count in part.items() if count > portion.most // CROWD]
    if not crowds:
        return frozenset()
    query = (
        select(DeliveryRow.owner_id, func.count())
        .where(col(DeliveryRow.owner_id).in_(crowds), STILL_PENDING)
        .where(DeliveryRow.lease_by == BROKER)
        .group_by(col(DeliveryRow.owner_id))
    )
    lying = {OwnerId(owner): count for owner, count in session.execute(query)}
    return frozenset(o for o in crowds if lying.get(o, 0) + part[o] > portion.share)


def start(
    session: Session, tickets: Collection[Ticket], until: datetime, node: str
) -> list[Claimed]:
    """Begin a try of what these tickets stand for, until ``until``; a ticket that was used before
    gets nothing. Locked in the order of ids, so that two nodes with copies of the same messages
    do not wait for each other."""
    if not tickets:
        return []
    mine = (
        select(DeliveryRow.id)
        .where(tuple_(col(DeliveryRow.id), col(DeliveryRow.token)).in_(list(tickets)))
        .where(STILL_PENDING)
        .order_by(col(DeliveryRow.id))
        .with_for_update()
        .cte("mine")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    won = (
        update(DeliveryRow)
        .where(col(DeliveryRow.id).in_(select(mine.c.id)))
        .values(
            run_at=until, token=DeliveryRow.token + 1, tries=DeliveryRow.tries + 1, lease_by=node
        )
    )
    return claim_by(session, returning_claims(won))


def take_back(session: Session, tickets: Collection[Ticket], now: datetime) -> None:
    """Make due at once what the broker would not take. Should it have it after all, the next
    hand-over raises the token, and that message starts nothing."""
    for identity, token in sorted(tickets):
        session.execute(
            update(DeliveryRow)
            .where(col(DeliveryRow.id) == identity, col(DeliveryRow.token) == token)
            .where(STILL_PENDING, col(DeliveryRow.lease_by) == BROKER)
            .values(run_at=now, lease_by=None)
            .execution_options(synchronize_session=False)
        )


def take_all_back(session: Session, now: datetime) -> None:
    """Make due at once whatever is with the broker: it lost everything."""
    session.execute(
        update(DeliveryRow)
        .where(STILL_PENDING, col(DeliveryRow.lease_by) == BROKER)
        .values(run_at=now, lease_by=None)
        .execution_options(synchronize_session=False)
    )
