"""Watches in the database, on both of them: invited by address, agreed, ended with either owner."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.errors import NotFound
from reminder.service import people, watching
from reminder.storage import watches
from tests.service.samples import person


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_a_watch_comes_and_goes(app: App) -> None:
    """Only who agreed may see, only that tag; the row goes with its watcher."""
    anna, boris = await person(app), await person(app, "boris@example.org")
    given = {"address": "boris@example.org", "tag": "office"}
    made = await app.write(lambda w: watching.invite(w, anna, given))

    async def may_see(*tags: str) -> bool:
        seen = await app.read(lambda w: watches.seen_by(w.session, [anna, boris]))
        return any((boris, anna, tag) in seen for tag in tags)

    assert await app.read(lambda w: watches.agreed(w.session, [anna])) == {}
    assert not await may_see("office")
    await app.write(lambda w: watches.agree(w.session, made.id, boris))
    [one] = (await app.read(lambda w: watches.agreed(w.session, [anna])))[anna]
    assert (one.id, one.watcher) == (made.id, boris)
    assert (await may_see("home", "office"), await may_see("home"), await may_see()) == (
        True,
        False,
        False,
    )
    await app.write(lambda w: people.erase(w, boris, "boris@example.org"))
    assert await app.read(lambda w: watches.of_owner(w.session, anna)) == []
    with pytest.raises(NotFound):
        await app.write(lambda w: watches.remove(w.session, made.id))
