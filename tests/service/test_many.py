"""Promises of reminder/service/many.py: written together, or not at all."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from reminder.app import App
from reminder.domain.balance import ReadingKind
from reminder.domain.ids import OwnerId
from reminder.errors import Conflict
from reminder.service import board, many, people, together, topups
from reminder.service import lines as views
from reminder.service.many import Written
from reminder.service.topups import Report, State
from reminder.service.work import Work
from reminder.storage import board as stored
from reminder.storage import lines, owners
from tests.conftest import HandClock
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
        many.write(work, many.ready(work, someone, some))

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
    report = await app.planned(lambda w: together.edit(w, owner, edit))
    assert report.applied
    assert await app.read(lambda w: board.stale(w, owner)) == []
    shown = await app.read(lambda w: board.look(w, owner, board.Sought()))
    await app.write(lambda w: stored.forget_glances(w.session))
    seen = await app.read(lambda w: board.stale(w, owner))
    await app.write(lambda w: board.keep(w, seen))
    again = await app.read(lambda w: board.look(w, owner, board.Sought()))
    assert len(seen) == len(shown.lines) == 3
    assert (shown.lines, shown.counts) == (again.lines, again.counts)


LIST = {"text": "+79161234567 300"}


async def _seen(app: App, owner: OwnerId) -> Report:
    return await app.read(lambda w: topups.count(w, owner, LIST))


async def _sums(app: App, owner: OwnerId) -> int:
    (view,) = await app.read(lambda w: views.everything(w, owner))
    return sum(1 for one in view.readings if one.kind is ReadingKind.TOP_UP)


async def test_what_was_planned_is_written_as_it_was(app: App, clock: HandClock) -> None:
    """Nothing stands in the database before it is written; then all does, and the act with it."""
    owner = await person(app)
    await register(app, owner)
    clock.set("2026-11-20 11:00")
    seen = await _seen(app, owner)
    assert await _sums(app, owner) == 0
    nothing_else = {"text": ""}
    plan = partial(topups.count, owner=owner, given=nothing_else)
    assert await app.write(lambda w: many.done(w, plan, seen)) is seen
    assert await _sums(app, owner) == 1


async def test_what_was_changed_meanwhile_is_planned_anew(app: App, clock: HandClock) -> None:
    """The same list, looked at twice at one time, counts once: whoever writes second finds the line
    changed, looks again, and sees that the sum is there."""
    owner = await person(app)
    await register(app, owner)
    clock.set("2026-11-20 11:00")
    first, second = await _seen(app, owner), await _seen(app, owner)

    def plan(work: Work) -> Report:
        return topups.count(work, owner, LIST)

    assert (await app.write(lambda w: many.done(w, plan, first))).applied
    again = await app.write(lambda w: many.done(w, plan, second))
    assert not again.applied
    assert [one.state for one in again.items] == [State.ALREADY]
    assert await _sums(app, owner) == 1


async def test_other_hours_meanwhile_are_planned_anew(app: App) -> None:
    """Between look and write the owner takes other hours: the lines are looked at by those."""
    owner = await person(app)
    line = (await register(app, owner)).line.id

    def plan(work: Work) -> together.Report:
        return together.edit(work, owner, {"all": True, "add_tag": "office"})

    seen = await app.read(plan)
    await app.write(lambda w: people.change_me(w, owner, {"at": "15:30"}))
    await app.write(lambda w: many.done(w, plan, seen))
    (kept,) = await app.read(lambda w: lines.all_of(w.session, owner))
    assert (kept.line.id, kept.line.tags) == (line, ("office",))
    (wake,) = await app.read(lambda w: [at for at, _ in lines.by_wake(w.session, owner)])
    assert (wake.hour, wake.minute) == (12, 30)
