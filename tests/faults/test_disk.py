"""The disk of SQLite at its worst, at every position in turn: killed at each sync, a sync that
fails, no space left, the power cut (ENGINE section 9, rows 2, 4, 5 and 6)."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from reminder.app import open_app
from reminder.config import load
from reminder.errors import StorageError
from reminder.storage import claims
from reminder.storage.database import Database
from tests.conftest import settings_in
from tests.fakes import WebhookSink
from tests.faults.checker import Kept, came, check, check_midway, intact
from tests.faults.load import AT_ONCE, add_due, states, until
from tests.faults.power import as_of_the_last_sync
from tests.faults.victim import Victim, needs_strace

COUNT = 3
MOST = 400
SEED = 20261128
WRITES = int(os.environ.get("REMINDER_SOAK_WRITES", "24"))  # make soak fails each, one by one
REASONS = ("database or disk is full", "disk I/O error")


@dataclass
class Ground:
    """A service folder with a few messages due, to be tried from again and again."""

    folder: Path
    hook: WebhookSink
    environ = AT_ONCE | {"REMINDER_WEBHOOKS__CONCURRENCY": "1"}  # one commit after another

    @property
    def record(self) -> Path:
        """What the world outside took."""
        assert self.hook.record is not None
        return self.hook.record

    def fresh(self, name: str) -> Victim:
        """A copy of the folder in which nothing was sent yet, and its victim."""
        folder = self.folder.parent / name
        shutil.copytree(self.folder, folder)
        self.hook.record = folder / "accepted"
        return Victim(folder, self.environ)

    async def finish(self, folder: Path) -> int:
        """Start a healthy service there, let it end its work, and check everything."""
        async with open_app(load(folder / "config.toml", self.environ)) as app:
            await app.database.write(lambda session: claims.free_leases(session, app.now()))
            await app.plan()
            await app.ensure_sender().drain()
            return check(app.database, self.record, owed=COUNT, twice=COUNT)


def midway(folder: Path, record: Path) -> Kept:
    """What holds before a healthy service was started."""
    database = Database(f"sqlite:///{folder}/data/reminder.db")
    found = check_midway(database, record)
    database.close()
    return found


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """The folder, and the receiver outside."""
    folder = tmp_path / "ground"
    folder.mkdir()
    async with WebhookSink() as hook:
        made = Ground(folder, hook)
        async with open_app(settings_in(folder, made.environ)) as app:
            await app.write(lambda work: add_due(work, 0, COUNT, hook.url))
        yield made


async def swept(ground: Ground, inject: str, *, dies: int, step: int = 1) -> AsyncIterator[Path]:
    """Hurt a service at the first position, the second (or ``step`` on), …, until one gets through
    unhurt; each time the folder is left to be looked at."""
    for position in range(1, MOST, step):
        victim = ground.fresh(f"at{position}")
        code = await asyncio.to_thread(victim.hurt, inject.format(position))
        if code == 0:
            assert position > 5, "nothing was hurt"
            return
        assert code == dies, victim.log.read_text()[-2000:]
        yield victim.folder
        shutil.rmtree(victim.folder)
    raise AssertionError("it never got through")


@needs_strace
async def test_killed_at_each_sync(ground: Ground) -> None:
    """Whichever sync of the disk it dies at, what was acknowledged is there, and the next start
    ends the work."""
    positions, doubles = 0, 0
    async for folder in swept(ground, "fdatasync:signal=SIGKILL:when={}", dies=-9):
        doubles += await ground.finish(folder)
        positions += 1
    print(f"killed at each of {positions} syncs: none lost, {doubles} twice")


@needs_strace
@pytest.mark.parametrize(
    ("inject", "step"),
    [("fdatasync:error=EIO:when={}+", 1), ("pwrite64:error=ENOSPC:when={}+", WRITES)],
    ids=["EIO", "ENOSPC"],
)
@pytest.mark.timeout(600)
async def test_the_disk_fails(ground: Ground, inject: str, step: int) -> None:
    """From whichever sync the disk fails, from whichever write there is no space: nothing is sent
    whose claim is not stored, nothing is called sent that was not, and the reason is said. Once
    the disk is well the work is ended."""
    positions, doubles = 0, 0
    async for folder in swept(ground, inject, dies=1, step=step):
        said = (folder / "victim.log").read_text()
        assert any(reason in said for reason in REASONS), said[-1000:]
        midway(folder, ground.record)
        doubles += await ground.finish(folder)
        positions += 1
    print(f"{inject} at each of {positions} positions: none lost, {doubles} twice")


@needs_strace
async def test_the_power_is_cut(ground: Ground) -> None:
    """Of every file only what was synced is left: what the service had acknowledged is there."""
    victim, trace = ground.fresh("cut"), ground.folder.parent / "trace"
    run = partial(victim.recorded, trace)
    assert await asyncio.to_thread(run) == 0
    assert len(came(ground.record)) == COUNT
    left = ground.folder.parent / "left"
    shutil.copytree(ground.folder, left)
    syncs = as_of_the_last_sync(trace, victim.folder, left)
    found = midway(left, ground.record)
    print(f"{syncs} syncs, {len(found.sent)} of {COUNT} acknowledged and still there")
    assert len(found.sent) == COUNT


@needs_strace
@pytest.mark.parametrize(
    "inject", ["pwrite64:error=ENOSPC:when=30+", "fdatasync:error=EIO:when=4+"]
)
async def test_the_disk_is_well_again(ground: Ground, inject: str) -> None:
    """A running service that can store nothing stops sending and says so; when the disk is well
    again it goes on by itself, and ends its work."""
    victim = ground.fresh("ill")
    with victim.harmed(inject) as (process, tracer):
        await until(lambda: "alarm" in victim.log.read_text())
        before = sum(came(ground.record).values())
        checked = midway(victim.folder, ground.record)
        assert len(checked.sent) < COUNT
        tracer.terminate()
        await until(lambda: not process.is_alive())
        assert process.exitcode == 0, victim.log.read_text()[-2000:]
    twice = await ground.finish(victim.folder)
    print(f"{inject}: {before} of {COUNT} had been taken, all came in the end, {twice} twice")


@needs_strace
async def test_killed_while_it_makes_its_tables(tmp_path: Path) -> None:
    """Killed at each sync of its first start, it starts anew as if nothing had been."""
    for position in range(1, MOST):
        folder = tmp_path / f"at{position}"
        folder.mkdir()
        victim = Victim(folder, AT_ONCE)
        code = await asyncio.to_thread(victim.hurt, f"fdatasync:signal=SIGKILL:when={position}")
        async with open_app(load(folder / "config.toml", AT_ONCE)) as app:
            intact(app.database)
        if code == 0:
            break
    assert position > 2, "nothing was hurt"
    print(f"killed at each of {position - 1} syncs of the first start: always whole")


async def test_a_damaged_file(ground: Ground) -> None:
    """A page of the file was overwritten: the service refuses to start, points to the backup, and
    sends nothing."""
    victim = ground.fresh("damaged")
    file = victim.folder / "data" / "reminder.db"
    content = bytearray(file.read_bytes())
    content[4096 * 4 : 4096 * 5] = random.Random(SEED).randbytes(4096)
    file.write_bytes(content)
    settings = load(victim.folder / "config.toml", ground.environ)
    with pytest.raises(StorageError, match="restore"):
        async with open_app(settings, careful=True):
            pass
    assert came(ground.record) == {}


@needs_strace
async def test_a_cut_log(ground: Ground) -> None:
    """The write-ahead log lost its end: what it still holds is whole, and the work is ended; what
    came again came under its own id."""
    victim = ground.fresh("short")
    assert await asyncio.to_thread(victim.recorded, victim.folder / "trace") == 0
    log = victim.folder / "data" / "reminder.db-wal"
    os.truncate(log, log.stat().st_size * 2 // 3)
    async with open_app(load(victim.folder / "config.toml", ground.environ), careful=True) as app:
        intact(app.database)
        await app.database.write(lambda session: claims.free_leases(session, app.now()))
        await app.plan()
        await app.ensure_sender().drain()
        assert await app.database.read(states) == {"sent": COUNT}
