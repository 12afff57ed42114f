"""What a failed unit of work means on PostgreSQL: nothing was kept, or nobody knows yet.

A transaction that lost a race (serialisation, deadlock, a key that another took first) or its
connection before the commit has left nothing, and may be run again. One whose connection broke
while it was being committed may be there or not; so each one that writes leaves a mark of its own
with what it wrote, and whoever finds the mark knows. PostgreSQL's number of the transaction would
not do: after a crash it can be given to another (measured: docs/adr/0010).
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Protocol, cast

from sqlalchemy import Connection, CursorResult, delete, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlmodel import Session, col

from reminder.storage.system_tables import UnitRow

_AT = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
# Only what wrote leaves a mark: a look that found nothing to do must not cost a commit.
_MARK = text(
    f"INSERT INTO unit (id, at, kept) SELECT CAST(:mark AS text), {_AT}, true "
    "WHERE pg_current_xact_id_if_assigned() IS NOT NULL"
)
# Waits until the transaction that is leaving this mark is over; if it left none, it never will.
_LOOK = text(
    f"INSERT INTO unit (id, at, kept) VALUES (:mark, {_AT}, false) "  # noqa: S608
    "ON CONFLICT (id) DO UPDATE SET at = unit.at RETURNING kept"
)
# serialization_failure, deadlock_detected, lock_not_available
_RACES = frozenset({"40001", "40P01", "55P03"})
# idle_in_transaction_session_timeout, too_many_connections, admin_shutdown, crash_shutdown,
# cannot_connect_now
_AWAY = frozenset({"25P03", "53300", "57P01", "57P02", "57P03"})
_KEY_TAKEN = "23505"
_KEY_TRIES = 3


class Driver(Protocol):
    """As much of a driver's connection as setting it up needs."""

    autocommit: bool

    def execute(self, query: str) -> object:
        """Run one statement."""


def _state(error: DBAPIError) -> str | None:
    found = getattr(error.orig, "sqlstate", None)
    return str(found) if found else None


def is_lost(error: DBAPIError) -> bool:
    """Whether the connection is gone, so that what was under way has no answer."""
    state = _state(error)
    if state is not None:
        return state in _AWAY or state.startswith("08")
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def may_be_run_again(error: DBAPIError, tries: int) -> bool:
    """Whether a unit of work that failed so, after ``tries`` others, kept nothing and may succeed.
    A key that is taken is looked for again: the work then sees who has it, and says so."""
    if isinstance(error, IntegrityError):
        return _state(error) == _KEY_TAKEN and tries < _KEY_TRIES
    return is_lost(error) or _state(error) in _RACES


def mark(session: Session) -> str | None:
    """Leave a mark with what this transaction wrote; None when it wrote nothing."""
    chosen = uuid.uuid4().hex
    left = session.execute(_MARK, {"mark": chosen})
    return chosen if cast("CursorResult[Any]", left).rowcount else None


def was_kept(connection: Connection, mark: str) -> bool:
    """Whether the transaction with that mark was committed. If not, it cannot be any more."""
    return bool(connection.execute(_LOOK, {"mark": mark}).scalar_one())


def forget_marks(session: Session, before: datetime) -> None:
    """Drop marks that nobody looks for any more."""
    session.execute(delete(UnitRow).where(col(UnitRow.at) < before))
