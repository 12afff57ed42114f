"""What the cases measure in common: figures with their spread, ratios to a baseline, and pinning.

A rate on a shared machine says little by itself. Each case therefore runs what it measures and its
baseline in turns, on the same core, and what counts is the ratio of their medians.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, TypeVar

import uvloop

from reminder.server import TURN_SECONDS

T = TypeVar("T")
SENDER, OTHERS = 0, 1


@dataclass(frozen=True, slots=True)
class Size:
    """How much a case does: ``scale`` 1 is the whole, smaller is for trying the harness."""

    scale: float = 1.0
    rounds: int = 3

    def of(self, whole: int, least: int = 20) -> int:
        """So much of a whole, but not less than makes sense."""
        return max(int(whole * self.scale), least)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, several times."""

    name: str
    unit: str
    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The run in the middle."""
        return median(self.runs)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure over its baseline, or a figure by itself, and what is wanted of it."""

    name: str
    value: float
    wanted: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Result:
    """What a case came to."""

    case: str
    figures: list[Figure] = field(default_factory=list)
    ratios: list[Ratio] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, unit: str, *runs: float) -> Figure:
        """Keep a figure."""
        figure = Figure(name, unit, runs)
        self.figures.append(figure)
        return figure

    def at_least(self, name: str, value: float, wanted: float, unit: str = "") -> None:
        """Keep a ratio of which more is better."""
        self.ratios.append(Ratio(name, value, f"≥ {wanted:g}{unit}", value >= wanted))

    def at_most(self, name: str, value: float, wanted: float, unit: str = "") -> None:
        """Keep a ratio of which less is better."""
        self.ratios.append(Ratio(name, value, f"≤ {wanted:g}{unit}", value <= wanted))

    def told(self, name: str, value: float) -> None:
        """Keep a ratio of which nothing is demanded."""
        self.ratios.append(Ratio(name, value))

    def as_json(self) -> dict[str, Any]:
        """As plain values, medians included."""
        said = asdict(self)
        for plain, figure in zip(said["figures"], self.figures, strict=True):
            plain["median"] = figure.median
        return said


def pin(core: int) -> None:
    """Keep this process, and what it starts from now on, on one core, where there are two."""
    if hasattr(os, "sched_setaffinity") and core < (os.cpu_count() or 1):
        os.sched_setaffinity(0, {core})


@contextmanager
def elsewhere() -> Iterator[None]:
    """What is started in here by a process that is kept on one core runs on the receivers'."""
    own = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if own != {SENDER}:
        yield
        return
    pin(OTHERS)
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def fast(work: Coroutine[Any, Any, T]) -> T:
    """Run as ``serve`` does, on the same loop."""
    sys.setswitchinterval(TURN_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@dataclass(frozen=True, slots=True)
class Spent:
    """How long something took, and how much of the processor this process used for it."""

    seconds: float
    cpu: float


async def timed(work: Callable[[], Awaitable[object]]) -> Spent:
    """Time one run."""
    start, cpu = time.perf_counter(), time.process_time()
    await work()
    return Spent(time.perf_counter() - start, time.process_time() - cpu)


async def in_flight(count: int, slots: int, one: Callable[[int], Awaitable[object]]) -> None:
    """Do ``one`` for each number below ``count``, so many at once."""
    numbers = iter(range(count))

    async def work() -> None:
        for number in numbers:
            await one(number)

    await asyncio.gather(*(work() for _ in range(slots)))
