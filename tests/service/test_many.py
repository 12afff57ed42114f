"""Promises of reminder/service/many.py: written together, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import Conflict
from reminder.service import board, many, together
from reminder.service.many import Written
from reminder.service.work import Work
from reminder.storage import board as stored
from reminder.storage import lines, owners
from tests.service.samples import patch, person, register


async def test_many_are_written_whole_or_not_at_all(app: App) -> None:
    """Lines, readings and the planner's moment are written; when one of them was changed since it
    was read, none is."""
    owner = await person(app)
    first = await register(app, owner)
    await register(app, owner, number="+79161234568")
    read = await app.read(lambda w: lines.all_of(w.session, owner))

    def noted(work: Work, who: OwnerId) -> None:
        someone = owners.get(work.session, who)
        cases = [(k, work.desk.situation(k, someone, work.now)) for k in read]
        some = [Written(k, replace(k.line, note="new"), case) for k, case in cases]
        many.write(work, who, some)

    await app.write(lambda w: noted(w, owner))
    written = await app.read(lambda w: lines.all_of(w.session, owner))
    assert [(k.line.note, k.version) for k in written] == [("new", k.version + 1) for k in read]
    await patch(app, owner, first.line.id, {"note": "mine"})
    with pytest.raises(Conflict):
        await app.write(lambda w: noted(w, owner))
    kept = await app.read(lambda w: lines.all_of(w.session, owner))
    assert sorted(k.line.note for k in kept) == ["mine", "new"]


async def test_what_was_written_needs_no_second_look(app: App) -> None:
    """A board finds nothing to look at anew after an edit of many; what it sorts by is what a look
    at each line would have come to."""
    owner = await person(app)
    for number in range(3):
        await register(app, owner, number=f"+7916123456{number}", balance=f"{number * 200}.00")
    edit = {"all": True, "fee": "250.00"}
    report = await app.write(lambda w: together.edit(w, owner, edit))
    assert report.applied
    assert await app.read(lambda w: board.stale(w, owner)) == []
    shown = await app.read(lambda w: board.look(w, owner, board.Sought()))
    await app.write(lambda w: stored.forget_glances(w.session))
    seen = await app.read(lambda w: board.stale(w, owner))
    await app.write(lambda w: board.keep(w, seen))
    again = await app.read(lambda w: board.look(w, owner, board.Sought()))
    assert len(seen) == len(shown.lines) == 3
    assert (shown.lines, shown.counts) == (again.lines, again.counts)
