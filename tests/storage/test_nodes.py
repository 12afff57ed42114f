"""Promises of reminder/storage/nodes.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reminder.storage import nodes
from reminder.storage.database import Database
from reminder.storage.nodes import Node
from tests.storage.samples import LATER, NOW, SOON

HERE = Node("a", "worker", "0.1.0", "2026.6", NOW, NOW, timedelta(milliseconds=-1500))


def test_who_was_seen(database: Database) -> None:
    """A node is seen as it last said, once, until it leaves or was silent for too long."""
    later = replace(HERE, seen_at=LATER)
    other = replace(HERE, name="b", role="web", seen_at=SOON)
    with database.unit() as session:
        for node in (HERE, other, later):
            nodes.note(session, node)
            session.flush()
    with database.unit() as session:
        assert nodes.seen(session, NOW) == [later, other]
        assert nodes.seen(session, LATER) == [later]
        nodes.forget_silent(session, LATER)
        assert nodes.seen(session, NOW) == [later]
        nodes.forget(session, "a")
        assert nodes.seen(session, NOW) == []
