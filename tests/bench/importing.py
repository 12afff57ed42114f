"""Case g: a file of 100,000 rows: rows a second, and memory at its peak."""

from __future__ import annotations

import gc
import io
import resource
import sys
import time
from datetime import timedelta
from functools import partial

from reminder.service import people
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.importing import run as bring_in
from tests.bench.ground import ground
from tests.bench.measure import Result, Size

ROWS = 100_000
HEAD = "number,operator,label,balance,fee,renews_on,period\n"


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("import")
    rows, few = size.of(ROWS, 200), size.of(ROWS // 10, 100)
    async with ground() as (app, clock):
        rates, grown = [], []
        for number in range(size.rounds + 1):
            count = few if number == 0 else rows
            add = partial(people.add_owner, email=f"o{number}@example.org")
            clock.at += timedelta(seconds=1)  # ids of one instant are told apart within an import
            owner = await app.write(add)
            source = io.BytesIO(_file(count))
            gc.collect()
            before, start = peak(), time.perf_counter()
            report = await bring_in(app, owner.id, source, Wishes(), _silent)
            took = time.perf_counter() - start
            assert report.applied
            assert report.rows == count, report
            if number:
                rates.append(count / took)
                grown.append(peak() - before)
    rate = result.add(f"import of {rows:,} rows", "rows/s", *rates)
    result.add("its peak of memory above that of a tenth of it", "MB", *grown)
    result.at_least("rows a second", rate.median, 10_000)
    result.at_most("memory above that of a tenth of the rows", max(grown), 20, " MB")
    return result


def _file(rows: int) -> bytes:
    lines = [
        f"+7{9160000000 + n},mts,Number {n},{n % 900}.50,300.00,2026-12-{1 + n % 28:02},P1M\n"
        for n in range(rows)
    ]
    return (HEAD + "".join(lines)).encode()


async def _silent(_rows: int, _share: float) -> None:
    """Nobody is told."""


def peak() -> float:
    """The most memory this process has held, in MB."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1024 * 1024 if sys.platform == "darwin" else 1024)
