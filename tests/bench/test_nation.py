"""Promises of tests/bench/nation.py: every line is drawn, the rules plan it, the queue adds up."""

from __future__ import annotations

import math
import random
from datetime import timedelta

import pytest

from tests.bench.nation import START, ZONES, Rates, bursts, drawn, lateness, planned, rate_for

AT = START + timedelta(hours=6)


def test_every_line_is_in_a_class() -> None:
    """As many lines as were asked for, in every zone; the shares are of a hundred."""
    lines = drawn(20_000, random.Random(1))
    assert sum(lines.values()) == 20_000
    assert {zone for zone, _, _ in lines} == set(ZONES)
    assert sum(ZONES.values()) == 100


def test_the_rules_plan_them() -> None:
    """A fee on the 22nd that is not covered is told at nine in Moscow, four times; a covered one
    less often."""
    found = planned(("Europe/Moscow", 20, False))
    assert [f"{at:%d %H:%M}" for at in found[:4]] == [
        "15 06:00",
        "19 06:00",
        "21 06:00",
        "22 06:00",
    ]
    assert len(planned(("Europe/Moscow", 20, True))) < len(found)


def test_lateness_of_two_bursts() -> None:
    """A thousand at ten a second are late by up to 100 s; the next burst stands behind them."""
    late = lateness({AT: 1000}, Rates(math.inf, 50, 10))
    assert (round(late.p50), round(late.p99), late.most) == (50, 99, 100)
    second = AT + timedelta(seconds=60)
    assert lateness({AT: 1000, second: 100}, Rates(20, 50, 10)).most == 100
    assert lateness({AT: 1000, second: 700}, Rates(20, 50, 10)).most == pytest.approx(110)


def test_the_rate_that_is_needed() -> None:
    """The least rate that keeps the slowest in time, to within one a second."""
    found = bursts(drawn(50_000, random.Random(1)))
    rate = rate_for(found, timedelta(minutes=5))
    assert lateness(found, Rates(math.inf, math.inf, rate)).most <= 300
    assert lateness(found, Rates(math.inf, math.inf, rate - 2)).most > 300
