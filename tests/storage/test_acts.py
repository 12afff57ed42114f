"""Many acts at once, on both databases: kept, found by their marks, taken back."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.service import topups
from reminder.storage import acts, lines
from tests.conftest import HandClock
from tests.service.samples import person, register


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_acts_are_kept_found_and_taken_back(app: App, clock: HandClock) -> None:
    """A list leaves an act with its mark at each line; undone, the mark is free, the readings gone,
    and what stood before is the latest act again."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    clock.set("2026-11-20 11:00")
    given = {"text": "+79161234567 300"}
    await app.planned(lambda w: topups.count(w, owner, given))
    last = await app.read(lambda w: acts.last(w.session, [line]))
    once = last[line].once
    assert once is not None
    assert await app.read(lambda w: acts.marked(w.session, [once, "other"])) == {once}
    await app.planned(lambda w: topups.undo(w, owner, given))
    assert await app.read(lambda w: acts.marked(w.session, [once])) == set()
    assert await app.read(lambda w: acts.last(w.session, [line])) == {}
    kept = await app.read(lambda w: lines.get(w.session, line))
    assert len(kept.readings) == 1
