"""Promises of reminder/storage/races.py, on a real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlmodel import select

from reminder.errors import Conflict, NotFound
from reminder.storage import owners, races
from reminder.storage.database import Database, Session
from reminder.storage.system_tables import UnitRow
from tests.storage.samples import BORIS, NOW, owner


@pytest.fixture
def dialect() -> str:
    """Races are PostgreSQL's: on SQLite there is one writer."""
    return "postgresql"


def _facts(database: Database) -> str | None:
    with database.look() as session:
        return owners.fact(session, "count")


async def test_who_lost_a_race_runs_again_and_sees_the_winner(database: Database) -> None:
    """Two use cases that look before they write end as if one had come after the other."""
    seen: list[int] = []

    def count(session: Session) -> None:
        before = int(owners.fact(session, "count") or 0)
        if not seen:
            with database.unit() as other:
                owners.set_fact(other, "count", "41")
        seen.append(before)
        owners.set_fact(session, "count", str(before + 1))

    with database.unit() as session:
        owners.set_fact(session, "count", "0")
    await database.write(count, alone=True)
    assert (seen, _facts(database)) == ([0, 41], "42")


async def test_a_session_that_was_cut_runs_again(database: Database) -> None:
    """A connection that broke before the commit has left nothing, and nobody notices."""
    runs: list[int] = []

    def work(session: Session) -> str:
        runs.append(1)
        owners.add(session, owner())
        if len(runs) == 1:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return "done"

    assert await database.write(work) == "done"
    assert (len(runs), await database.read(owners.count)) == (2, 1)


async def test_a_key_that_was_taken_is_looked_for_again(database: Database) -> None:
    """Who finds an address free and is overtaken is told in words that it is taken."""
    runs: list[int] = []

    def register(session: Session) -> None:
        runs.append(1)
        if owners.by_email(session, "anna@example.org"):
            raise Conflict("There is an owner with this address already")
        if len(runs) == 1:
            with database.unit() as other:
                owners.add(other, owner())
        owners.add(session, owner(BORIS, "anna@example.org"))

    with pytest.raises(Conflict):
        await database.write(register, alone=True)
    assert (len(runs), await database.read(owners.count)) == (2, 1)


@pytest.mark.parametrize(
    ("statement", "error", "runs"),
    [
        ("SELECT nonsense", ProgrammingError, 1),
        ("INSERT INTO owner (id) VALUES (NULL)", IntegrityError, 1),
        ("INSERT INTO fact VALUES ('a', '1'), ('a', '2')", IntegrityError, 4),
    ],
)
async def test_what_fails_for_good_is_not_tried_for_ever(
    database: Database, statement: str, error: type[Exception], runs: int
) -> None:
    """A statement that can never succeed fails at once, a key that stays taken after some looks."""
    done: list[int] = []

    def work(session: Session) -> None:
        done.append(1)
        session.execute(text(statement))

    with pytest.raises(error):
        await database.write(work)
    assert len(done) == runs


async def test_an_error_of_ours_is_not_repeated(database: Database) -> None:
    """What the work itself refuses is refused once."""
    done: list[int] = []

    def work(_session: Session) -> None:
        done.append(1)
        raise NotFound("gone")

    with pytest.raises(NotFound):
        await database.write(work)
    assert len(done) == 1


def _marks(session: Session) -> list[UnitRow]:
    return list(session.exec(select(UnitRow)))


async def test_what_wrote_leaves_a_mark_and_a_look_none(database: Database) -> None:
    """A unit of work that wrote can be found again; one that only looked costs no commit."""
    await database.write(owners.count)
    assert await database.read(_marks) == []
    await database.write(lambda session: owners.add(session, owner()))
    (mark,) = await database.read(_marks)
    assert mark.kept
    soon = mark.at + timedelta(milliseconds=1)
    await database.write(lambda session: races.forget_marks(session, mark.at))
    await database.write(lambda session: races.forget_marks(session, soon))
    assert mark.id not in [left.id for left in await database.read(_marks)]


@pytest.fixture
def raw(database_url: str) -> Iterator[Session]:
    """A session of which the test decides when it ends."""
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with Session(engine) as session:
        yield session
    engine.dispose()


def _look(database: Database, mark: str) -> bool:
    with database.unit() as session:
        return races.was_kept(session.connection(), mark)


@pytest.mark.parametrize("kept", [True, False])
def test_a_look_waits_for_the_end(database: Database, raw: Session, kept: bool) -> None:
    """While the transaction is still under way nothing is said; then the truth."""
    owners.add(raw, owner())
    raw.flush()
    mark = races.mark(raw)
    assert mark is not None
    said: list[bool] = []
    looking = threading.Thread(target=lambda: said.append(_look(database, mark)))
    looking.start()
    while not _waiting(database):
        looking.join(0.01)
    assert said == []
    if kept:
        raw.commit()
    else:
        raw.rollback()
    looking.join(10)
    assert said == [kept]
    assert _look(database, mark) is kept


def _waiting(database: Database) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with database.look() as session:
        return bool(session.execute(text(query)).scalar_one())


def test_what_was_given_up_cannot_come_true_later(database: Database, raw: Session) -> None:
    """Once a look found nothing, the transaction that was to leave the mark is refused."""
    mark = "0" * 32
    assert _look(database, mark) is False
    owners.add(raw, owner())
    raw.flush()
    raw.add(UnitRow(id=mark, at=NOW, kept=True))
    with pytest.raises(IntegrityError):
        raw.commit()
    raw.rollback()
    with database.look() as session:
        assert owners.by_email(session, owner().email) is None


async def test_parameters_are_not_told(database: Database) -> None:
    """An error of the database names the statement, never an address that was in it."""

    def work(session: Session) -> None:
        owners.add(session, owner())
        session.execute(text("INSERT INTO owner (id) VALUES (:email)"), {"email": owner().email})

    with pytest.raises(DBAPIError) as refused:
        await database.write(work)
    assert "hidden" in str(refused.value)
