"""Promises of reminder/storage/prepared.py."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from reminder.storage.batches import columns_of
from reminder.storage.database import Database, DBAPIError, Peek, Session
from reminder.storage.prepared import Prepared, Row
from reminder.storage.tables import OwnerRow
from tests.storage.samples import LATER, NOW

_NEW = Prepared(insert(OwnerRow), *(one.name for one in columns_of(OwnerRow)))
_FOUND = Prepared(
    select(*columns_of(OwnerRow, "id", "created_at", "admin", "wake_at")).where(
        col(OwnerRow.email) == bindparam("email")
    )
)
_WOKEN = Prepared(
    update(OwnerRow.__table__)  # type: ignore[attr-defined]  # SQLModel's own
    .where(col(OwnerRow.wake_at).is_(None) | (col(OwnerRow.wake_at) > bindparam("at")))
    .values(wake_at=bindparam("at"))
)


def _row(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {one.name: "" for one in columns_of(OwnerRow)}
    anna = {"id": "own_1", "email": "anna@example.org", "created_at": NOW, "wake_at": None}
    return {**values, "admin": True, "confirmed": False, "calendar": 0, **anna, **changes}


async def test_values_keep_their_types(database: Database) -> None:
    """Instants, flags and nothing at all are written and found as they are, on either database."""

    def work(session: Session) -> None:
        assert _NEW.run(session, **_row()) == 1
        (found,) = _FOUND.rows(session, email="anna@example.org")
        assert found == ("own_1", NOW, True, None)
        assert found[2] is True

    await database.write(work)


async def test_a_parameter_may_stand_twice(database: Database) -> None:
    """It is bound by its name, wherever it stands; how many rows were changed is known."""

    def work(session: Session) -> None:
        _NEW.run(session, **_row())
        assert [_WOKEN.run(session, at=at) for at in (LATER, LATER, NOW)] == [1, 0, 1]
        assert _FOUND.rows(session, email="anna@example.org")[0][3] == NOW

    await database.write(work)


async def test_what_the_session_holds_counts(database: Database) -> None:
    """An object that was handed to the session before is found."""

    def work(session: Session) -> None:
        session.add(OwnerRow(**_row()))
        assert len(_FOUND.rows(session, email="anna@example.org")) == 1
        assert _FOUND.rows(session, email="boris@example.org") == []

    await database.write(work)


async def test_a_refusal_is_sqlalchemys(database: Database) -> None:
    """What a database refuses is raised as from any other statement."""

    def work(session: Session) -> None:
        _NEW.run(session, **_row())
        _NEW.run(session, **_row(id="own_2"))

    with pytest.raises(IntegrityError):
        await database.write(work)


async def test_a_peek_sees_what_is_committed_and_nothing_else(database: Database) -> None:
    """It finds what a session finds, typed the same; what is written meanwhile it sees once it is
    committed; and it holds no state of the database open."""

    def seen(at: Session | Peek) -> list[Row]:
        return _FOUND.rows(at, email="anna@example.org")

    assert await database.peek(seen) == []
    with pytest.raises(ZeroDivisionError):
        await database.write(lambda session: _NEW.run(session, **_row()) / 0)
    assert await database.peek(seen) == []
    await database.write(lambda session: _NEW.run(session, **_row()))
    assert await database.peek(seen) == [("own_1", NOW, True, None)]
    await database.checkpoint()
    assert database.wal_size() == 0


async def test_peeks_side_by_side(database: Database) -> None:
    """Many at once, beside a writer, all find what is there."""
    await database.write(lambda session: _NEW.run(session, **_row()))
    change = partial(_WOKEN.run, at=LATER)
    found = await asyncio.gather(
        *(
            database.peek(lambda at: len(_FOUND.rows(at, email="anna@example.org")))
            for _ in "x" * 40
        ),
        database.write(change),
    )
    assert found == [1] * 41


async def test_a_peek_cannot_write(database: Database) -> None:
    """What it would change is refused as any reader is."""
    await database.write(lambda session: _NEW.run(session, **_row()))
    with pytest.raises(DBAPIError):
        await database.peek(lambda at: _WOKEN.rows(at, at=NOW))
