"""Steady work: a real service whose lines come due one after the other, each at its own moment, its
memory and its open files watched from outside."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import text

from reminder.app import open_app
from reminder.engine.counts import Spread, spread
from reminder.storage.database import Session
from tests.bench.ground import hosts
from tests.bench.stock import BASE, Stock, fill
from tests.conftest import settings_in
from tests.faults.load import AT_ONCE
from tests.faults.machine import Machine, Weight

READY = timedelta(seconds=10)
"""From the last write of the stock to the first line that is due: the service starts meanwhile."""
LOOK = 0.25
PATIENCE = 120.0
_WOKEN = (
    "UPDATE {table} SET wake_at = :begin + (CAST(substr(id, 5) AS BIGINT) - :base) * :gap "
    "WHERE wake_at IS NOT NULL"
)
_TRIES = (
    "SELECT CAST(substr(r.line_id, 5) AS INTEGER), a.started_at, a.ended_at FROM attempt a "
    "JOIN delivery_reminder d ON d.delivery_id = a.delivery_id "
    "JOIN reminder r ON r.id = d.reminder_id"
)
_SENT = "SELECT count(*) FROM delivery WHERE state = 'sent'"


@dataclass(frozen=True)
class Load:
    """So many owners with a line each, one due every ``gap``, sent to the sink at ``port``."""

    owners: int
    gap: timedelta
    port: int

    @property
    def seconds(self) -> float:
        """From the first that is due to the last."""
        return self.owners * self.gap.total_seconds()


@dataclass(frozen=True)
class Carried:
    """What a service did with a load: each try with the moment its line was due, and how large the
    process was from time to time, from the first that was due on."""

    sent: int
    tries: tuple[tuple[datetime, datetime, datetime], ...]
    weights: tuple[Weight, ...]

    @property
    def rate(self) -> float:
        """Tries a second, from the first that began to the last that ended."""
        first, last = min(t[1] for t in self.tries), max(t[2] for t in self.tries)
        return len(self.tries) / (last - first).total_seconds()

    def lateness(self, parts: int) -> list[Spread]:
        """How late tries began, in so many equal parts of the time."""
        rows = sorted(self.tries)
        cuts = [len(rows) * n // parts for n in range(parts + 1)]
        return [spread([t[1] - t[0] for t in rows[low:high]]) for low, high in pairwise(cuts)]


async def carry(folder: Path, load: Load, looks: int) -> Carried:
    """Let a service of its own carry a load; look at the process so many times."""
    environ = AT_ONCE | {"REMINDER_WEBHOOKS__CONCURRENCY": "128"}
    begin = await _stocked(folder, environ, load)
    with (folder / "service.log").open("w") as said:
        process = await Machine(folder, environ).spawn(said)
    try:
        weights = []
        for n in range(looks):
            await _sleep_until(begin + timedelta(seconds=load.seconds * (n + 1) / looks))
            weights.append(Weight.of(process.pid))
        file = folder / "data" / "reminder.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as seen:
            sent = await _all_sent(seen, load.owners)
            tries = tuple(
                (begin + (number - BASE) * load.gap, _instant(started), _instant(ended))
                for number, started, ended in seen.execute(_TRIES)
            )
    finally:
        process.kill()
        await process.wait()
    return Carried(sent, tries, tuple(weights))


async def _stocked(folder: Path, environ: dict[str, str], load: Load) -> datetime:
    """Fill the database; return the moment at which the first line is due."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    fields = {"renews_on": tomorrow, "lead_times": ["P2D"]}
    stock = Stock(load.owners, urls=hosts(load.port), fields=fields)
    async with open_app(settings_in(folder, environ)) as app:
        await fill(app, stock)
        begin = app.now() + READY
        await app.database.write(lambda session: _wake(session, begin, load.gap))
    return begin


def _wake(session: Session, begin: datetime, gap: timedelta) -> None:
    values = {
        "begin": int(begin.timestamp() * 1000),
        "base": BASE,
        "gap": gap / timedelta(milliseconds=1),
    }
    for table in ("owner", "line"):
        session.execute(text(_WOKEN.format(table=table)), values)


async def _all_sent(seen: sqlite3.Connection, owners: int) -> int:
    """Wait until all are sent, or for as long as makes sense; return how many are."""
    end = time.monotonic() + PATIENCE
    while (sent := int(seen.execute(_SENT).fetchone()[0])) < owners and time.monotonic() < end:
        await asyncio.sleep(LOOK)
    return sent


async def _sleep_until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _instant(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)
