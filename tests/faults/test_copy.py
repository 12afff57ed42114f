"""A copy made while messages leave, and put back elsewhere: it is whole, and what it did not know
to be sent comes again under the same id (ENGINE section 9, row 16)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reminder.app import open_app
from reminder.config import load
from reminder.service import backups
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.faults.checker import came, check, intact, kept
from tests.faults.load import AT_ONCE, add_due, settled, until

COUNT = 40


async def test_a_copy_under_load(tmp_path: Path) -> None:
    """Both lives go on from the copy: nothing is lost in either, and the second sends only what the
    copy did not know."""
    first, second, copy = tmp_path / "first", tmp_path / "second", tmp_path / "copy.db"
    first.mkdir()
    second.mkdir()
    record = tmp_path / "accepted"
    async with SmtpSink(record=record, pause=0.05) as smtp:
        environ = AT_ONCE | {"REMINDER_EMAIL__URL": smtp.url}
        settings = settings_in(first, environ)
        async with open_app(settings) as app:
            await app.write(lambda work: add_due(work, 0, COUNT))
            await app.start()
            await until(lambda: len(smtp.messages) >= COUNT // 3)
            await asyncio.to_thread(backups.back_up, settings, copy)
            await settled(app)
            now = app.now()
            assert check(app.database, record, owed=COUNT, twice=0) == 0
        (second / "config.toml").touch()
        other = load(second / "config.toml", environ)
        await asyncio.to_thread(backups.restore, other, copy, now)
        async with open_app(other) as app:
            intact(app.database)
            with app.database.look() as session:
                knew = kept(session).sent
            smtp.record = tmp_path / "again"
            await app.start()
            await settled(app)
            with app.database.look() as session:
                sent = kept(session).sent
    again = came(tmp_path / "again")
    assert 0 < len(knew) < COUNT
    assert sent == set(came(record))
    assert set(again) == sent - knew
    assert set(again.values()) == {1}
    print(f"the copy knew {len(knew)} of {COUNT}; {len(again)} came again, under their own ids")
