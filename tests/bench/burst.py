"""A morning: many owners are due at 09:00, all at once. Plans and sends while the clock runs, and
says how late the messages were, how long the loop stood still, and how much memory it took.

``python -m tests.bench.burst --owners 100000``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from datetime import datetime, timedelta
from statistics import quantiles

from sqlmodel import select

from reminder.app import App
from reminder.storage.database import Session
from reminder.storage.tables import AttemptRow, DeliveryRow
from tests.bench.ground import ground, hosts, sent_of
from tests.bench.importing import peak
from tests.bench.measure import SENDER, Result, Size, fast, pin
from tests.bench.sinks import sink
from tests.bench.stock import DUE, Stock, fill
from tests.conftest import HandClock

OWNERS = 100_000
LOOK = 0.01
BETWEEN = 0.2
STANDSTILL = 60.0


class RunningClock(HandClock):
    """A clock that runs from where it was set."""

    def set(self, text: str) -> None:
        """Set it; it runs on from there."""
        super().set(text)
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        """The instant."""
        gone = time.monotonic() - getattr(self, "_since", time.monotonic())
        return self.at + timedelta(milliseconds=int(gone * 1000))


async def run(size: Size) -> Result:
    """Measure."""
    owners = size.of(OWNERS, 200)
    result = Result("burst")
    with sink("http") as port:
        async with ground(clock=RunningClock()) as (app, clock):
            await fill(app, Stock(owners, urls=hosts(port)))
            await _morning(app, clock, owners, result)
    return result


async def _morning(app: App, clock: HandClock, owners: int, result: Result) -> None:
    before = peak()
    stalls: list[float] = []
    watch = asyncio.create_task(_watch(stalls))
    clock.set(DUE)
    start = time.perf_counter()
    sender = app.ensure_sender()
    sending = asyncio.create_task(sender.run())
    await app.plan()
    planned = time.perf_counter() - start
    await _all_sent(app, owners)
    took = time.perf_counter() - start
    await sender.stop()
    await sending
    watch.cancel()
    late = sorted(await app.database.read(_lateness))
    cuts = quantiles(late, n=100)
    result.add(f"{owners:,} owners due at once: all sent after", "s", took)
    result.add("messages a second", "/s", owners / took)
    result.add("all planned after", "s", planned)
    result.add("lateness p50", "s", cuts[49])
    result.add("lateness p99", "s", cuts[98])
    result.add("lateness of the last", "s", late[-1])
    result.add("memory at its peak above the start", "MB", peak() - before)
    result.add("longest stall of the loop", "ms", max(stalls) * 1000)
    result.at_most("loop stall", max(stalls) * 1000, 100, " ms")
    result.at_most("planned within", planned, 60, " s")


async def _all_sent(app: App, owners: int) -> None:
    """Look until all are; raise AssertionError where nothing more is sent for a while."""
    last, since = -1, time.monotonic()
    while (sent := await sent_of(app)) < owners:
        if sent != last:
            last, since = sent, time.monotonic()
        assert time.monotonic() - since < STANDSTILL, f"{sent} of {owners} were sent"
        await asyncio.sleep(BETWEEN)


async def _watch(stalls: list[float]) -> None:
    """Note how much longer than asked each sleep took."""
    while True:
        start = time.perf_counter()
        await asyncio.sleep(LOOK)
        stalls.append(time.perf_counter() - start - LOOK)


def _lateness(session: Session) -> list[float]:
    """Seconds from the moment that each delivery was due to the start of its first try."""
    query = select(DeliveryRow.due_at, AttemptRow.started_at).where(
        AttemptRow.delivery_id == DeliveryRow.id, AttemptRow.token == 1
    )
    return [(started - due).total_seconds() for due, started in session.exec(query)]


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--owners", type=int, default=OWNERS)
    pin(SENDER)
    found = fast(run(Size(words.parse_args().owners / OWNERS, 1)))
    print(json.dumps(found.as_json(), indent=1))
