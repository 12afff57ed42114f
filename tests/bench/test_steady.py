"""Half of what it can do at most, for long: nothing is late, nothing grows. Seconds here, ten
minutes by ``make soak ARGS=load``."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from reminder.engine.counts import Spread
from tests.bench.sinks import sink
from tests.bench.steady import Load, carry
from tests.faults.machine import Weight

SECONDS = float(os.environ.get("REMINDER_SOAK_LOAD", "0"))
AT_ONCE = 20_000 if SECONDS else 300
SHORT = 5.0
PARTS = 10
MOST_LATE = timedelta(seconds=5)
MOST_GROWN = 20


def _part(late: Spread, weight: Weight) -> str:
    seconds = (f"{at.total_seconds():.2f}" for at in (late.half, late.most, late.longest))
    size = f"{weight.megabytes} MB, {weight.files} files"
    return f"  {' / '.join(seconds)} s late (half, p99, longest); {size}"


@pytest.mark.timeout(SECONDS * 1.2 + 600)
async def test_half_the_top_rate_is_carried(tmp_path: Path) -> None:
    """Measured first with all due at once; at half of that every line is sent once, each part of
    the time is as early as the one before it, and the process does not grow."""
    top, steady = tmp_path / "top", tmp_path / "steady"
    top.mkdir()
    steady.mkdir()
    with sink("http") as port:
        most = (await carry(top, Load(AT_ONCE, timedelta(), port), 1)).rate
        half = min(most / 2, 500 / SHORT) if not SECONDS else most / 2
        gap = timedelta(seconds=1 / half)
        load = Load(int((SECONDS or SHORT) * half), gap, port)
        found = await carry(steady, load, PARTS)
    print(f"at most {most:.0f} a second; {load.owners} at {half:.0f} a second:")
    print(*map(_part, found.lateness(PARTS), found.weights), sep="\n")
    assert found.sent == len(found.tries) == load.owners
    if SECONDS:  # how fast, and how flat, takes its time
        warm, end = found.weights[PARTS // 3], found.weights[-1]
        assert end.files <= warm.files + MOST_GROWN
        assert end.megabytes <= warm.megabytes + MOST_GROWN
        assert max(one.most for one in found.lateness(PARTS)) < MOST_LATE
