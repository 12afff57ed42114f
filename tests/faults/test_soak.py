"""Everything at once, by chance from a seed: workers killed and frozen, PostgreSQL crashing,
answers to commits lost, a mail server and a receiver that misbehave; and one worker that lives
through it all, its memory and its open files watched (ENGINE section 9, row 39). Half a minute
here; ``make soak`` goes on for twenty."""

from __future__ import annotations

import asyncio
import collections
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from reminder.app import App, open_app
from tests.conftest import settings_in
from tests.fakes import Act, Answer, SmtpSink, Step, WebhookSink
from tests.fakes.postgres import PostgresServer
from tests.fakes.proxy import Proxy
from tests.faults.checker import came, check
from tests.faults.child import LEASE
from tests.faults.fleet import Fleet
from tests.faults.load import AT_ONCE, Ahead, add_due, put_forward, states
from tests.faults.machine import Weight

SECONDS = float(os.environ.get("REMINDER_SOAK_MIX", "60"))
SEED = int(os.environ.get("REMINDER_SOAK_SEED", "20261128"))
WORKERS, STEADY = 3, 0
LEASE_SECONDS = 6
SLOTS = 8 + 16
EVERY = 0.4
ADDED = 3
STOLEN = 40  # of so many commits one is not answered
MAIL_MODES: tuple[tuple[Step, str | Act], ...] = (
    (Step.END, Act.CUT),
    (Step.BODY, Act.CUT),
    (Step.MAIL, "421 4.3.2 closing"),
    (Step.RCPT, "450 4.2.0 greylisted"),
    (Step.END, "451 4.3.0 later"),
)
HOOK_MODES = (
    Act.CUT,
    Act.DRIP_HEADERS,
    Act.ENDLESS,
    Answer(503),
    Answer(429, {"Retry-After": "9"}),
)


@dataclass
class Chaos:
    """What is hurt, and how often each thing was done to it."""

    chance: random.Random
    fleet: Fleet
    own: PostgresServer
    smtp: SmtpSink
    hook: WebhookSink
    done: collections.Counter[str] = field(default_factory=collections.Counter)

    async def step(self) -> None:
        """Do one thing."""
        ways: dict[str, tuple[float, Callable[[], Awaitable[None]]]] = {
            "killed": (5, self._kill),
            "frozen": (1, self._freeze),
            "crashed": (0.5, self._crash),
            "mail modes": (4, self._mail),
            "receiver modes": (4, self._receiver),
        }
        weights = [weight for weight, _ in ways.values()]
        (name,) = self.chance.choices(list(ways), weights)
        await ways[name][1]()
        self.done[name] += 1

    def _victim(self) -> int:
        return self.chance.choice([n for n in range(WORKERS) if n != STEADY])

    async def _kill(self) -> None:
        self.fleet.kill(self._victim())

    async def _freeze(self) -> None:
        place = self._victim()
        self.fleet.freeze(place)
        await asyncio.sleep(LEASE_SECONDS + 1)
        self.fleet.thaw(place)

    async def _crash(self) -> None:
        await asyncio.to_thread(self.own.crash)
        await asyncio.to_thread(self.own.start)

    async def _mail(self) -> None:
        step, answer = self.chance.choice(MAIL_MODES)
        self.smtp.behave(step, answer, times=self.chance.randint(1, 4))

    async def _receiver(self) -> None:
        self.hook.behave(self.chance.choice(HOOK_MODES), times=self.chance.randint(1, 4))


async def _hurt(app: App, chaos: Chaos, hook: str) -> tuple[int, Weight, Weight]:
    """Bring work and do harm until the time is over; return how much work it was, and the size of
    the worker that lived, warm and at the end."""
    began, warm, added = time.monotonic(), None, 0
    pid = chaos.fleet.pid(STEADY)
    while (passed := time.monotonic() - began) < SECONDS:
        if warm is None and passed > SECONDS / 3:
            warm = Weight.of(pid)
        for url in ("", hook):
            await app.write(partial(_due, added, url))
            added += ADDED
        await chaos.step()
        await asyncio.sleep(EVERY)
    assert warm is not None
    return added, warm, Weight.of(pid)


def _due(first: int, hook: str, work: object) -> None:
    add_due(work, first, ADDED, hook)  # type: ignore[arg-type]


async def _end_it(app: App, clock: Ahead) -> None:
    """Let time pass until every retry was made."""
    await app.start()
    for _ in range(60):
        await put_forward(app, clock, timedelta(minutes=20))
        for _ in range(50):
            await asyncio.sleep(0.05)
            if "pending" not in await app.database.read(states):
                return
    raise AssertionError(await app.database.read(states))


@pytest.mark.timeout(SECONDS * 1.5 + 300)
async def test_everything_at_once(tmp_path: Path, own: PostgresServer) -> None:
    """All invariants hold at the end, and the worker that lived has not grown."""
    record, name, clock = tmp_path / "accepted", own.create(), Ahead()
    async with (
        SmtpSink(record=record) as smtp,
        WebhookSink(record=record) as hook,
        Proxy(own.port) as proxy,
    ):
        environ = AT_ONCE | {
            "REMINDER_DATABASE__URL": own.url(name),
            "REMINDER_EMAIL__URL": smtp.url,
            "REMINDER_WEBHOOKS__CONCURRENCY": "16",
            "REMINDER_WEBHOOKS__TIMEOUT": f"{LEASE_SECONDS // 3}s",
            LEASE: str(LEASE_SECONDS),
        }
        chosen = environ | {"REMINDER_DATABASE__URL": own.url(name, proxy.port)}
        chaos = Chaos(random.Random(SEED), Fleet(tmp_path, chosen, WORKERS), own, smtp, hook)
        async with open_app(settings_in(tmp_path, environ)) as app:
            chaos.fleet.start()
            proxy.steal(STOLEN)
            try:
                added, warm, end = await _hurt(app, chaos, hook.url)
            finally:
                chaos.fleet.close()
        smtp.recover()
        hook.behave(Answer())
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            await _end_it(app, clock)
            crashes = sum(chaos.done.values()) + proxy.stolen + WORKERS
            twice = check(app.database, record, owed=added, twice=crashes * SLOTS)
            ends = await app.database.read(states)
    tries = chaos.fleet.tries()
    print(
        f"seed {SEED}: {SECONDS:.0f} s, {dict(chaos.done)}, {proxy.stolen} commits unanswered; "
        f"{added} reminders, {len(came(record))} taken, {ends}, {twice} came twice, same try twice "
        f"{len(tries) - len(set(tries))}; the worker that lived: {warm} warm, {end} at the end"
    )
    assert len(tries) == len(set(tries)), "I3"
    assert ends.get("sent", 0) >= added * 0.99
    assert end.files <= warm.files + 20
    assert end.megabytes <= warm.megabytes + max(40, warm.megabytes // 5)
