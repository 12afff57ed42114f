"""PostgreSQL crashes, cuts, freezes: nothing is lost, nothing is sent twice that was not under way
(ENGINE section 9, rows 9, 10, 11, 13 and 26)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from reminder.app import App, open_app
from reminder.domain.ids import LineId, OwnerId
from reminder.service import acts, lines, people
from reminder.service.work import Work
from reminder.storage.database import Database, Session
from tests.conftest import line_fields, settings_in
from tests.fakes import SmtpSink
from tests.fakes.postgres import PostgresServer
from tests.fakes.proxy import Proxy
from tests.faults.load import AT_ONCE, accepted, add_due, all_over, until

MAILS = 60
SLOTS = 8


@pytest.fixture
def dialect() -> str:
    """All of this is PostgreSQL."""
    return "postgresql"


@asynccontextmanager
async def node(folder: Path, url: str, smtp: SmtpSink) -> AsyncIterator[App]:
    """An app on that database, not started."""
    environ = AT_ONCE | {"REMINDER_DATABASE__URL": url, "REMINDER_EMAIL__URL": smtp.url}
    async with open_app(settings_in(folder, environ)) as app:
        yield app


async def sent(smtp: SmtpSink, count: int) -> None:
    """Wait until so many mails were taken."""
    await until(lambda: len(smtp.messages) >= count)


async def test_a_crash_under_load(
    tmp_path: Path, own: PostgresServer, postgres: PostgresServer
) -> None:
    """The server crashes twice while mails go out: the pool recovers unaided, every mail arrives,
    and only tries under way may come twice, under their own id."""
    record = tmp_path / "accepted"
    sink = SmtpSink(record=record, pause=0.1)
    async with sink as smtp, node(tmp_path, own.url(own.create()), smtp) as app:
        await app.write(lambda work: add_due(work, 0, MAILS))
        await app.start()
        for share in (4, 2):
            await sent(smtp, MAILS // share + 1)
            await asyncio.to_thread(own.crash)
            await asyncio.to_thread(own.start)
        await all_over(app, MAILS)
        assert (await app.readiness()).reasons == ()
    came = accepted(record)
    assert len(came) == MAILS
    assert sum(came.values()) - MAILS <= 2 * SLOTS
    print(f"2 crashes, {MAILS} mails, {sum(came.values()) - MAILS} twice")


async def test_the_answer_to_a_commit_is_lost(
    tmp_path: Path, postgres: PostgresServer, database_url: str
) -> None:
    """Every third commit is done and not answered: each mail is sent once, its try is logged once,
    and no retry is planned."""
    record, name = tmp_path / "accepted", database_url.rpartition("/")[2]
    async with SmtpSink(record=record) as smtp, Proxy(postgres.port) as proxy:
        async with node(tmp_path, postgres.url(name, proxy.port), smtp) as app:
            await app.write(lambda work: add_due(work, 0, MAILS))
            proxy.steal(3)
            await app.start()
            await all_over(app, MAILS)
            proxy.steal(0)
            tried = await app.database.read(_tried)
        assert proxy.stolen >= 5
    assert tried == (MAILS, 1, MAILS)
    assert set(accepted(record).values()) == {1}
    print(f"{proxy.stolen} commits without an answer, {MAILS} mails, none twice")


def _tried(session: Session) -> tuple[int, int, int]:
    """Tries in all, most of one delivery, and how many are in the log."""
    query = "SELECT sum(tries)::int, max(tries), (SELECT count(*) FROM attempt)::int FROM delivery"
    found = session.execute(text(query)).one()
    return found[0], found[1], found[2]


def _top_up(owner: OwnerId, line: LineId, amount: int, work: Work) -> None:
    acts.topped_up(work, owner, line, {"amount": str(amount)})


async def test_what_a_person_did_is_recorded_once(
    tmp_path: Path, postgres: PostgresServer, database_url: str
) -> None:
    """A top-up whose commit was not answered counts once, whether it was kept or not."""
    name = database_url.rpartition("/")[2]
    async with SmtpSink() as smtp, Proxy(postgres.port) as proxy:
        async with node(tmp_path, postgres.url(name, proxy.port), smtp) as app:
            owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
            soon = (app.now() + timedelta(days=30)).date().isoformat()
            fields = line_fields(renews_on=soon, period=None)
            view = await app.write(lambda work: lines.register(work, owner.id, fields))
            proxy.steal(2)
            for amount in range(1, 7):
                await app.write(partial(_top_up, owner.id, view.line.id, amount))
            proxy.steal(0)
            readings = await app.read(lambda work: acts.readings(work, owner.id, view.line.id))
        assert proxy.stolen >= 3
    assert sorted(r.minor for r in readings) == [100, 200, 300, 400, 500, 600, 12050]


async def test_sessions_are_killed(
    tmp_path: Path, postgres: PostgresServer, database_url: str
) -> None:
    """Whoever kills the service's sessions again and again, and takes every free connection for a
    while, makes it slower, and nothing is lost or doubled."""
    record, name = tmp_path / "accepted", database_url.rpartition("/")[2]
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    sink = SmtpSink(record=record, pause=0.05)
    async with sink as smtp, node(tmp_path, database_url, smtp) as app:
        await app.write(lambda work: add_due(work, 0, MAILS))
        await app.start()
        with postgres.session() as killer:
            for goal in range(MAILS // 6, MAILS, MAILS // 6):
                await sent(smtp, goal)
                killer.execute(kill, (name,))
            hoard = await asyncio.to_thread(_every_connection, postgres.url(name))
            killer.execute(kill, (name,))
            for held in hoard:
                held.close()
        await all_over(app, MAILS)
    came = accepted(record)
    assert len(came) == MAILS
    assert sum(came.values()) == MAILS
    print(f"6 times all sessions killed, {MAILS} mails, none twice")


def _every_connection(url: str) -> list[psycopg.Connection]:
    """Sessions up to the server's limit."""
    held: list[psycopg.Connection] = []
    while True:
        try:
            held.append(psycopg.connect(url))
        except psycopg.OperationalError:
            return held


async def test_a_lock_is_held(tmp_path: Path, postgres: PostgresServer, database_url: str) -> None:
    """While another session holds the outbox locked, work waits; then it goes on, once each."""
    record, name = tmp_path / "accepted", database_url.rpartition("/")[2]
    async with SmtpSink(record=record) as smtp, node(tmp_path, database_url, smtp) as app:
        await app.write(lambda work: add_due(work, 0, 10))
        with postgres.session(name) as other, other.transaction():
            other.execute("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE")
            await app.start()
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            await until(lambda: bool((other.execute(waiting).fetchone() or (0,))[0]))
            assert smtp.messages == []
        await all_over(app, 10)
    assert set(accepted(record).values()) == {1}


async def test_four_planners_at_once(
    tmp_path: Path, postgres: PostgresServer, database_url: str
) -> None:
    """Four nodes plan the same owners at the same time, and their sessions are killed: each owner
    gets one delivery with one reminder, and nobody is left out."""
    name, count = database_url.rpartition("/")[2], 60
    kill = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s "
        "AND state <> 'idle' AND pid <> pg_backend_pid() LIMIT 1"
    )
    folders = [tmp_path / str(n) for n in range(4)]
    for folder in folders:
        folder.mkdir()
    async with SmtpSink() as smtp, node(folders[0], database_url, smtp) as first:
        await first.write(lambda work: add_due(work, 0, count))
        async with (
            node(folders[1], database_url, smtp) as second,
            node(folders[2], database_url, smtp) as third,
            node(folders[3], database_url, smtp) as fourth,
        ):
            planning = [asyncio.create_task(n.plan()) for n in (first, second, third, fourth)]
            with postgres.session() as killer:
                for _ in range(4):
                    await asyncio.sleep(0.1)
                    killer.execute(kill, (name,))
            await asyncio.gather(*planning)
        planned = _planned(first.database)
    assert planned == [(1, 1)] * count


def _planned(database: Database) -> list[tuple[int, int]]:
    """Deliveries and reminders of each owner."""
    query = (
        "SELECT (SELECT count(*) FROM delivery d WHERE d.owner_id = o.id), "
        "(SELECT count(*) FROM reminder r WHERE r.owner_id = o.id) FROM owner o"
    )
    with database.look() as session:
        return [(row[0], row[1]) for row in session.execute(text(query))]
