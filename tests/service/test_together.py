"""Promises of reminder/service/together.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.ids import LineId, OwnerId
from reminder.errors import Conflict
from reminder.service import lines, together
from reminder.service.together import Report, State
from tests.service.samples import faults, person, register


async def _two(app: App) -> tuple[OwnerId, list[str]]:
    owner = await person(app)
    first = await register(app, owner, tags=["Office"])
    second = await register(app, owner, number="+79161234568")
    return owner, [first.line.id, second.line.id]


async def _done(app: App, owner: OwnerId, wanted: list[str], verb: str, tag: str = "") -> int:
    """About how many lines it was done."""
    done = await app.planned(lambda w: together.deed(w, owner, wanted, verb, tag))
    return done.count


async def test_a_tag_is_given_and_taken_whatever_its_capitals(app: App) -> None:
    """Who bears it already is left alone; the count says about how many it was done."""
    owner, both = await _two(app)
    assert await _done(app, owner, both, "tag", " office ") == 1
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert sorted(v.line.tags for v in everyone) == [("Office",), ("office",)]
    assert await _done(app, owner, both, "untag", "OFFICE") == 2
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert [v.line.tags for v in everyone] == [(), ()]


async def test_lines_are_stopped_and_resumed(app: App) -> None:
    """What stands so already, is gone, or is another owner's, is passed over."""
    owner, both = await _two(app)
    boris = await person(app, "boris@example.org")
    assert await _done(app, boris, both, "stop") == 0
    wanted = [*both, both[0], "lin_gone"]
    assert await _done(app, owner, wanted, "stop") == 2
    assert await _done(app, owner, both, "stop") == 0
    assert await _done(app, owner, both, "resume") == 2
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert {v.standing.state.value for v in everyone} == {"active"}


@pytest.mark.parametrize(
    ("wanted", "deed", "tag", "named"),
    [
        (["lin_1"], "erase", "", "do"),
        ([], "stop", "", "line"),
        ([f"lin_{n}" for n in range(5001)], "stop", "", "line"),
        (["lin_1"], "tag", "  ", "tag"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    app: App, wanted: list[str], deed: str, tag: str, named: str
) -> None:
    """An unknown deed, no line or too many, a tag without a word."""
    owner = await person(app)
    assert await faults(app, lambda w: together.deed(w, owner, wanted, deed, tag)) == [named]


async def test_a_tag_that_is_none_changes_nothing(app: App) -> None:
    """One line's fault leaves all as they were."""
    owner, both = await _two(app)
    assert await faults(app, lambda w: together.deed(w, owner, both, "tag", "x" * 31)) == ["tags"]
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert sorted(v.line.tags for v in everyone) == [(), ("Office",)]


async def _look(app: App, owner: OwnerId, given: dict[str, object]) -> Report:
    return await app.read(lambda w: together.look(w, owner, given))


async def _edit(app: App, owner: OwnerId, given: dict[str, object]) -> Report:
    return await app.planned(lambda w: together.edit(w, owner, given))


async def test_an_edit_is_looked_at_then_done(app: App) -> None:
    """The look changes nothing and counts what would; the edit with its word does just that."""
    owner, both = await _two(app)
    given: dict[str, object] = {"all": True, "fee": "350", "add_tag": "office"}
    seen = await _look(app, owner, given)
    assert (seen.number(State.CHANGED), seen.applied) == (2, False)
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert {v.line.fee and v.line.fee.amount for v in everyone} == {"300.00"}
    done = await _edit(app, owner, {**given, "expected": seen.expected})
    assert done.applied
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert {v.line.fee and v.line.fee.amount for v in everyone} == {"350.00"}
    assert sorted(v.line.tags for v in everyone) == [("Office",), ("office",)]
    again = await _edit(app, owner, {"lines": both, "fee": "350"})
    assert (again.number(State.SAME), again.applied) == (2, False)


async def test_an_edit_finds_by_filter_and_moves_what_comes(app: App) -> None:
    """All that bear a tag, and nobody else; the next message follows the new leads."""
    owner, both = await _two(app)
    given = {"all": True, "tag": "Office", "lead_times": ["P5D"], "remove_tag": "OFFICE"}
    assert (await _edit(app, owner, given)).number(State.CHANGED) == 1
    first = await app.read(lambda w: lines.get(w, owner, LineId(both[0])))
    second = await app.read(lambda w: lines.get(w, owner, LineId(both[1])))
    assert (first.line.tags, first.line.lead_times) == ((), (5,))
    assert first.next_due_at != second.next_due_at
    assert second.line.lead_times is None


async def test_nothing_is_changed_half(app: App) -> None:
    """A line that cannot take it holds all up and is named; on request the others are changed."""
    owner, both = await _two(app)
    boris = await register(app, await person(app, "boris@example.org"))
    given: dict[str, object] = {"lines": [*both, boris.line.id], "period": "P30D"}
    held = await _edit(app, owner, given)
    assert [one.state for one in held.items] == [State.CHANGED, State.CHANGED, State.REFUSED]
    assert not held.applied
    assert (await _edit(app, owner, {**given, "keep_good": True})).applied
    theirs = await app.read(lambda w: lines.get(w, boris.line.owner, boris.line.id))
    assert theirs.line.period == boris.line.period


async def test_what_was_not_looked_at_is_not_changed(app: App) -> None:
    """When other lines match by now, the edit is refused and says so."""
    owner, _ = await _two(app)
    seen = await _look(app, owner, {"all": True, "fee": "350"})
    await register(app, owner, number="+79161234569")
    with pytest.raises(Conflict):
        await _edit(app, owner, {"all": True, "fee": "350", "expected": seen.expected})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"all": True}, ""),
        ({"fee": "300"}, "lines"),
        ({"lines": [], "fee": "300"}, "lines"),
        ({"all": "perhaps", "fee": "300"}, "all"),
        ({"all": True, "tag": "nobody", "fee": "300"}, "lines"),
        ({"all": True, "number": "+79161234567"}, "number"),
        ({"all": True, "add_tag": "x" * 31}, "add_tag"),
    ],
)
async def test_an_edit_that_cannot_be_meant(app: App, given: dict[str, object], field: str) -> None:
    """Nothing chosen, nothing to change, a field that is no edit's: each is named."""
    owner, _ = await _two(app)
    assert field in await faults(app, lambda w: together.edit(w, owner, given))
