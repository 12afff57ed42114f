"""What the tests of the broker share: mails that are due, waiting for a state, and outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from reminder.app import App
from reminder.engine.jetstream import JetStream
from reminder.service import deliveries, lines, people
from reminder.service.work import Work

PATIENCE = 60


async def until(true: Callable[[], bool]) -> None:
    """Wait for a state of the world."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


def by_broker(app: App) -> JetStream:
    """The node's handover."""
    handover = app.ensure_sender().handover
    assert isinstance(handover, JetStream)
    return handover


def fill(work: Work, first: int, count: int) -> None:
    """So many owners with one line each, whose last lead is due at once."""
    tomorrow = (work.now + timedelta(days=1)).date().isoformat()
    for n in range(first, first + count):
        owner = people.add_owner(work, f"o{n}@example.org", admin=True)
        fields = {
            "number": f"+79160{n:06d}",
            "operator": "mts",
            "fee": "300",
            "balance": "1",
            "renews_on": tomorrow,
            "lead_times": ["P2D"],
        }
        lines.register(work, owner.id, fields)


async def add(app: App, first: int, count: int) -> None:
    """Have so many mails due."""
    await app.write(lambda work: fill(work, first, count))


async def once_each(app: App, count: int) -> None:
    """Wait until so many deliveries are over; each was sent at its first try."""
    async with asyncio.timeout(PATIENCE):
        while "pending" in {state for state, _ in await outcomes(app)}:
            await asyncio.sleep(0.02)
    assert await outcomes(app) == [("sent", 1)] * count


async def outcomes(app: App) -> list[tuple[str, int]]:
    """State and tries of every delivery."""

    def read(work: Work) -> list[tuple[str, int]]:
        found = [d for o in people.everyone(work) for d in deliveries.everything(work, o.id)]
        return [(d.state, len(d.attempts)) for d in found]

    return await app.read(read)
