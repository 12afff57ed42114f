"""Promises of reminder/service/overview.py."""

from __future__ import annotations

from reminder.app import App
from reminder.service import lines, overview
from tests.service.samples import person, register

DAYS = ("2026-12-20", "2026-12-03", "2027-02-10", "2026-12-01", "2026-11-25", "2027-01-05")


async def test_the_next_messages_are_those_of_all_clocks(app: App) -> None:
    """Looking at a few lines finds what looking at all of them finds, stopped ones left out."""
    owner = await person(app)
    for n, day in enumerate(DAYS):
        await register(app, owner, number=f"+7 916 123-45-{n:02}", renews_on=day, label=day)
    every = await app.read(lambda work: lines.everything(work, owner))
    wanted = sorted((v.next_due_at, v.line.label) for v in every if v.next_due_at)
    for count in (1, 3, 9):
        found = await app.read(lambda w, n=count: overview.next_messages(w, owner, n))  # type: ignore[misc]
        assert [(at, view.line.label) for at, view in found] == wanted[:count]


async def test_numbers_are_named_for_their_owner_only(app: App) -> None:
    """Names come without clocks; another owner's are not there."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    await register(app, owner)
    await register(app, owner, number="+7 916 765-43-21", label="")
    found = await app.read(lambda work: overview.numbers(work, owner))
    said = {(one.label, one.operator, one.number[-2:]) for one in found}
    assert said == {("Mum", "mts", "67"), ("", "mts", "21")}
    assert await app.read(lambda work: overview.numbers(work, boris)) == []
