"""Promises of reminder/storage/acts.py, on both databases."""

from __future__ import annotations

from dataclasses import replace

from reminder.app import App
from reminder.domain.ids import ActId
from reminder.domain.line import Standing
from reminder.service import topups
from reminder.storage import acts, lines
from reminder.storage.database import Database
from tests.conftest import HandClock
from tests.service.samples import person, register
from tests.storage.samples import LATER, LINE, SOON, act, people


async def test_acts_are_kept_found_and_taken_back(app: App, clock: HandClock) -> None:
    """A list leaves an act with its mark at each line; undone, the mark is free, the readings gone,
    and what stood before is the latest act again."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    clock.set("2026-11-20 11:00")
    given = {"text": "+79161234567 300"}
    await app.planned(lambda w: topups.count(w, owner, given))
    last = await app.read(lambda w: acts.last_of(w.session, [line]))
    once = last[line].once
    assert once is not None
    assert await app.read(lambda w: acts.marked(w.session, [once, "other"])) == {once}
    await app.planned(lambda w: topups.undo(w, owner, given))
    assert await app.read(lambda w: acts.marked(w.session, [once])) == set()
    assert await app.read(lambda w: acts.last_of(w.session, [line])) == {}
    kept = await app.read(lambda w: lines.get(w.session, line))
    assert len(kept.readings) == 1


def test_acts_that_stand(database: Database) -> None:
    """The last act is the latest that was not taken back; an undone one frees its link."""
    with database.unit() as session:
        people(session)
        acts.add(session, [act("act_1", "stop:rem_1"), replace(act("act_2"), at=SOON)])
        found = acts.by_mark(session, "stop:rem_1")
        assert found is not None
        assert (found.id, found.before) == ("act_1", Standing())
        assert [a.id for a in acts.latest(session, LINE)] == ["act_2", "act_1"]
        acts.undo(session, [ActId("act_2")], [], LATER)
        last = acts.last(session, LINE)
        assert last is not None
        assert last.id == "act_1"
        assert acts.get(session, ActId("act_2")) is None
        acts.undo(session, [ActId("act_1")], [], LATER)
        assert acts.by_mark(session, "stop:rem_1") is None
        assert acts.last(session, LINE) is None
        acts.add(session, [act("act_3", "stop:rem_1")])
