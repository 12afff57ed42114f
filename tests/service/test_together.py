"""Promises of reminder/service/together.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.service import lines, together
from tests.service.samples import faults, person, register


async def _two(app: App) -> tuple[OwnerId, list[str]]:
    owner = await person(app)
    first = await register(app, owner, tags=["Office"])
    second = await register(app, owner, number="+79161234568")
    return owner, [first.line.id, second.line.id]


async def test_a_tag_is_given_and_taken_whatever_its_capitals(app: App) -> None:
    """Who bears it already is left alone; the count says about how many it was done."""
    owner, both = await _two(app)
    assert await app.write(lambda w: together.do(w, owner, both, "tag", " office ")) == 1
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert sorted(v.line.tags for v in everyone) == [("Office",), ("office",)]
    assert await app.write(lambda w: together.do(w, owner, both, "untag", "OFFICE")) == 2
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert [v.line.tags for v in everyone] == [(), ()]


async def test_lines_are_stopped_and_resumed(app: App) -> None:
    """What stands so already, is gone, or is another owner's, is passed over."""
    owner, both = await _two(app)
    boris = await person(app, "boris@example.org")
    assert await app.write(lambda w: together.do(w, boris, both, "stop")) == 0
    wanted = [*both, both[0], "lin_gone"]
    assert await app.write(lambda w: together.do(w, owner, wanted, "stop")) == 2
    assert await app.write(lambda w: together.do(w, owner, both, "stop")) == 0
    assert await app.write(lambda w: together.do(w, owner, both, "resume")) == 2
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert {v.standing.state.value for v in everyone} == {"active"}


@pytest.mark.parametrize(
    ("wanted", "deed", "tag", "named"),
    [
        (["lin_1"], "erase", "", "do"),
        ([], "stop", "", "line"),
        ([f"lin_{n}" for n in range(201)], "stop", "", "line"),
        (["lin_1"], "tag", "  ", "tag"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    app: App, wanted: list[str], deed: str, tag: str, named: str
) -> None:
    """An unknown deed, no line or too many, a tag without a word."""
    owner = await person(app)
    assert await faults(app, lambda w: together.do(w, owner, wanted, deed, tag)) == [named]


async def test_a_tag_that_is_none_changes_nothing(app: App) -> None:
    """One line's fault leaves all as they were."""
    owner, both = await _two(app)
    assert await faults(app, lambda w: together.do(w, owner, both, "tag", "x" * 31)) == ["tags"]
    everyone = await app.read(lambda w: lines.everything(w, owner))
    assert sorted(v.line.tags for v in everyone) == [(), ("Office",)]
