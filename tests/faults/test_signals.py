"""SIGTERM under load, SIGTERM again, SIGKILL after it, on every engine: no new claims, what was not
begun is given back, and nothing is lost (ENGINE section 9, row 36)."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import open_app, utc_now
from reminder.domain.delivery import PATIENCE, Lane
from reminder.storage.database import Session
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.fakes.ports import free_port
from tests.faults import child
from tests.faults.checker import came, check
from tests.faults.fleet import PRELOADED
from tests.faults.load import add_due, settled, until

COUNT = 40
SLOTS = 8
LATEST = 30
ENGINES = ("sqlite", "postgresql", "jetstream")


def _serve(folder: Path, environ: dict[str, str]) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    mine = environ | {"REMINDER_SERVER__PORT": str(free_port())}
    words = (str(folder / "config.toml"), mine, str(folder / "log"))
    process = context.Process(target=child.run, args=words, daemon=True)
    process.start()
    return process


def _held(session: Session) -> int:
    query = "SELECT count(*) FROM delivery WHERE state = 'pending' AND lease_by = 'here'"
    return int(session.execute(text(query)).scalar_one())


@pytest.mark.parametrize(
    ("engine", "signs"),
    [
        *((engine, signs) for engine in ENGINES for signs in ((15,), (15, 9))),
        ("sqlite", (15, 15)),
    ],
)
async def test_told_to_stop_under_load(
    tmp_path: Path, environ: dict[str, str], signs: tuple[int, ...]
) -> None:
    """It ends well before the deadline with nothing in its hands; killed before that, only tries
    that were under way may come twice."""
    record = tmp_path / "accepted"
    async with SmtpSink(record=record, pause=0.2) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        settings = settings_in(tmp_path, environ)
        async with open_app(settings) as app:
            await app.write(lambda work: add_due(work, 0, COUNT))
        process = _serve(tmp_path, environ)
        await until(lambda: len(smtp.messages) >= SLOTS)
        told = time.monotonic()
        for sign in signs:
            os.kill(process.pid or 0, sign)
        await asyncio.to_thread(process.join, LATEST)
        took, killed = time.monotonic() - told, signal.SIGKILL in signs
        assert process.exitcode == (-signal.SIGKILL if killed else 0)
        assert took < LATEST
        begun = len(smtp.messages)
        async with open_app(settings, clock=_later if killed else utc_now) as app:
            assert killed or await app.database.read(_held) == 0
            await app.start()
            await settled(app)
            twice = check(app.database, record, owed=COUNT, twice=SLOTS if killed else 0)
    assert len(came(record)) == COUNT
    print(f"{signs}: {begun} of {COUNT} begun, gone after {took:.1f} s, {twice} came twice")


def _later() -> datetime:
    """When every lease of today is over."""
    return utc_now() + 1.1 * PATIENCE[Lane.EMAIL].lease
