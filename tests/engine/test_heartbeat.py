"""Promises of reminder/engine/heartbeat.py."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from reminder.engine.heartbeat import PLAN, Heartbeat

HOUR = timedelta(hours=1)


def _beats(beat: Callable[[], Awaitable[None]], name: str = PLAN) -> Heartbeat:
    return Heartbeat({name: (HOUR, beat)})


async def test_every_beat_runs_at_the_start() -> None:
    """What fell due while nothing ran is looked at as soon as the service starts."""
    beaten = asyncio.Event()

    async def beat() -> None:
        beaten.set()

    heart = _beats(beat, "tidy")
    heart.start(datetime.now(UTC))
    await asyncio.wait_for(beaten.wait(), 10)
    heart.stop()


async def test_the_end_of_the_service_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """A beat that is under way when the service stops is broken off, and nothing is said of it."""
    beating, over = asyncio.Event(), asyncio.Event()

    async def beat() -> None:
        beating.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()

    heart = _beats(beat)
    heart.start(datetime.now(UTC))
    await asyncio.wait_for(beating.wait(), 10)
    heart.stop()
    await asyncio.wait_for(over.wait(), 10)
    await asyncio.sleep(0.05)
    assert caplog.records == []


async def test_the_plan_beat_comes_when_something_falls_due() -> None:
    """Told of a moment, the plan beat runs then and not an interval later."""
    beats: asyncio.Queue[int] = asyncio.Queue()

    async def beat() -> None:
        await beats.put(1)

    heart = _beats(beat)
    heart.start(datetime.now(UTC))
    await asyncio.wait_for(beats.get(), 10)
    now = datetime.now(UTC)
    heart.plan_by(now - HOUR, now)
    await asyncio.wait_for(beats.get(), 10)
    heart.stop()


async def test_a_beat_may_ask_for_the_next_at_once() -> None:
    """What is due the moment a beat ends is not left to the interval; without a wish it is."""
    beats: asyncio.Queue[int] = asyncio.Queue()
    wishes = [1] * 20

    async def beat() -> None:
        now = datetime.now(UTC)
        heart.plan_by(now if wishes else None, now)
        await beats.put(len(wishes))
        del wishes[:1]

    heart = _beats(beat)
    heart.start(datetime.now(UTC))
    while await asyncio.wait_for(beats.get(), 10):
        pass
    await asyncio.sleep(0.1)
    heart.stop()
    assert beats.empty()


async def test_a_moment_named_while_it_beats_is_kept() -> None:
    """Whoever writes while a beat runs is looked at when it ends, though the beat itself, which
    looked before that, knows of nothing for an hour."""
    beats: asyncio.Queue[int] = asyncio.Queue()
    written = asyncio.Event()

    async def beat() -> None:
        await beats.put(1)
        await written.wait()
        now = datetime.now(UTC)
        heart.plan_by(now + HOUR, now)

    heart = _beats(beat)
    heart.start(datetime.now(UTC))
    await asyncio.wait_for(beats.get(), 10)
    now = datetime.now(UTC)
    heart.plan_by(now, now)
    await asyncio.sleep(0)
    written.set()
    await asyncio.wait_for(beats.get(), 10)
    heart.stop()


async def test_a_beat_that_fails_beats_again() -> None:
    """A failure is logged and ends neither the beat nor the others."""
    beats: asyncio.Queue[int] = asyncio.Queue()

    async def beat() -> None:
        await beats.put(1)
        raise ValueError("broken")

    heart = _beats(beat)
    heart.start(datetime.now(UTC))
    await asyncio.wait_for(beats.get(), 10)
    now = datetime.now(UTC)
    heart.plan_by(now, now)
    await asyncio.wait_for(beats.get(), 10)
    heart.stop()


async def test_stopping_and_asking_out_of_turn_is_harmless() -> None:
    """A heart that does not beat may be asked for a beat, and stopped, and stopped again."""

    async def beat() -> None:
        raise AssertionError("it was never started")

    heart = _beats(beat)
    now = datetime.now(UTC)
    heart.plan_by(now, now)
    heart.stop()
    heart.stop()
    await asyncio.sleep(0)
