"""Promises of reminder/engine/handover.py."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from reminder.app import utc_now
from reminder.config.tables import Engine
from reminder.domain.delivery import Lane
from reminder.engine.handover import (
    LONGEST_SLEEP,
    LONGEST_SLEEP_SHARED,
    SHORTEST_SLEEP_SHARED,
    Inline,
    choose,
)
from reminder.errors import ConfigError
from reminder.storage import claims, outbox
from reminder.storage.claims import Shares
from reminder.storage.database import Database, Session
from tests.conftest import HandClock
from tests.storage.samples import NOW, message, one_due, people

HOUR = timedelta(hours=1)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database that keeps its own time, where it has any."""
    opened = Database(database_url)
    opened.migrate()
    yield opened
    opened.close()


@pytest.mark.parametrize("dialect", ["postgresql"])
@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
async def test_due_is_what_the_database_calls_due(database: Database, ahead: timedelta) -> None:
    """A node whose clock is an hour off claims neither early nor late, and leases for as long as
    the others think."""

    def add(session: Session) -> None:
        people(session)
        now = database.instant(session, NOW)
        for n, run_at in enumerate((now - HOUR / 2, now + HOUR / 2)):
            new = message(f"dlv_{n}", run_at=run_at, due_at=run_at)
            outbox.add_delivery(session, new)

    await database.write(add)
    inline = Inline(database, lambda: utc_now() + ahead, "odd")
    assert [claim.id for claim in await inline.claims(Lane.EMAIL, 9, Shares(9))] == ["dlv_0"]
    lease_end = await database.read(claims.next_run_at)
    assert lease_end is not None
    assert abs(lease_end - utc_now() - timedelta(minutes=15)) < timedelta(minutes=1)


async def test_how_long_there_is_nothing(
    database: Database, clock: HandClock, dialect: str
) -> None:
    """It rests until the next delivery is due; where other nodes write, never for more than five
    seconds, and never without a breath."""
    inline = Inline(database, clock, "one")
    shared = dialect == "postgresql"
    longest = LONGEST_SLEEP_SHARED if shared else LONGEST_SLEEP
    assert await inline.rest() == longest
    await database.write(one_due)
    for before, rest in ((HOUR, longest), (timedelta(seconds=2), timedelta(seconds=2))):
        clock.at = NOW - before
        assert await inline.rest() == rest
    clock.at = NOW + HOUR
    assert await inline.rest() == (SHORTEST_SLEEP_SHARED if shared else timedelta())


async def test_a_broker_without_its_package_is_named(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nats-py is not installed the start is refused in words; without a broker in the config
    it is not needed."""
    monkeypatch.setitem(sys.modules, "reminder.engine.jetstream", None)
    assert isinstance(choose(Engine(), database, clock, "one"), Inline)
    with pytest.raises(ConfigError, match=r"install reminder\[nats\]"):
        choose(Engine(handover="nats://127.0.0.1:4222"), database, clock, "one")
