"""Ten million numbers in the zones of a country and its travellers: what their mornings bring, how
late the messages are at a given rate of the way out, and which rate keeps them in time.

Each line is drawn into a class (zone, day of its fee, covered or not); the rules of the service
plan each class once for a month, to the instant. The bursts then run through a queue: planned,
claimed and sent at the rates that one node and one database were measured at.

``python -m tests.bench.nation --lines 10000000 --nodes 2``
"""

from __future__ import annotations

import argparse
import collections
import math
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reminder.domain.foresight import schedule
from reminder.domain.look import look_at
from tests.builders import build_case, build_ladder, build_standing, read_at

LINES = 10_000_000
NODES = 2
PLANNED = 10_000.0  # lines a second of one node (``make bench ARGS=planner``)
STATED = 28_000.0  # claims with their finishes a second of one database (docs/scale.md)
RATES = (250.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0)
WANTED = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=1))
START = datetime(2026, 11, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
COVERED = 0.4
SEED = 20261128
DRAWN_AT_ONCE = 100_000
# Shares of a hundred: Russia's zones by their people, and owners abroad.
ZONES = {
    "Europe/Kaliningrad": 1,
    "Europe/Moscow": 55,
    "Europe/Samara": 4,
    "Asia/Yekaterinburg": 11,
    "Asia/Omsk": 2,
    "Asia/Novosibirsk": 7,
    "Asia/Irkutsk": 3,
    "Asia/Yakutsk": 2,
    "Asia/Vladivostok": 2,
    "Asia/Magadan": 1,
    "Asia/Kamchatka": 1,
    "Europe/Berlin": 3,
    "Asia/Shanghai": 4,
    "Asia/Bangkok": 2,
    "America/New_York": 2,
}
Class = tuple[str, int, bool]


@dataclass(frozen=True)
class Rates:
    """What can be done a second: lines planned, deliveries claimed and finished, messages sent."""

    planned: float
    stated: float
    sent: float


@dataclass(frozen=True)
class Late:
    """How late messages were, in seconds."""

    p50: float
    p99: float
    most: float


def classes() -> dict[Class, float]:
    """Every class of lines with its share."""
    return {
        (zone, day, covered): share / 100 / 30 * (COVERED if covered else 1 - COVERED)
        for zone, share in ZONES.items()
        for day in range(30)
        for covered in (False, True)
    }


def drawn(lines: int, chance: random.Random) -> collections.Counter[Class]:
    """So many lines, each in a class by chance."""
    shares, found = classes(), collections.Counter[Class]()
    kinds, cumulated, total = list(shares), [], 0.0
    for share in shares.values():
        total += share
        cumulated.append(total)
    for left in range(lines, 0, -DRAWN_AT_ONCE):
        count = min(left, DRAWN_AT_ONCE)
        found.update(chance.choices(kinds, cum_weights=cumulated, k=count))
    return found


def planned(of: Class) -> list[datetime]:
    """When a line of a class speaks in the month, by the rules themselves."""
    zone, day, is_covered = of
    on = (START + timedelta(days=day + 1)).date()
    reading = read_at(START, "10000" if is_covered else "1")
    standing = build_standing(renews_on=on, anchor=on)
    case = build_case(None, reading, ladder=build_ladder(zone=zone), standing=standing)
    found = schedule(look_at(case, START), {}, START + MONTH)
    return [due.due_at for due in found if due.due_at >= START]


def bursts(lines: collections.Counter[Class]) -> dict[datetime, int]:
    """How many messages are due at each instant of the month."""
    found: collections.Counter[datetime] = collections.Counter()
    for kind, count in lines.items():
        for at in planned(kind):
            found[at] += count
    return dict(sorted(found.items()))


def lateness(found: dict[datetime, int], rates: Rates) -> Late:
    """Run the bursts through the queue, first come, first served; a message is late by the time
    between its moment and the end of its sending. Stages follow each other, so that the slowest
    rate counts, and a burst that comes before the last is through stands behind it."""
    rate = min(rates.planned, rates.stated, rates.sent)
    free_at, spans = START, []
    for at, count in found.items():
        begins = max(at, free_at)
        free_at = begins + timedelta(seconds=count / rate)
        spans.append(((begins - at).total_seconds(), (free_at - at).total_seconds(), count))
    return Late(_late_at(spans, 0.5), _late_at(spans, 0.99), max(end for _, end, _ in spans))


def _late_at(spans: list[tuple[float, float, int]], share: float) -> float:
    """The lateness that this share of all messages does not pass; in each span it grows evenly."""
    total = sum(count for _, _, count in spans)
    low, high = 0.0, max(end for _, end, _ in spans)
    while high - low > 0.01:
        middle = (low + high) / 2
        within = sum(
            count * min(max((middle - start) / (end - start), 0.0), 1.0)
            for start, end, count in spans
        )
        low, high = (middle, high) if within < share * total else (low, middle)
    return high


def rate_for(found: dict[datetime, int], wanted: timedelta) -> float:
    """The rate of the way out that keeps the slowest message within ``wanted``."""
    low, high = 1.0, float(max(found.values()))
    while high - low > 1:
        middle = (low + high) / 2
        late = lateness(found, Rates(math.inf, math.inf, middle)).most
        low, high = (middle, high) if late > wanted.total_seconds() else (low, middle)
    return high


def main() -> None:
    """Simulate, and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lines", type=int, default=LINES)
    asked.add_argument("--nodes", type=int, default=NODES)
    chosen = asked.parse_args()
    began = time.perf_counter()
    found = bursts(drawn(chosen.lines, random.Random(SEED)))
    messages, largest = sum(found.values()), max(found, key=found.__getitem__)
    print(f"{chosen.lines:,} lines, seed {SEED}: {messages:,} messages in 30 days")
    print(f"planned by the rules in {time.perf_counter() - began:.0f} s")
    print(f"largest burst: {found[largest]:,} at {largest:%Y-%m-%d %H:%M} UTC")
    print("rate of the way out | p50 late | p99 late | most")
    for rate in RATES:
        late = lateness(found, Rates(PLANNED * chosen.nodes, STATED, rate))
        print(f"{rate:>12,.0f} a second | {_min(late.p50)} | {_min(late.p99)} | {_min(late.most)}")
    for wanted in WANTED:
        needed = rate_for(found, wanted)
        print(f"all within {wanted.total_seconds() / 60:.0f} minutes: {needed:,.0f} a second")


def _min(seconds: float) -> str:
    return f"{seconds / 60:6.1f} min"


if __name__ == "__main__":
    main()
