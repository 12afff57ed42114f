"""A worker that stands still for longer than its lease, and wakes: what it held is another's by
then, and it begins no try of it (ENGINE section 9, row 7)."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reminder.app import open_app, utc_now
from reminder.crash import WISH, Point
from tests.conftest import settings_in
from tests.fakes import WebhookSink
from tests.faults.checker import came, check
from tests.faults.child import LEASE
from tests.faults.load import add_due, settled, until
from tests.faults.victim import Victim

COUNT = 6
LEASE_SECONDS = 3
SOON = 8
ENGINES = ("sqlite", "postgresql", "jetstream")


def _stands_still(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    return stat.rpartition(")")[2].split()[0] == "T"


def _later() -> datetime:
    """When whatever is to be tried again in minutes is due."""
    return utc_now() + timedelta(minutes=30)


async def _until_instant(moment: datetime) -> None:
    await until(lambda: datetime.now(UTC) > moment)


@pytest.mark.parametrize(
    ("engine", "point"), [*((e, Point.CLAIMED) for e in ENGINES), ("postgresql", Point.ANSWERED)]
)
async def test_it_wakes_after_its_lease(
    tmp_path: Path, environ: dict[str, str], engine: str, point: Point
) -> None:
    """Frozen with claims in its hands, woken when they are over: each message comes once, unless it
    had been taken before the freeze, and no (id, token) is used twice."""
    record = tmp_path / "accepted"
    environ |= {LEASE: str(LEASE_SECONDS), "REMINDER_WEBHOOKS__TIMEOUT": "1s"}
    async with WebhookSink(record=record) as hook:
        settings = settings_in(tmp_path, environ)
        async with open_app(settings) as app:
            await app.write(lambda work: add_due(work, 0, COUNT, hook.url))
        process = Victim(tmp_path, environ).start({WISH: f"{point.value}=STOP"})
        pid = process.pid or 0
        await until(lambda: _stands_still(pid))
        taken, frozen = came(record), datetime.now(UTC)
        assert bool(taken) == (point is Point.ANSWERED)
        await _until_instant(frozen + timedelta(seconds=LEASE_SECONDS + 0.2))
        if engine == "sqlite":
            os.kill(pid, signal.SIGCONT)
        else:
            settings.server.data_dir.mkdir(exist_ok=True)
            async with open_app(settings) as other:
                await other.start()
                await settled(other)
            os.kill(pid, signal.SIGCONT)
        await asyncio.to_thread(process.join, SOON if taken else 60)
        if process.is_alive():  # the receiver did not answer while it stood still: tried later
            process.kill()
            await asyncio.to_thread(process.join)
        assert taken or process.exitcode == 0
        async with open_app(settings, clock=_later) as app:
            await app.start()
            await app.plan()  # its beat goes by the machine's clock, for which later is not yet
            await settled(app)
            twice = check(app.database, record, owed=COUNT, twice=2 * COUNT if taken else 0)
    print(f"{engine}, frozen at {point}: {sum(taken.values())} taken before, {twice} came twice")
