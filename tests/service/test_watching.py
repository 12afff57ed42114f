"""Promises of reminder/service/watching.py: one tag, one digest, nothing else, ended at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import NotFound
from reminder.service import acts, lines, people, together, watching
from reminder.service.watching import Watch
from reminder.service.work import Work
from tests.conftest import HandClock
from tests.service.samples import faults, person, register


async def _invited(app: App) -> tuple[OwnerId, OwnerId, Watch]:
    """Anna has one number with the tag and one without; Boris is invited to the tag."""
    anna, boris = await person(app), await person(app, "Boris@example.org")
    await register(app, anna, tags=["office"])
    await register(app, anna, number="+79161234568", tags=["home"])
    given = {"address": "boris@EXAMPLE.org", "tag": "office"}
    watch = await app.write(lambda w: watching.invite(w, anna, given))
    return anna, boris, watch


async def _seen(app: App, who: OwnerId, watch: Watch) -> list[str]:
    found, _ = await app.read(lambda w: watching.seen(w, who, watch.id, 0, 50))
    return [view.line.number for view in found]


async def test_who_agreed_sees_the_tag_and_nothing_else(app: App) -> None:
    """Before they agree nothing is seen; then the numbers of the tag are, and no other call opens
    them; a number that loses the tag is gone."""
    anna, boris, watch = await _invited(app)
    with pytest.raises(NotFound):
        await _seen(app, boris, watch)
    await app.write(lambda w: watching.agree(w, boris, watch.id))
    assert await _seen(app, boris, watch) == ["+79161234567"]
    line = await app.read(lambda w: lines.find(w, anna, "+79161234567"))
    for use in (lines.get, acts.history, acts.stop):
        with pytest.raises(NotFound):
            await app.write(partial(use, owner=boris, line=line))
    with pytest.raises(NotFound):
        await _seen(app, anna, watch)
    await app.planned(lambda w: together.deed(w, anna, [line], "untag", "office"))
    assert await _seen(app, boris, watch) == []


@pytest.mark.parametrize("who", ["owner", "watcher", "owner erased", "watcher erased"])
async def test_either_side_ends_it(app: App, who: str) -> None:
    """The owner ends it, the watcher leaves, or one of the two is erased: nothing is seen."""
    anna, boris, watch = await _invited(app)
    await app.write(lambda w: watching.agree(w, boris, watch.id))
    side = anna if "owner" in who else boris
    email = "anna@example.org" if "owner" in who else "Boris@example.org"
    if "erased" in who:
        await app.write(lambda w: people.erase(w, side, email))
    else:
        await app.write(lambda w: watching.end(w, side, watch.id))
    left = boris if who == "owner erased" else anna
    assert await app.read(lambda w: watching.mine(w, left)) == []
    assert await app.read(lambda w: watching.others(w, left)) == []


async def test_nobody_else_may_agree_or_end(app: App) -> None:
    """An invitation is for its address alone; to others it is not there."""
    _, boris, watch = await _invited(app)
    eve = await person(app, "eve@example.org")
    for use in (watching.agree, watching.end):
        with pytest.raises(NotFound):
            await app.write(partial(_use_as, use, eve, watch.id))
    assert [one.id for one, _ in await app.read(lambda w: watching.others(w, boris))] == [watch.id]
    assert await app.read(lambda w: watching.others(w, eve)) == []


def _use_as(
    use: Callable[[Work, OwnerId, str], None], who: OwnerId, watch: str, work: Work
) -> None:
    use(work, who, watch)


async def test_an_invitation_is_one(app: App) -> None:
    """The same address and tag again is the same invitation, in any capitals."""
    anna, _, watch = await _invited(app)
    given = {"address": "BORIS@example.org", "tag": "office"}
    assert (await app.write(lambda w: watching.invite(w, anna, given))).id == watch.id
    assert len(await app.read(lambda w: watching.mine(w, anna))) == 1


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, ["address", "tag"]),
        ({"address": "nobody", "tag": "office"}, ["address"]),
        ({"address": "anna@example.org", "tag": "office"}, ["address"]),
        ({"address": "b@example.org", "tag": "x" * 31}, ["tag"]),
        ({"address": "b@example.org", "tag": "x", "scope": "all"}, ["scope"]),
    ],
)
async def test_what_is_no_invitation(
    app: App, clock: HandClock, given: dict[str, str], fields: list[str]
) -> None:
    """Each fault is named by its field."""
    anna, _, _ = await _invited(app)
    found = await faults(app, lambda w: watching.invite(w, anna, given))
    assert sorted(found) == sorted(fields)
