"""Promises of reminder/storage/belongings.py."""

from __future__ import annotations

from reminder.app import App
from reminder.service import acts
from reminder.storage import belongings
from tests.conftest import HandClock
from tests.service.samples import person, register


async def test_all_of_one_owner_and_nobody_elses(app: App, clock: HandClock) -> None:
    """Acts, taken back or not, and reminders; oldest first."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    line = (await register(app, owner)).line.id
    await register(app, boris)
    await app.write(lambda work: acts.topped_up(work, owner, line, {"amount": "10"}))
    await app.write(lambda work: acts.undo(work, owner, line))
    clock.set("2026-11-24T06:00:01")
    await app.plan()
    done = await app.read(lambda work: list(belongings.acts(work.session, owner)))
    owed = await app.read(lambda work: list(belongings.reminders(work.session, owner)))
    assert [one.line for one in done] == [line]
    assert [one.line for one in owed] == [line]
    assert await app.read(lambda work: list(belongings.acts(work.session, boris))) == []
