"""Promises of reminder/engine/cluster.py."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reminder.app import open_app, utc_now
from reminder.engine.cluster import Cluster
from reminder.errors import ConfigError
from reminder.storage.database import Database
from reminder.storage.nodes import Node
from tests.conftest import START, HandClock, settings_in

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def node(name: str) -> Node:
    """A node of that name."""
    return Node(name, "all", "0.1.0", "2026.6", START, START)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database whose time is set by hand."""
    opened = Database(database_url, keeps_time=False)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def two(database: Database, clock: HandClock) -> tuple[Cluster, Cluster]:
    """Two nodes on one database."""
    return Cluster(database, node("a"), clock), Cluster(database, node("b"), clock)


class Job:
    """Work that counts how often it was done, and fails when told to."""

    def __init__(self) -> None:
        self.done = 0
        self.fails = False

    async def __call__(self) -> None:
        """Do it."""
        if self.fails:
            raise ConnectionError
        self.done += 1


async def test_a_job_is_done_once_per_cluster(
    two: tuple[Cluster, Cluster], clock: HandClock
) -> None:
    """However many nodes ask, a job is done once in its time, and again when that is over."""
    job = Job()
    for moment, done in ((START, 1), (START + DAY - HOUR, 1), (START + DAY, 2)):
        clock.at = moment
        asked = await asyncio.gather(*(one.run_once("prune", DAY, job) for one in two * 3))
        assert (job.done, sum(asked)) == (done, 1 if moment != START + DAY - HOUR else 0)


async def test_a_job_that_fails_is_tried_soon(
    two: tuple[Cluster, Cluster], clock: HandClock
) -> None:
    """It raises where it was tried, and any node tries it five minutes later."""
    job = Job()
    job.fails = True
    with pytest.raises(ConnectionError):
        await two[0].run_once("prune", DAY, job)
    job.fails = False
    assert not await two[1].run_once("prune", DAY, job)
    clock.at += timedelta(minutes=5)
    assert await two[1].run_once("prune", DAY, job)


async def test_a_job_whose_node_died_is_tried_within_the_hour(
    two: tuple[Cluster, Cluster], clock: HandClock
) -> None:
    """A node killed in the middle loses the job; should it live after all, it says nothing more."""
    job, begun, ending = Job(), asyncio.Event(), asyncio.Event()

    async def frozen() -> None:
        begun.set()
        await ending.wait()

    held = asyncio.create_task(two[0].run_once("prune", DAY, frozen))
    await asyncio.wait_for(begun.wait(), 10)
    assert not await two[1].run_once("prune", DAY, job)
    clock.at += HOUR
    assert await two[1].run_once("prune", DAY, job)
    ending.set()
    await held
    clock.at += DAY - timedelta(milliseconds=1)
    assert not await two[0].run_once("prune", DAY, job)
    clock.at += timedelta(milliseconds=1)
    assert await two[0].run_once("prune", DAY, job)


async def test_nodes_are_seen(two: tuple[Cluster, Cluster], clock: HandClock, dialect: str) -> None:
    """On PostgreSQL each node shows for a minute after it was last there, unless it left; a SQLite
    file has one process, and nothing is written."""
    for one in two:
        await one.beat()
    names = [one.name for one in await two[0].others()]
    assert names == ([] if dialect == "sqlite" else ["a", "b"])
    await two[1].leave()
    assert [one.name for one in await two[0].others()] == names[:1]
    clock.at += timedelta(minutes=2)
    assert await two[0].others() == []


async def test_one_key_for_all(
    two: tuple[Cluster, Cluster], clock: HandClock, dialect: str
) -> None:
    """A node with another key is refused while one lives that works with the first; when none
    does, the key was changed on purpose."""
    here, there = two
    await here.agree("one")
    await here.beat()
    await there.agree("one")
    if dialect == "postgresql":
        with pytest.raises(ConfigError, match=r'server\.key: node "a" works with another key'):
            await there.agree("two")
    clock.at += timedelta(minutes=2)
    await there.agree("two")
    await there.beat()
    await there.agree("two")


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_a_clock_that_is_off(database_url: str) -> None:
    """A node whose clock is an hour ahead notices, and goes by the database's."""

    def fast() -> datetime:
        return utc_now() + HOUR

    opened = Database(database_url)
    mine = Cluster(opened, replace(node("a"), started_at=fast()), fast)
    assert mine.now() - utc_now() > HOUR / 2
    await mine.beat()
    assert abs(mine.now() - utc_now()) < timedelta(seconds=30)
    (shown,) = await mine.others()
    assert abs(shown.ahead - HOUR) < timedelta(seconds=30)
    opened.close()


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_who_leaves_while_it_beats_has_left(database: Database) -> None:
    """A beat that is broken off is written to its end before the node says that it stops."""
    looked, gate = threading.Event(), threading.Event()

    def clock() -> datetime:
        looked.set()
        gate.wait(10)
        return START

    one = Cluster(database, node("a"), clock)
    beating = asyncio.create_task(one.beat())
    await asyncio.to_thread(looked.wait, 10)
    beating.cancel()
    await asyncio.wait({beating})
    leaving = asyncio.create_task(one.leave())
    await asyncio.wait({leaving}, timeout=0.3)
    gate.set()
    await leaving
    for _ in range(10):  # a beat that comes too late would show by now
        assert await one.others() == []


@pytest.mark.parametrize("dialect", ["postgresql"])
async def test_the_app_is_a_node(tmp_path: Path, database_url: str) -> None:
    """A service shows with its role, version and tz data while it runs, and no more when it has
    stopped."""
    environ = {"REMINDER_DATABASE__URL": database_url, "REMINDER_ENGINE__NODE": "first"}
    async with open_app(settings_in(tmp_path, environ)) as app:
        await app.start()
        (shown,) = await app.cluster.others()
        assert (shown.name, shown.role) == ("first", "all")
        assert shown.tzdata.startswith("20")
    async with open_app(settings_in(tmp_path, environ)) as again:
        assert await again.cluster.others() == []
