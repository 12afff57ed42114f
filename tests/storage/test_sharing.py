"""Promises of reminder/storage/sharing.py: who waits together is committed together."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from reminder.errors import NotFound, StorageError
from reminder.storage import owners
from reminder.storage.ailing import Ailment
from reminder.storage.database import Database, Session
from tests.storage.samples import owner

Work = Callable[[Session], str]
Waiting = asyncio.Task[str]


def _adds(name: str) -> Work:
    def work(session: Session) -> str:
        owners.add(session, owner(f"own_{name}", f"{name}@example.org"))  # type: ignore[arg-type]
        return name

    return work


def _then(name: str, after: Callable[[Session], object]) -> Work:
    """Work that adds an owner, and then does something more."""

    def work(session: Session) -> str:
        added = _adds(name)(session)
        after(session)
        return added

    return work


def _refuse(_: Session) -> None:
    raise NotFound("there is none")


def _fail(_: Session) -> None:
    raise ZeroDivisionError


def _orphan(session: Session) -> None:
    """A line of nobody, which only the commit finds."""
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.execute(
        text("INSERT INTO reading SELECT 'rdg_1', 'lin_none', 'reading', 1, '2026-11-24', 1, 1")
    )


def _fill(session: Session) -> None:
    session.execute(text("CREATE TABLE ballast AS SELECT randomblob(2000000) AS b"))


def _break_off(session: Session) -> None:
    """The whole transaction is gone, and the work does not notice."""
    session.connection().exec_driver_sql("ROLLBACK")


def _names(session: Session) -> set[str]:
    return {one.email.partition("@")[0] for one in owners.all_of(session)}


@asynccontextmanager
async def _busy(database: Database) -> AsyncIterator[None]:
    """Whoever comes meanwhile waits: the writer has work until the end."""
    begun, over = threading.Event(), threading.Event()

    def work(_: Session) -> None:
        begun.set()
        over.wait()

    first = asyncio.create_task(database.write(work))
    await asyncio.to_thread(begun.wait)
    yield
    over.set()
    await first


async def _met(database: Database, *works: Work) -> list[str | BaseException]:
    """What works come to that wait for the writer at one moment."""
    async with _busy(database):
        waiting = [asyncio.create_task(database.write(one, brief=True)) for one in works]
        await asyncio.sleep(0)
    return await asyncio.gather(*waiting, return_exceptions=True)


@asynccontextmanager
async def _last_at_work(file: Database) -> AsyncIterator[tuple[Waiting, Waiting]]:
    """Two that share a transaction: the first is done, and the last is at work until the end."""
    begun, over = threading.Event(), threading.Event()

    def slow(_: Session) -> None:
        begun.set()
        over.wait()

    async with _busy(file):
        first = asyncio.create_task(file.write(_adds("a"), brief=True))
        last = asyncio.create_task(file.write(_then("b", slow), brief=True))
        await asyncio.sleep(0)
    await asyncio.to_thread(begun.wait)
    try:
        yield first, last
    finally:
        over.set()


async def test_who_waits_together_shares_a_transaction(file: Database) -> None:
    """Three that wait are done in their order, in one transaction; each has its own answer."""
    assert await _met(file, *map(_adds, "abc")) == ["a", "b", "c"]
    assert await file.read(_names) == {"a", "b", "c"}
    assert len(file.writes) == 1 + 1  # the one that kept the writer busy, and theirs
    assert await file.write(_adds("d"), brief=True) == "d"


async def test_on_any_database_all_are_done(database: Database) -> None:
    """On PostgreSQL each has a connection of its own, and nothing is shared."""
    works = [database.write(_adds(name), brief=True) for name in "abc"]
    assert await asyncio.gather(*works) == ["a", "b", "c"]
    assert await database.read(_names) == {"a", "b", "c"}


async def test_nobody_is_answered_before_the_commit(file: Database) -> None:
    """While the last is at work the first, long done, is neither answered nor to be read."""
    async with _last_at_work(file) as (first, last):
        assert await file.read(_names) == set()
        assert not first.done()
    assert list(await asyncio.gather(first, last)) == ["a", "b"]
    assert await file.read(_names) == {"a", "b"}


async def test_what_is_refused_hurts_nobody(file: Database) -> None:
    """A refusal leaves nothing of its own work, and all of the others'."""
    first, refused, last = await _met(file, _adds("a"), _then("b", _refuse), _adds("c"))
    assert (first, last) == ("a", "c")
    assert isinstance(refused, NotFound)
    assert await file.read(_names) == {"a", "c"}
    assert len(file.writes) == 1 + 1


@pytest.mark.parametrize(
    ("after", "error"),
    [(_fail, "ZeroDivisionError"), (_orphan, "IntegrityError"), (_adds("a"), "Taken")],
)
async def test_what_fails_fails_alone(
    file: Database, after: Callable[[Session], object], error: str
) -> None:
    """Whatever breaks the work or its commit, who did not break it is written and answered."""
    first, broken, last = await _met(file, _adds("a"), _then("b", after), _adds("c"))
    assert (first, last) == ("a", "c")
    assert type(broken).__name__ == error
    assert await file.read(_names) == {"a", "c"}


async def test_a_transaction_that_is_gone_is_noticed(file: Database) -> None:
    """Where SQLite has rolled all back, nobody is told that it was done: each is done anew."""
    times = 0

    def once(session: Session) -> None:
        nonlocal times
        times += 1
        if times == 1:
            _break_off(session)

    assert await _met(file, _adds("a"), _then("b", once), _adds("c")) == ["a", "b", "c"]
    assert await file.read(_names) == {"a", "b", "c"}


async def test_a_full_disk_refuses_who_needs_the_room(file: Database) -> None:
    """Who needs more room than there is gets the sentence about it, others are written."""
    with file.unit() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + 10}"))
    first, refused, last = await _met(file, _adds("a"), _then("b", _fill), _adds("c"))
    assert (first, last) == ("a", "c")
    assert isinstance(refused, StorageError)
    assert file.ailment is Ailment.FULL
    assert await file.read(_names) == {"a", "c"}


async def test_who_gave_up_waiting_is_left_out(file: Database) -> None:
    """Work whose caller is gone before its turn is not begun."""
    async with _busy(file):
        works = [asyncio.create_task(file.write(_adds(name), brief=True)) for name in "abc"]
        await asyncio.sleep(0)
        works.pop(1).cancel()
        await asyncio.sleep(0)
    assert await asyncio.gather(*works) == ["a", "c"]
    assert await file.read(_names) == {"a", "c"}


async def test_who_gave_up_later_is_not_missed(file: Database) -> None:
    """Work whose caller goes while it is done is written, and the others are answered."""
    async with _last_at_work(file) as (first, last):
        first.cancel()
    assert await last == "b"
    assert await file.read(_names) == {"a", "b"}
