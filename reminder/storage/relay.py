"""Hand a due delivery to a broker, and win its start: the SQL of the handover (ENGINE section 8).

Handing over is a claim that counts no try. Whoever gets the message must win the start before it
sends: the start raises the token, so that a second copy of the message loses.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import tuple_, update
from sqlmodel import Session, col, select

from reminder.domain.delivery import Lane
from reminder.domain.ids import DeliveryId
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


def hand_over(
    session: Session, lane: Lane, now: datetime, until: datetime, limit: int
) -> list[Ticket]:
    """Take up to ``limit`` due deliveries of a lane for the broker, until ``until``; the caller
    commits before it publishes anything."""
    found = due(lane, now, limit, ()).cte("due").prefix_with("MATERIALIZED", dialect="postgresql")
    handed = session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.id).in_(select(found.c.id)))
        .values(run_at=until, token=DeliveryRow.token + 1, lost=was_lost(), lease_by=BROKER)
        .returning(col(DeliveryRow.id), col(DeliveryRow.token))
        .execution_options(synchronize_session=False)
    )
    return [(DeliveryId(identity), token) for identity, token in handed]


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
