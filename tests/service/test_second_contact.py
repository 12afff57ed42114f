"""Promises of reminder/service/second_contact.py."""

from __future__ import annotations

import re

import pytest

from reminder.app import App
from reminder.domain.channel import Channel, Use
from reminder.domain.ids import OwnerId
from reminder.service import channels, links, people, second_contact
from tests.conftest import World
from tests.engine.samples import plain
from tests.service.samples import faults, person

BORIS = "boris@example.org"


async def name(app: App, owner: OwnerId, typed: str | None) -> Channel | None:
    """Name a second contact in the settings; return what is kept."""
    fields = {"second_contact": typed}
    me = await app.write(lambda work: people.change_me(work, owner, fields))
    return await app.read(lambda work: second_contact.current(work, me))


async def test_named_asked_once_and_confirmed(world: World) -> None:
    """The address is asked on whose behalf it is; it is used once its holder said yes; it is no
    channel among the owner's own."""
    for _ in range(2):
        named = await name(world.app, world.owner, BORIS)
    assert named is not None
    assert (named.use, named.state, named.target) == (Use.SECOND, "unconfirmed", BORIS)
    await world.beat()
    (mail,) = world.smtp.messages
    text = plain(mail.parsed).replace("\n", " ")
    assert "anna@example.org names you as second contact" in text
    link = re.search(r"/a/confirm/(\S+)", text)
    assert link is not None
    await world.app.write(lambda work: links.press(work, "confirm", link[1], {}))
    me = await world.app.read(lambda work: people.me(work, world.owner))
    now = await world.app.read(lambda work: second_contact.current(work, me))
    assert now is not None
    assert now.state == "works"
    mine = await world.app.read(lambda work: channels.everything(work, world.owner))
    assert [c.target for c in mine] == ["anna@example.org"]


@pytest.mark.parametrize(
    "typed", ["anna@example.org", "ANNA@example.org", "nobody", "a@b.c, d@e.f", "chn_none"]
)
async def test_what_is_nobody_else_is_refused(world: World, typed: str) -> None:
    """The owner's own address, what is no address, and another's channel are refused by the field,
    and the second contact of before stays."""
    await name(world.app, world.owner, BORIS)
    found = await faults(
        world.app,
        lambda work: people.change_me(work, world.owner, {"second_contact": typed, "place": "x"}),
    )
    assert set(found) == {"second_contact", "place"}
    me = await world.app.read(lambda work: people.me(work, world.owner))
    kept = await world.app.read(lambda work: second_contact.current(work, me))
    assert kept is not None
    assert kept.target == BORIS


async def test_another_replaces_and_none_removes(app: App) -> None:
    """There is one at most: a new name replaces the old, an empty one removes it."""
    owner = await person(app)
    first = await name(app, owner, BORIS)
    assert first is not None
    assert first.state == "works"
    other = await name(app, owner, "vera@example.org")
    assert other is not None
    assert other.id != first.id
    assert await name(app, owner, "") is None
    assert len(await app.read(lambda work: channels.everything(work, owner))) == 1


async def test_a_channel_that_is_there_becomes_it(app: App) -> None:
    """A channel of the owner's, by id or by address, can be named; it leaves the list, and no line
    may name it."""
    owner = await person(app)
    mail = {"kind": "email", "address": BORIS}
    added = await app.write(lambda work: channels.add(work, owner, mail))
    for typed in (BORIS, str(added.channel.id)):
        named = await name(app, owner, typed)
        assert named is not None
        assert (named.id, named.use) == (added.channel.id, Use.SECOND)
    mine = await app.read(lambda work: channels.everything(work, owner))
    assert added.channel.id not in {c.id for c in mine}


async def test_other_settings_leave_it_alone(app: App) -> None:
    """A change that does not name it does not touch it."""
    owner = await person(app)
    await name(app, owner, BORIS)
    me = await app.write(lambda work: people.change_me(work, owner, {"language": "ru"}))
    kept = await app.read(lambda work: second_contact.current(work, me))
    assert kept is not None
