"""Case i: 1, 2 and 4 worker processes on one PostgreSQL, with and without JetStream."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlmodel import func, select

from reminder.app import App, open_app
from reminder.engine.sender import Sender
from reminder.storage.database import Session
from reminder.storage.tables import DeliveryRow
from tests.bench.ground import ground, hosts
from tests.bench.measure import Result, Size, fast
from tests.bench.sinks import sink
from tests.bench.stock import DUE, Stock, fill
from tests.conftest import HandClock, settings_in
from tests.fakes.broker import BrokerServer

DELIVERIES = 5000
WORKERS = (1, 2, 4)
LOOK = 0.02
KEY = "00" * 32


async def run(size: Size) -> Result:
    """Measure."""
    result = Result("scaling")
    count = size.of(DELIVERIES, 100)
    with sink("http") as port:
        for way in ("inline", "JetStream"):
            for workers in WORKERS:
                rates = [await _with(workers, count, port, way) for _ in range(size.rounds)]
                result.add(f"{workers} workers, {way}: planned and sent", "/s", *rates)
    result.notes.append(
        f"Workers, PostgreSQL, broker and receiver share {os.cpu_count()} cores here: more workers "
        "than cores show what sharing costs, not what more machines would give."
    )
    return result


async def _with(workers: int, count: int, port: int, way: str) -> float:
    """Deliveries a second, from the word to begin until the last is written down as sent."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        environ = {"REMINDER_SERVER__KEY": KEY}
        if way == "JetStream":
            broker = BrokerServer(Path(folder) / "broker")
            broker.start()
            stack.callback(broker.kill)
            environ["REMINDER_ENGINE__HANDOVER"] = broker.url
        async with ground("postgresql", {"REMINDER_SERVER__KEY": KEY}) as (app, _clock):
            await fill(app, Stock(count, urls=hosts(port)))
            environ["REMINDER_DATABASE__URL"] = app.settings.database_url
            hired = [await _hire(environ) for _ in range(workers)]
            start = time.perf_counter()
            for one in hired:
                assert one.stdin is not None
                one.stdin.write(b"go\n")
            while await app.database.read(_sent) < count:
                await asyncio.sleep(LOOK)
            took = time.perf_counter() - start
            for one in hired:
                one.kill()
                await one.wait()
    return count / took


def _sent(session: Session) -> int:
    query = select(func.count()).where(DeliveryRow.state == "sent")
    return session.exec(query).one()


async def _hire(environ: dict[str, str]) -> asyncio.subprocess.Process:
    """Start a worker, and wait until it is ready to begin."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.scaling",
        env={**os.environ, **environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def _work() -> None:
    """One worker: plans and sends from the word to begin until it is killed."""
    clock = HandClock()
    clock.set(DUE)
    allowed = {"REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]'}
    named = {name: value for name, value in os.environ.items() if name.startswith("REMINDER_")}
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder), {**allowed, **named})
        async with open_app(settings, clock=clock) as app:
            sender = app.ensure_sender()
            print("ready", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            async with asyncio.TaskGroup() as both:
                both.create_task(sender.run())
                both.create_task(_plan(app, sender))


async def _plan(app: App, sender: Sender) -> None:
    while True:
        await app.plan()
        sender.wake()
        await asyncio.sleep(LOOK)


if __name__ == "__main__":
    fast(_work())
