"""The clock of the machine is moved while a real process runs: back an hour, forward a day. Nothing
comes twice, nothing comes early, and the process says so (ENGINE section 9, row 19)."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from reminder.app import open_app
from reminder.service import lines
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.faults.load import AT_ONCE, add_due, until
from tests.faults.machine import Machine
from tests.faults.test_calendar import LIBRARY

STANDS_STILL = 5.0  # of the thirty seconds that a clock which moved is waited for


def _register_for_tomorrow(work: Work) -> None:
    owner = new_owner(work, {"email": "early@example.org"}, admin=True, proven=True)
    fields = {
        "number": "+79169999999",
        "operator": "mts",
        "fee": "300",
        "balance": "1",
        "renews_on": (work.now + timedelta(days=2)).date().isoformat(),
        "lead_times": ["P1D"],
    }
    lines.register(work, owner.id, fields)


@pytest.mark.skipif(not LIBRARY.exists(), reason="needs Debian's faketime")
async def test_the_clock_is_moved(tmp_path: Path) -> None:
    """Sent once; an hour back it is not sent again; a day forward what is due tomorrow waits."""
    offset, log = tmp_path / "offset", tmp_path / "log"
    offset.write_text("+0\n")
    async with SmtpSink() as smtp:
        environ = AT_ONCE | {"REMINDER_EMAIL__URL": smtp.url}
        async with open_app(settings_in(tmp_path, environ)) as app:
            await app.write(_register_for_tomorrow)
            await app.write(lambda work: add_due(work, 0, 1))
        false = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        machine = Machine(tmp_path, environ | false)
        with log.open("w") as said:
            process = await machine.spawn(said)
            await until(lambda: len(smtp.messages) == 1)
            for moved in ("-3600", "+86400"):
                offset.write_text(f"{moved}\n")
                await until(lambda: log.read_text().count("clock was moved") >= 1)
                await asyncio.sleep(STANDS_STILL)
                assert len(smtp.messages) == 1, moved
            os.kill(process.pid, signal.SIGTERM)
            assert await process.wait() == 0
    assert [m.recipients for m in smtp.messages] == [("o0@example.org",)]
