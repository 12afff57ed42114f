"""Promises of reminder/service/many.py: written together, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import Conflict
from reminder.service import many
from reminder.service.many import Written
from reminder.service.work import Work
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
