"""While the world outside thinks, no transaction is open: others write at once (ARCHITECTURE,
decision 7)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import App, open_app
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.faults.load import add_due, states, until

COUNT = 3
THINKS = 4.0
OPEN = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND state LIKE 'idle in transaction%'"
)


def _is_free(folder: Path) -> bool:
    """Whether somebody else may write this moment."""
    file = folder / "data" / "reminder.db"
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.execute("ROLLBACK")
        return True


async def _is_open(app: App) -> bool:
    return bool(await app.database.read(lambda session: session.execute(OPEN).scalar_one()))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_nothing_is_open_during_a_try(
    tmp_path: Path, environ: dict[str, str], engine: str
) -> None:
    """The server has three mails and thinks: before it has answered any, others may write."""
    async with SmtpSink(pause=THINKS) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        async with open_app(settings_in(tmp_path, environ)) as app:
            await app.write(lambda work: add_due(work, 0, COUNT))
            await app.start()
            await until(lambda: len(smtp.messages) == COUNT)
            free = False
            while not free and "sent" not in await app.database.read(states):
                free = _is_free(tmp_path) if engine == "sqlite" else not await _is_open(app)
            assert free, "a transaction is open while the server thinks"
            smtp.pause = 0
