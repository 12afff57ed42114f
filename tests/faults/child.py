"""Serve from a config file, as ``reminder serve`` does: the process that the fault tests kill."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from reminder.config import load
from reminder.domain.delivery import PATIENCE, Lane
from reminder.engine.letters import Letter
from reminder.engine.sender import Ended, Sender
from reminder.server import serve

TRIES = "REMINDER_TEST_TRIES"
LEASE = "REMINDER_TEST_LEASE"


def write_down_tries(path: Path) -> None:
    """Before each try write down which it is, id and token, so that a second of the same shows."""
    begin = Sender._try

    async def begun(self: Sender, letter: Letter) -> Ended:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{letter.claim.id}.{letter.claim.token}\n")
        return await begin(self, letter)

    Sender._try = begun  # type: ignore[method-assign]


def shorten_leases(seconds: float) -> None:
    """Lose less time over what a killed process held: webhooks are leased for so long only."""
    lease = timedelta(seconds=seconds)
    PATIENCE[Lane.WEBHOOK] = replace(PATIENCE[Lane.WEBHOOK], deadline=lease / 3, lease=lease)


def run(config: str, environ: Mapping[str, str], log: str) -> None:
    """Be a node until killed; what it says goes to ``log``."""
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, sys.stdout.fileno())
    os.dup2(said, sys.stderr.fileno())
    if TRIES in environ:
        write_down_tries(Path(environ[TRIES]))
    if LEASE in environ:
        shorten_leases(float(environ[LEASE]))
    serve(load(Path(config), environ))


if __name__ == "__main__":
    serve(load(Path(sys.argv[1]), os.environ))
