"""Promises of reminder/storage/bulk.py: many lines in one transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.app import App
from reminder.domain.ids import LineId, ReadingId
from reminder.errors import Conflict
from reminder.storage import bulk, lines
from reminder.storage.bulk import Change
from tests.conftest import START
from tests.service.samples import person, register
from tests.storage.samples import least_wake_at


async def test_packed_lines_are_kept_as_if_added_one_by_one(app: App) -> None:
    """A line packed and written elsewhere is equal to the one it was packed from."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    view = await register(app, owner)
    line = replace(view.line, id=LineId("lin_new"), owner=boris, keep_alive=None)
    readings = tuple(replace(r, id=ReadingId("rdg_new")) for r in view.readings)
    packed = bulk.pack(Change(line, view.standing, readings, START))
    await app.write(lambda work: bulk.write(work.session, boris, [packed], START))
    kept = await app.read(lambda work: lines.get(work.session, line.id, boris))
    assert (kept.line, kept.standing, kept.readings) == (line, view.standing, readings)
    assert await app.read(lambda work: least_wake_at(work.session, boris)) == START


async def test_a_number_that_came_meanwhile_is_a_conflict(app: App) -> None:
    """Nothing of the batch is written."""
    owner = await person(app)
    view = await register(app, owner)
    fresh = Change(
        replace(view.line, id=LineId("lin_a"), number="+79160000000"), view.standing, (), None
    )
    twice = Change(replace(view.line, id=LineId("lin_b")), view.standing, (), None)
    packed = [bulk.pack(fresh), bulk.pack(twice)]
    with pytest.raises(Conflict):
        await app.write(lambda work: bulk.write(work.session, owner, packed, START))
    assert len(await app.read(lambda work: lines.numbers(work.session, owner))) == 1


async def test_a_line_of_another_version_is_a_conflict(app: App) -> None:
    """An update is written over the version it was made from, and over no other."""
    owner = await person(app)
    view = await register(app, owner)
    newer = replace(view.line, label="newer")
    packed = bulk.pack(Change(newer, view.standing, (), None, view.version))
    await app.write(lambda work: bulk.write(work.session, owner, [packed], START))
    kept = await app.read(lambda work: lines.get(work.session, view.line.id, owner))
    assert (kept.line.label, kept.version) == ("newer", view.version + 1)
    with pytest.raises(Conflict):
        await app.write(lambda work: bulk.write(work.session, owner, [packed], START))
