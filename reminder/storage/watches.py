"""Watches: who gets the digest of somebody else's tag, invited by their address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from reminder.domain.ids import OwnerId
from reminder.errors import NotFound
from reminder.storage import swift
from reminder.storage.batches import portions
from reminder.storage.tables import OwnerRow, WatchRow

MaySee = tuple[OwnerId, OwnerId, str]
_SEEN_BY = swift.Query(WatchRow, ("watcher_id", "owner_id", "tag"), "watcher_id")
_OF_OWNERS = swift.Query(
    WatchRow, ("id", "owner_id", "email", "tag", "created_at", "watcher_id"), "owner_id"
)


@dataclass(frozen=True, slots=True)
class Watch:
    """A tag of an owner's that another may see: ``watcher`` is None until they agreed."""

    id: str
    owner: OwnerId
    email: str
    tag: str
    created_at: datetime
    watcher: OwnerId | None = None


def _watch(row: WatchRow) -> Watch:
    watcher = OwnerId(row.watcher_id) if row.watcher_id else None
    return Watch(row.id, OwnerId(row.owner_id), row.email, row.tag, row.created_at, watcher)


def add(session: Session, one: Watch) -> None:
    """Keep an invitation."""
    session.add(
        WatchRow(
            id=one.id,
            owner_id=one.owner,
            email=one.email,
            tag=one.tag,
            created_at=one.created_at,
            watcher_id=one.watcher,
        )
    )
    session.flush()


def of_owner(session: Session, owner: OwnerId) -> list[Watch]:
    """Who watches an owner's numbers, or is invited to, oldest first."""
    query = select(WatchRow).where(WatchRow.owner_id == owner).order_by(col(WatchRow.id))
    return [_watch(row) for row in session.exec(query)]


def of_watcher(session: Session, watcher: OwnerId, email: str) -> list[tuple[Watch, str]]:
    """What somebody watches, and is invited to by their address; with the owner's address."""
    invited = col(WatchRow.watcher_id).is_(None) & (func.lower(WatchRow.email) == email.lower())
    query = (
        select(WatchRow, OwnerRow.email)
        .join(OwnerRow, col(OwnerRow.id) == col(WatchRow.owner_id))
        .where((col(WatchRow.watcher_id) == watcher) | invited)
        .order_by(col(WatchRow.id))
    )
    return [(_watch(row), address) for row, address in session.exec(query)]


def agreed(session: Session, owners: Sequence[OwnerId]) -> dict[OwnerId, list[Watch]]:
    """Who watches the numbers of these owners and has agreed, oldest first; by owner."""
    session.flush()
    found: dict[OwnerId, list[Watch]] = defaultdict(list)
    for row in sorted(swift.read(session, _OF_OWNERS, owners)):
        one = Watch(*row)
        if one.watcher is not None:
            found[one.owner].append(one)
    return found


def seen_by(session: Session, watchers: Collection[OwnerId]) -> frozenset[MaySee]:
    """What these people may see of others: watcher, owner and tag."""
    rows = swift.read(session, _SEEN_BY, list(watchers))
    return frozenset((watcher, owner, tag) for watcher, owner, tag in rows)


def awaiting(
    session: Session, watchers: Iterable[OwnerId], now: datetime, taken: Collection[OwnerId]
) -> set[OwnerId]:
    """Which of these people watch somebody who is due now too, and is none of those ``taken``."""
    found: set[OwnerId] = set()
    for some in portions(sorted(watchers)):
        query = (
            select(WatchRow.watcher_id, WatchRow.owner_id)
            .join(OwnerRow, col(OwnerRow.id) == col(WatchRow.owner_id))
            .where(col(WatchRow.watcher_id).in_(some), col(OwnerRow.wake_at) <= now)
        )
        found |= {OwnerId(who or "") for who, owner in session.exec(query) if owner not in taken}
    return found


def agree(session: Session, watch: str, watcher: OwnerId) -> None:
    """The invited one agreed."""
    session.execute(update(WatchRow).where(col(WatchRow.id) == watch).values(watcher_id=watcher))


def remove(session: Session, watch: str) -> None:
    """End a watch; raise NotFound if there is none."""
    row = session.get(WatchRow, watch)
    if row is None:
        raise NotFound("There is no such watch")
    session.execute(delete(WatchRow).where(col(WatchRow.id) == watch))
