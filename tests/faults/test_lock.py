"""Another program holds the SQLite file for longer than the service waits for it: nothing is lost,
nothing comes twice (ENGINE section 9, row 13)."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from sqlalchemy import text

from reminder.app import open_app
from reminder.storage.database import Session
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.faults.checker import check
from tests.faults.load import AT_ONCE, add_due, settled, until

COUNT = 10
HELD = float(os.environ.get("REMINDER_SOAK_LOCK", "2"))


def _impatient(session: Session) -> None:
    session.execute(text("PRAGMA busy_timeout = 200"))


async def test_the_file_is_locked(tmp_path: Path) -> None:
    """While mails leave, a ``BEGIN EXCLUSIVE`` holds the file; the service waits, and goes on by
    itself."""
    record = tmp_path / "accepted"
    environ = AT_ONCE.copy()
    async with SmtpSink(record=record, pause=0.1) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        async with open_app(settings_in(tmp_path, environ)) as app:
            await app.write(lambda work: add_due(work, 0, COUNT))
            await app.database.write(_impatient)
            await app.start()
            await until(lambda: bool(smtp.messages))
            other = sqlite3.connect(tmp_path / "data" / "reminder.db", isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            end = time.monotonic() + HELD
            await until(lambda: time.monotonic() > end, HELD + 30)
            other.execute("ROLLBACK")
            other.close()
            await settled(app)
            assert check(app.database, record, owed=COUNT, twice=0) == 0
