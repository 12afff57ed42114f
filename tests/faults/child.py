"""Serve from a config file, as ``reminder serve`` does: the process that the fault tests kill."""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from reminder.app import App, open_app
from reminder.config import load
from reminder.domain.delivery import PATIENCE, Lane
from reminder.engine.letters import Letter
from reminder.engine.sender import Sender
from reminder.engine.tries import Ended
from reminder.server import serve
from reminder.storage import claims
from tests.faults.load import states

TRIES = "REMINDER_TEST_TRIES"
LEASE = "REMINDER_TEST_LEASE"
GO = "go"
CUT = "cut"
BEATS = "beats"
_PR_SET_PTRACER, _ANYBODY = 0x59616D61, -1


def write_down_tries(path: Path) -> None:
    """Before each try write down which it is, id and token, so that a second of the same shows."""
    begin = Sender._try

    async def begun(self: Sender, letter: Letter, since: timedelta) -> Ended:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{letter.claim.id}.{letter.claim.token}\n")
        return await begin(self, letter, since)

    Sender._try = begun  # type: ignore[method-assign]


def shorten_leases(seconds: float) -> None:
    """Lose less time over what a killed process held: it is leased for so long only."""
    lease = timedelta(seconds=seconds)
    for lane in Lane:
        PATIENCE[lane] = replace(PATIENCE[lane], deadline=lease / 3, lease=lease)


def say_to(log: str) -> None:
    """What this process says goes to a file."""
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, sys.stdout.fileno())
    os.dup2(said, sys.stderr.fileno())


def run(config: str, environ: Mapping[str, str], log: str) -> None:
    """Be a node until killed; what it says goes to ``log``."""
    say_to(log)
    os.environ.update(environ)
    if TRIES in environ:
        write_down_tries(Path(environ[TRIES]))
    if LEASE in environ:
        shorten_leases(float(environ[LEASE]))
    serve(load(Path(config), environ))


def empty(config: str, environ: Mapping[str, str], log: str) -> None:
    """Work like a node until everything is over, then end; with ``go`` in the environment begin
    when that file is there, so that somebody can attach before."""
    say_to(log)
    os.environ.update(environ)
    if GO in environ:
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY)
        while not Path(environ[GO]).exists():
            time.sleep(0.002)
    if LEASE in environ:
        shorten_leases(float(environ[LEASE]))
    asyncio.run(_empty(config, environ, beats=GO not in environ or BEATS in environ))


async def _empty(config: str, environ: Mapping[str, str], *, beats: bool) -> None:
    async with open_app(load(Path(config), environ)) as app:
        if not beats:
            await app.database.write(lambda session: claims.free_leases(session, app.now()))
            await app.plan()
            await app.ensure_sender().drain()
            if CUT in environ:
                os._exit(0)  # nothing is closed: the power is gone
            return
        await app.start()
        while not await _is_over(app):
            await asyncio.sleep(0.01)


async def _is_over(app: App) -> bool:
    found = await app.database.read(states)
    return bool(found) and "pending" not in found


if __name__ == "__main__":
    serve(load(Path(sys.argv[1]), os.environ))
