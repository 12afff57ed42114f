"""Case d: lines planned a second where few of many are due, and what an empty beat costs however
much is stored."""

from __future__ import annotations

import time

import psycopg

from reminder.app import App
from tests.bench.ground import ground
from tests.bench.measure import Result, Size, timed
from tests.bench.stock import DUE, Stock, fill

EACH = 10
DUE_LINES = 100_000
BEATS = 200
STORED = {"sqlite": (10_000, 1_000_000), "postgresql": (1_000_000, 5_000_000)}
WANTED = {"sqlite": 15_000, "postgresql": 10_000}


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("planner")
    for kind, (few, many) in STORED.items():
        beats = {}
        for lines in (few, many):
            stored = size.of(lines, 400)
            due = min(size.of(DUE_LINES, 200), stored) if lines == many else 0
            async with ground(kind) as (app, clock):
                await fill(app, Stock(stored // EACH, EACH, due // EACH, ("http://127.0.0.1/x",)))
                clock.set(DUE)
                spent = await timed(app.plan)  # what leaves an index is walked past until a vacuum
                if lines == many:
                    name = f"{kind}: planned, {due:,} due of {stored:,}"
                    rate = result.add(name, "lines/s", due / spent.seconds)
                    result.add(f"{kind}: CPU of a line", "µs", spent.cpu / due * 1e6)
                    result.at_least(f"{kind}: lines planned a second", rate.median, WANTED[kind])
                    _tidy(app)
                rounds = [await _beat(app) for _ in range(size.rounds)]
            beats[lines] = result.add(f"{kind}: empty beat, {stored:,} stored", "ms", *rounds)
        result.at_most(f"{kind}: empty beat", beats[many].median, 2, " ms")
        grown = beats[many].median / beats[few].median
        spread = max(beats[few].runs) / min(beats[few].runs)
        result.at_most(f"{kind}: growth of the empty beat", grown, max(round(spread, 2), 1.25))
    return result


def _tidy(app: App) -> None:
    """What PostgreSQL does by itself, within a minute: until then it walks past what was changed
    last, however much is stored."""
    if not app.database.is_sqlite:
        with psycopg.connect(app.settings.database_url, autocommit=True) as connection:
            connection.execute("VACUUM owner, line, reminder")


async def _beat(app: App) -> float:
    """Milliseconds of one beat that finds nothing, the middle of many."""
    took = []
    for _ in range(BEATS):
        start = time.perf_counter()
        await app.plan()
        took.append((time.perf_counter() - start) * 1000)
    return sorted(took)[BEATS // 2]
