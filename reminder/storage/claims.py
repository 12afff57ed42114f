"""Claims: a due delivery is held by one process, for a time, under a token (ENGINE section 8).

A claim raises the token and moves ``run_at`` to the end of its lease, in a transaction that is
committed before anything is sent; only the holder of the token may finish. A claim whose process
died falls due again by itself, and is counted as lost: what was lost three times is claimed alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Update,
    bindparam,
    case,
    func,
    literal_column,
    update,
)
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from reminder.domain.delivery import ALONE_AFTER, Kind, Lane, State
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.domain.quick import quick
from reminder.storage.batches import columns_of
from reminder.storage.columns import Instant
from reminder.storage.prepared import Peek, Prepared
from reminder.storage.tables import DeliveryRow

BROKER = "broker"
PENDING = State.PENDING.value
_NAMES = (
    *("id", "token", "tries", "owner_id", "channel_id", "kind", "lane", "due_at", "expires_at"),
    *("body", "instead_of", "lost"),
)
_KINDS = {one.value: one for one in Kind}
_LANES = {one.value: one for one in Lane}
# Written into the query: a plan made for any value could not use an index of the pending ones.
STILL_PENDING = col(DeliveryRow.state) == literal_column("'pending'")
IS_OUTCAST = col(DeliveryRow.lost) >= literal_column(str(ALONE_AFTER))


@quick
@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is ours to try until its lease ends. ``lost`` of the tries before this one
    ended without a word."""

    id: DeliveryId
    token: int
    tries: int
    owner: OwnerId
    channel: ChannelId
    kind: Kind
    lane: Lane
    due_at: datetime
    expires_at: datetime
    body: str
    instead_of: DeliveryId | None = None
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """From when until when claims are held, and by whom."""

    now: datetime
    until: datetime
    node: str


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of a lane one owner may hold: ``most`` claims, of which ``held`` are held now."""

    most: int
    held: Mapping[OwnerId, int] = field(default_factory=dict)

    @property
    def full(self) -> set[OwnerId]:
        """Who may hold no more."""
        return {owner for owner, count in self.held.items() if count >= self.most}

    def divide(self, claims: Sequence[Claimed]) -> tuple[list[Claimed], list[Claimed]]:
        """Of these claims, longest due first, those within their owners' shares, and the rest."""
        held = Counter(self.held)
        mine: list[Claimed] = []
        over: list[Claimed] = []
        for one in sorted(claims, key=lambda c: (c.due_at, c.id)):
            held[one.owner] += 1
            (mine if held[one.owner] <= self.most else over).append(one)
        return mine, over


def was_lost() -> ColumnElement[int]:
    """How many tries of a delivery ended without a word, if whoever holds it holds it no more. One
    that lies with the broker was not begun."""
    begun = col(DeliveryRow.lease_by).is_not(None) & (col(DeliveryRow.lease_by) != BROKER)
    return col(DeliveryRow.lost) + case((begun, 1), else_=0)


def due(
    lane: Lane,
    now: datetime | BindParameter[datetime],
    slots: int | BindParameter[int],
    without: Collection[OwnerId],
) -> SelectOfScalar[str]:
    """The deliveries of a lane that are due longest, locked and shared out on PostgreSQL; those
    that must run alone are left out."""
    query = (
        select(DeliveryRow.id)
        .where(STILL_PENDING, DeliveryRow.lane == lane.value, ~IS_OUTCAST)
        .where(col(DeliveryRow.run_at) <= now)
        .order_by(col(DeliveryRow.run_at))
        .limit(slots)
        .with_for_update(skip_locked=True)
    )
    return query.where(col(DeliveryRow.owner_id).not_in(list(without))) if without else query


def claim(
    session: Session, lane: Lane, now: datetime, until: datetime, slots: int, node: str
) -> list[Claimed]:
    """Take up to ``slots`` due deliveries of a lane until ``until``; the caller commits before it
    sends anything."""
    return _claim(session, lane, Hold(now, until, node), slots, ())


def claim_in_turns(
    session: Session, lane: Lane, hold: Hold, slots: int, shares: Shares
) -> list[Claimed]:
    """The same, and no owner gets more than their share: what lies over it goes to the end of the
    queue, and the others are looked for behind it."""
    full = shares.full
    taken = _claim(session, lane, hold, slots, full)
    mine, over = shares.divide(taken)
    if not over:
        return mine
    release(session, over, hold.now)
    full |= {one.owner for one in over}
    others = _claim(session, lane, hold, len(over), full)
    more, rest = shares.divide(others)
    release(session, rest, hold.now)
    return mine + more


def claim_alone(session: Session, lane: Lane, hold: Hold) -> Claimed | None:
    """Take one delivery of a lane whose tries were lost again and again."""
    outcast = (
        select(DeliveryRow.id)
        .where(STILL_PENDING, IS_OUTCAST, DeliveryRow.lane == lane.value)
        .where(col(DeliveryRow.run_at) <= hold.now)
        .order_by(col(DeliveryRow.run_at))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    change = _taking(outcast, hold.until, hold.node)
    return next(iter(claim_by(session, change)), None)


def is_outcast_due(session: Session, now: datetime) -> bool:
    """Whether there is one to be run alone (index ``delivery_outcast``)."""
    query = select(DeliveryRow.id).where(STILL_PENDING, IS_OUTCAST).limit(1)
    return session.exec(query.where(col(DeliveryRow.run_at) <= now)).first() is not None


def _claim(
    session: Session, lane: Lane, hold: Hold, slots: int, without: Collection[OwnerId]
) -> list[Claimed]:
    given: dict[str, object] = {
        "due_by": hold.now,
        "slots": slots,
        "held_until": hold.until,
        "holder": hold.node,
    }
    if without:
        given["passed_by"] = list(without)
    return claim_by(session, _claiming(lane, passing=bool(without)), given)


@lru_cache(maxsize=8)
def _claiming(lane: Lane, *, passing: bool) -> UpdateBase:
    """The statement that claims, made once: making it takes far longer than running it."""
    query = due(lane, bindparam("due_by", type_=Instant), bindparam("slots", type_=Integer), ())
    if passing:
        others = col(DeliveryRow.owner_id).not_in(bindparam("passed_by", expanding=True))
        query = query.where(others)
    return _taking(query, bindparam("held_until"), bindparam("holder"))


def _taking(wanted: SelectOfScalar[str], until: object, node: object) -> UpdateBase:
    found = wanted.cte("due").prefix_with("MATERIALIZED", dialect="postgresql")
    return returning_claims(
        update(DeliveryRow)
        .where(col(DeliveryRow.id).in_(select(found.c.id)))
        .values(
            run_at=until,
            token=DeliveryRow.token + 1,
            tries=DeliveryRow.tries + 1,
            lost=was_lost(),
            lease_by=node,
        )
    )


def returning_claims(change: Update) -> UpdateBase:
    """A change by which deliveries are claimed, for :func:`claim_by`."""
    return change.returning(*columns_of(DeliveryRow, *_NAMES))


def claim_by(
    session: Session, change: UpdateBase, given: Mapping[str, object] | None = None
) -> list[Claimed]:
    """Make a change by which deliveries are claimed; give them as their holder sees them."""
    session.flush()
    rows = session.connection().execute(change, dict(given or {}))
    return [_claimed(row) for row in rows]


def _claimed(values: Sequence[Any]) -> Claimed:
    """A claim out of the values of the columns :data:`_NAMES`."""
    identity, token, tries, owner, channel, kind, lane, *rest = values
    return Claimed(identity, token, tries, owner, channel, _KINDS[kind], _LANES[lane], *rest)


def release(session: Session, claims: Sequence[Claimed], run_at: datetime) -> None:
    """Give back claims of which no try was begun; they are due at ``run_at``."""
    for one in sorted(claims, key=lambda c: c.id):
        session.execute(
            update(DeliveryRow)
            .where(col(DeliveryRow.id) == one.id, col(DeliveryRow.token) == one.token)
            .where(col(DeliveryRow.state) == PENDING)
            .values(run_at=run_at, tries=DeliveryRow.tries - 1, lease_by=None)
            .execution_options(synchronize_session=False)
        )


def free_leases(session: Session, now: datetime) -> None:
    """Make due at once what a dead predecessor had claimed: only for who holds the lock file."""
    session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.state) == PENDING, col(DeliveryRow.lease_by).is_not(None))
        .values(run_at=now, lost=was_lost(), lease_by=None)
        .execution_options(synchronize_session=False)
    )


_NEXT = Prepared(
    select(
        *(
            select(func.min(DeliveryRow.run_at))
            .where(STILL_PENDING, DeliveryRow.lane == lane.value)
            .scalar_subquery()
            for lane in Lane
        )
    )
)


def next_run_at(at: Session | Peek) -> datetime | None:
    """When the next delivery falls due, leases included (index ``delivery_due``, once a lane)."""
    (moments,) = _NEXT.rows(at)
    return min((m for m in moments if m is not None), default=None)
