"""Case e: claim and finish by themselves, in batches of 1 to 500."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial

from reminder.app import App
from reminder.domain.delivery import Lane, State
from reminder.domain.ids import DeliveryId
from reminder.storage import claims, outbox
from reminder.storage.claims import Claimed
from reminder.storage.database import Session
from reminder.storage.outbox import Attempt, Finish
from tests.bench.ground import KINDS, ground
from tests.bench.measure import Result, Size
from tests.bench.stock import DUE, Stock, fill

ROWS = {1: 300, 10: 1000, 100: 3000, 500: 3000}
LEASE = timedelta(minutes=1)


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("outbox")
    for kind in KINDS:
        rates: dict[int, list[float]] = {batch: [] for batch in ROWS}
        counts = {batch: size.of(rows, batch) for batch, rows in ROWS.items()}
        for _ in range(size.rounds):
            async with ground(kind) as (app, clock):
                await fill(app, Stock(sum(counts.values()), urls=("http://127.0.0.1/x",)))
                clock.set(DUE)
                await app.plan()
                for batch, rows in counts.items():
                    rates[batch].append(await _through(app, rows, batch))
        for batch, runs in rates.items():
            result.add(f"{kind}: claim and finish, {batch} at a time", "rows/s", *runs)
    return result


async def _through(app: App, rows: int, batch: int) -> float:
    now, done = app.now(), 0
    start = time.perf_counter()
    while done < rows:
        slots = min(batch, rows - done)
        claims = await app.database.write(partial(_claim, now=now, slots=slots))
        sent = [
            Finish(c.id, c.token, State.SENT, now, attempt=Attempt(now, now, "sent", "204"))
            for c in claims
        ]
        lost = await app.database.write(partial(_finish, sent=sent, now=now))
        assert not lost
        done += len(claims)
    return rows / (time.perf_counter() - start)


def _claim(session: Session, now: datetime, slots: int) -> list[Claimed]:
    return claims.claim(session, Lane.WEBHOOK, now, now + LEASE, slots, "bench")


def _finish(session: Session, sent: list[Finish], now: datetime) -> list[DeliveryId]:
    return outbox.finish(session, sent, "bench", now)
