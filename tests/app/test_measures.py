"""Promises of reminder/app/measures.py."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from reminder.app import measure, prometheus
from reminder.engine.watch import Trouble
from tests.conftest import KINDS, World
from tests.engine.samples import DUE, add_hook, register
from tests.fakes.webhook import Answer

LINE = re.compile(
    r"# (HELP|TYPE) reminder_\w+ .+"
    r"|reminder_\w+(\{(\w+=[^ ,]+,?)+\})? -?[0-9.e+-]+"
)


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Measured on either database."""
    return str(request.param)


def _values(text: str) -> dict[str, float]:
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def test_what_prometheus_reads(world: World) -> None:
    """Counts of what was claimed and tried, how late it left, what is wrong: each line in the form
    that Prometheus reads."""
    await add_hook(world)
    await register(world)
    world.hook.behave(Answer(500), times=1)
    world.clock.set(DUE)
    world.clock.at += timedelta(seconds=2)
    await world.beat()
    world.app.watch.raise_alarm(Trouble.WAL, "It grows.")
    text = await prometheus(world.app)
    assert [line for line in text.splitlines() if not LINE.fullmatch(line)] == []
    found = _values(text)
    assert found['reminder_tries_total{lane="email",outcome="sent"}'] == 1
    assert found['reminder_tries_total{lane="webhook",outcome="unreachable"}'] == 1
    assert found['reminder_claimed_total{lane="webhook"}'] == 1
    assert found['reminder_empty_claims_total{lane="email"}'] >= 1
    assert found['reminder_lateness_seconds{quantile="0.99"}'] == 2
    assert found['reminder_write_seconds{quantile="1"}'] > 0
    assert found['reminder_alarm{trouble="wal"}'] == 1
    assert found['reminder_alarm{trouble="database"}'] == 0
    assert found["reminder_lost_leases_total"] == 0


async def test_what_waits_is_measured(world: World) -> None:
    """How long the line and the message that are due longest have waited."""
    await register(world)
    await world.app.plan()
    world.clock.set(DUE)
    world.clock.at += timedelta(minutes=3)
    assert (await measure(world.app)).plan_lag == timedelta(minutes=3)
    await world.app.plan()
    world.clock.at += timedelta(minutes=4)
    found = await measure(world.app)
    assert (found.plan_lag, found.oldest_due) == (timedelta(0), timedelta(minutes=4))
