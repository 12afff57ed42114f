"""What a pass of the planner reads, of all its owners at once: a dozen statements, however many
lines are due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, takewhile
from typing import Any

from sqlalchemy import Integer, bindparam, func
from sqlmodel import Session, col, select

from reminder.domain.balance import Reading
from reminder.domain.channel import Channel
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.look import Known
from reminder.domain.owner import Owner
from reminder.storage import channels, lines, outbox, owners, watches
from reminder.storage.batches import Unread, columns_of, portions
from reminder.storage.columns import Instant
from reminder.storage.escalations import FIRST_ASK
from reminder.storage.lines import Kept
from reminder.storage.owners import FIRST_WAKE
from reminder.storage.prepared import Peek, Prepared
from reminder.storage.tables import LineRow, OwnerRow
from reminder.storage.vault import Vault
from reminder.storage.watches import Watch

_DUE_BY = bindparam("due_by", type_=Instant)
_TAKEN = (
    select(OwnerRow.id, OwnerRow.wake_at)
    .where(col(OwnerRow.wake_at) <= _DUE_BY)
    .order_by(col(OwnerRow.wake_at))
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True, key_share=True)
    .cte("taken")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
_LINES_DUE = (
    select(func.count())
    .where(LineRow.owner_id == _TAKEN.c.id, col(LineRow.wake_at) <= _DUE_BY)
    .scalar_subquery()
)
_NEXT = Prepared(select(FIRST_WAKE.scalar_subquery(), FIRST_ASK.scalar_subquery()))
_WAITING = select(_TAKEN.c.id, _LINES_DUE).order_by(_TAKEN.c.wake_at)


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a pass, by whose they are. One is made a value when it is looked at: who cannot
    be read holds nobody else up."""

    owners: Unread[Owner]
    lines: dict[str, list[Sequence[Any]]]
    readings: dict[str, list[Reading]]
    known: dict[LineId, Known]
    watches: dict[OwnerId, list[Watch]]
    channels: dict[OwnerId, list[Channel]]

    def owner(self, identity: OwnerId) -> Owner:
        """One of the owners, or of those who watch; raise NotFound if there is none."""
        return owners.among(self.owners, identity)

    def kept(self, owner: OwnerId) -> list[Kept]:
        """An owner's lines that must be looked at, longest due first."""
        rows = self.lines[owner]
        return [lines.kept_from_values(row, self.readings[row[0]]) for row in rows]


def next_at(at: Session | Peek) -> datetime | None:
    """When there is something to plan next, a line to look at or another channel to ask: one
    statement, and two steps into indices."""
    (moments,) = _NEXT.rows(at)
    return min((m for m in moments if m is not None), default=None)


def take(session: Session, now: datetime, most_owners: int, most_lines: int) -> list[OwnerId]:
    """Owners with a line to look at, longest due first, locked on PostgreSQL, and shared out: who
    another planner holds is left to it. So many that they have not many more lines than that, but
    at least one. A few are asked for first: of owners with many lines more would be locked in
    vain."""
    few = max(most_owners // 4, 1)
    waiting = _waiting(session, now, few)
    if len(waiting) == few and sum(lines for _, lines in waiting) < most_lines:
        waiting = _waiting(session, now, most_owners)
    passed = accumulate(lines for _, lines in waiting)
    fitting = sum(1 for _ in takewhile(lambda lines_so_far: lines_so_far <= most_lines, passed))
    return [owner for owner, _ in waiting[: max(fitting, 1)]]


def _waiting(session: Session, now: datetime, most: int) -> list[tuple[OwnerId, int]]:
    """Owners who are due, and how many of their lines are."""
    rows = session.connection().execute(_WAITING, {"due_by": now, "most": most})
    return [(OwnerId(owner), lines) for owner, lines in rows]


def read(session: Session, taken: Sequence[OwnerId], now: datetime, vault: Vault) -> Found:
    """All that is known of these owners' due lines. On PostgreSQL the lines are locked; one that
    somebody is changing this moment is left out, and stays due."""
    due = _lines(session, taken, now)
    ids: list[LineId] = [row[0] for of_one in due.values() for row in of_one]
    watched = watches.agreed(session, taken) if ids else {}
    watchers = {one.watcher for some in watched.values() for one in some if one.watcher}
    readers = [*taken, *sorted(watchers - set(taken))]
    return Found(
        owners.some(session, readers),
        due,
        lines.readings_of(session, ids),
        outbox.known(session, ids),
        watched,
        channels.of_owners(session, readers, vault) if ids else {},
    )


def _lines(
    session: Session, taken: Sequence[OwnerId], now: datetime
) -> dict[str, list[Sequence[Any]]]:
    owner_id, wake_at = columns_of(LineRow, "owner_id", "wake_at")
    found: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for some in portions(taken):
        query = (
            select(*lines.KEPT)
            .where(owner_id.in_(some), wake_at <= now)
            .order_by(owner_id, wake_at)
            .with_for_update(skip_locked=True, key_share=True)
        )
        for row in session.connection().execute(query).all():
            found[row[1]].append(row)
    return found
