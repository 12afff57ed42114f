"""Promises of reminder/service/people/owners.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.errors import Conflict, InvalidInput, NotFound
from reminder.service import channels, people
from tests.conftest import HandClock, World
from tests.service.samples import person


async def test_owners_are_found_by_address(app: App, clock: HandClock) -> None:
    """An address is one owner's; the first is administrator, the next is not."""
    owner = await person(app)
    clock.set("2026-11-20T10:01:00")
    boris = await person(app, "boris@example.org")
    everyone = await app.read(people.everyone)
    assert [(o.id, o.admin) for o in everyone] == [(owner, True), (boris, False)]
    found = await app.read(lambda work: people.by_email(work, " Boris@Example.org "))
    assert found.id == boris
    with pytest.raises(NotFound):
        await app.read(lambda work: people.by_email(work, "carol@example.org"))
    with pytest.raises(Conflict):
        await person(app, "ANNA@example.org")
    with pytest.raises(InvalidInput):
        await person(app, "anna")


async def test_a_further_owner_confirms_first(world: World) -> None:
    """With SMTP an added owner's address gets its confirmation before anything else; without, it
    counts as confirmed."""
    boris = await person(world.app, "boris@example.org")
    (mine,) = await world.app.read(lambda work: channels.everything(work, boris))
    assert mine.state == "unconfirmed"
    await world.beat()
    assert [m.recipients for m in world.smtp.messages] == [("boris@example.org",)]


async def test_without_smtp_everybody_counts_as_confirmed(app: App) -> None:
    """An instance that keeps its mail in a folder excepts all addresses (rule 18)."""
    await person(app)
    boris = await person(app, "boris@example.org")
    assert (await app.read(lambda work: people.me(work, boris))).confirmed is True


async def test_an_added_address_is_asked_once_a_day(world: World) -> None:
    """Adding, removing and adding again does not fill a stranger's mailbox."""
    await person(world.app, "boris@example.org")
    given = {"kind": "email", "address": "boris@example.org"}
    await world.app.write(lambda work: channels.add(work, world.owner, given))
    await world.beat()
    assert len(world.smtp.messages) == 1
