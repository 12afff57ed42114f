"""Promises of reminder/service/people/settings.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

import pytest

from reminder.app import App
from reminder.domain.line import WhenCovered
from reminder.domain.owner import Habits, Owner
from reminder.service import people
from reminder.storage import lines as line_store
from tests.service.samples import faults, person, register
from tests.storage.samples import next_wake_at


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "de"),
        ("language", 5),
        ("timezone", "Mars/Base"),
        ("at", "25:00"),
        ("at", "nine"),
        ("quiet_hours", "22-8"),
        ("quiet_hours", "always"),
        ("lead_times", ["7"]),
        ("lead_times", "P7D"),
        ("inactivity_lead_times", [30]),
        ("after_times", ["-P1D"]),
        ("when_covered", "sometimes"),
        ("place", "kz"),
        ("pay", 5),
        ("trips", [{"timezone": "Asia/Shanghai", "first_day": "2026-12-01"}]),
        ("email", "boris@example.org"),
        ("admin", True),
    ],
)
async def test_a_bad_setting_is_named(app: App, field: str, value: object) -> None:
    """What cannot be meant is refused by its field, and nothing changes."""
    owner = await person(app)
    before = await app.read(lambda work: people.me(work, owner))
    given = {field: value, "place": "abroad"} if field != "place" else {field: value}
    assert await faults(app, lambda work: people.change_me(work, owner, given)) == [field]
    assert await app.read(lambda work: people.me(work, owner)) == before


async def test_settings_change_and_go_back(app: App) -> None:
    """What is named changes and the rest stays; null is the config's default again."""
    owner = await person(app)

    async def change(given: Mapping[str, object]) -> Owner:
        return await app.write(lambda work: people.change_me(work, owner, given))

    mine = await change(
        {
            "at": "07:30",
            "quiet_hours": "",
            "lead_times": ["P1D", "P5D"],
            "after_times": ["P3D", "P1D"],
            "when_covered": "never",
            "language": "zh",
        }
    )
    expected = Habits(time(7, 30), "", (5, 1), None, (1, 3), WhenCovered.NEVER)
    assert (mine.habits, mine.language) == (expected, "zh")
    assert (await change({"place": "abroad"})).habits == expected
    nothing = dict.fromkeys(("at", "quiet_hours", "lead_times", "after_times", "when_covered"))
    assert (await change(nothing)).habits == Habits()


async def test_a_changed_hour_moves_what_comes(app: App) -> None:
    """A new hour or zone moves the next message of every line."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    await app.write(lambda w: people.change_me(w, owner, {"at": "12:00"}))
    view = await app.read(lambda work: line_store.all_of(work.session, owner))
    assert [k.line.id for k in view] == [line]
    await app.plan()
    due = await app.read(lambda work: next_wake_at(work.session))
    assert due is not None
    assert due.isoformat() == "2026-11-24T09:00:00+00:00"
