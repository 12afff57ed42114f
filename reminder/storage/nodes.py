"""The processes that share the work on PostgreSQL: who they are, and when they were last seen.

For display, and to refuse a node with another key. Nothing is elected, and no work depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from reminder.storage.system_tables import NodeRow

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Node:
    """One process. ``ahead`` is what its own clock was ahead of the database's when it looked."""

    name: str
    role: str
    version: str
    tzdata: str
    started_at: datetime
    seen_at: datetime
    ahead: timedelta = timedelta()


def note(session: Session, node: Node) -> None:
    """Write down that a node lives."""
    session.merge(
        NodeRow(
            name=node.name,
            role=node.role,
            version=node.version,
            tzdata=node.tzdata,
            started_at=node.started_at,
            seen_at=node.seen_at,
            offset_ms=node.ahead // _MILLISECOND,
        )
    )


def seen(session: Session, since: datetime) -> list[Node]:
    """The nodes that were seen since an instant, by name."""
    query = select(NodeRow).where(NodeRow.seen_at >= since).order_by(col(NodeRow.name))
    return [
        Node(
            row.name,
            row.role,
            row.version,
            row.tzdata,
            row.started_at,
            row.seen_at,
            row.offset_ms * _MILLISECOND,
        )
        for row in session.exec(query)
    ]


def forget(session: Session, name: str) -> None:
    """A node has stopped."""
    session.execute(delete(NodeRow).where(col(NodeRow.name) == name))


def forget_silent(session: Session, before: datetime) -> None:
    """Drop nodes that were not seen since an instant."""
    session.execute(delete(NodeRow).where(col(NodeRow.seen_at) < before))
