"""Promises of reminder/service/board.py."""

from __future__ import annotations

from functools import partial

import pytest

from reminder.app import App
from reminder.domain.glance import Level
from reminder.domain.ids import OwnerId
from reminder.service import acts, board, people
from reminder.service.board import Board, Sort
from tests.conftest import HandClock
from tests.service.samples import patch, person, register


async def look(app: App, owner: OwnerId, **given: str) -> Board:
    """The board as a page asks for it: what is stale looked at first."""
    seen = await app.read(lambda work: board.stale(work, owner))
    await app.write(lambda work: board.keep(work, seen))
    return await app.read(lambda work: board.look(work, owner, board.sought(work, given)))


async def test_an_answer_for_the_whole_board(app: App) -> None:
    """How many need somebody, which first, and the next message of all."""
    owner = await person(app)
    await register(app, owner, label="Fine", number="+79161234568", balance="900")
    await register(app, owner)
    found = await look(app, owner)
    assert [v.line.label for v in found.lines] == ["Mum", "Fine"]
    assert (found.needing, found.total, found.counts[Level.FINE]) == (1, 2, 1)
    assert found.following is not None
    assert (f"{found.following.next_due_at:%d %H:%M}", found.others) == ("24 06:00", 1)


async def test_what_was_done_shows_at_once(app: App, clock: HandClock) -> None:
    """A top-up, an edit, a stop, another zone: the next look has it."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    assert (await look(app, owner)).needing == 1
    clock.set("2026-11-20T11:00")
    await app.write(lambda work: acts.topped_up(work, owner, line, {"amount": "500"}))
    assert (await look(app, owner)).needing == 0
    await patch(app, owner, line, {"fee": "5000"})
    assert (await look(app, owner)).needing == 1
    await app.write(lambda work: people.change_me(work, owner, {"timezone": "Asia/Shanghai"}))
    assert len(await app.read(lambda work: board.stale(work, owner))) == 1
    await app.write(lambda work: acts.stop(work, owner, line))
    assert (await look(app, owner)).needing == 0


async def test_days_move_at_the_owners_midnight(app: App, clock: HandClock) -> None:
    """At 20:59 UTC it is the 16th in Moscow and nothing is soon; a minute later it is."""
    owner = await person(app)
    clock.set("2026-11-10T10:00")
    await register(app, owner, renews_on="2026-12-01")
    clock.set("2026-11-16T20:59")
    assert (await look(app, owner)).counts == {Level.FINE: 1}
    clock.set("2026-11-16T21:00")
    assert (await look(app, owner)).counts == {Level.SOON: 1}
    clock.set("2026-11-27T21:00")
    assert (await look(app, owner)).counts == {Level.NOW: 1}


async def test_lines_are_looked_at_ahead_of_who_asks(app: App) -> None:
    """The beat takes what is stale, whoever it belongs to, and comes to an end."""
    anna, boris = await person(app), await person(app, "boris@example.org")
    await register(app, anna)
    await register(app, boris)
    assert len(await app.read(board.stale_of_anyone)) == 1
    await app.glance()
    assert await app.read(board.stale_of_anyone) == []
    for owner in (anna, boris):
        assert await app.read(partial(board.stale, owner=owner)) == []


async def test_other_rules_make_every_glance_stale(app: App) -> None:
    """What the glances rest on is compared at the start: with other zones all are looked at."""
    owner = await person(app)
    await register(app, owner)
    await look(app, owner)
    await app.write(lambda work: board.check_ground(work, "2026.2"))
    assert len(await app.read(lambda work: board.stale(work, owner))) == 1
    await look(app, owner)
    await app.write(lambda work: board.check_ground(work, "2026.2"))
    assert await app.read(lambda work: board.stale(work, owner)) == []


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+7 (916) 123-45", ("791612345",)),
        ("8 916 12", ("891612", "791612")),
        ("07700 900", ("07700900", "7700900")),
        ("007916", ("007916", "7916")),
        ("9", ()),
        ("Mum 916", ()),
        ("", ()),
    ],
)
async def test_a_number_is_found_in_any_spelling(
    app: App, typed: str, digits: tuple[str, ...]
) -> None:
    """Brackets, spaces, a national 8 or 0, an international 00."""
    found = await app.read(lambda work: board.sought(work, {"q": typed}))
    assert found.digits == digits


async def test_what_is_not_understood_is_not_sought(app: App) -> None:
    """Words of an address that are none are left out; an operator is found by any of its names."""
    given = {"sort": "-date", "state": "x", "clock": "y", "needs": "z", "q": "Билайн"}
    found = await app.read(lambda work: board.sought(work, given))
    assert (found.sort, found.falling, found.state, found.clock) == (Sort.DATE, True, "", "")
    assert not found.needs_me
    assert found.named[0] == "beeline"
    plain = await app.read(lambda work: board.sought(work, {"sort": "rm -rf"}))
    assert plain.sort is Sort.URGENCY


async def test_another_owners_lines_are_not_on_the_board(app: App) -> None:
    """Neither among the lines, nor in the counts, nor as the next message."""
    anna, boris = await person(app), await person(app, "boris@example.org")
    await register(app, boris, tags=["theirs"])
    found = await look(app, anna)
    assert (found.lines, found.total, found.following, found.tags) == ([], 0, None, [])
