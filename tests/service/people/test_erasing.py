"""Promises of reminder/service/people/erasing.py."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import InvalidInput, NotFound, TokenRefused
from reminder.service import channels, lines, outbox, people, repeats
from tests.conftest import HandClock, World
from tests.service.people.conftest import link_in
from tests.service.samples import person, register

HOOK = {"kind": "webhook", "url": "https://example.org/hook/t0ken", "label": "Anna’s home"}


def everything_in(path: Path) -> str:
    """Every value of every row of every table, as text."""
    with closing(sqlite3.connect(path)) as raw:
        names = [row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        return repr([raw.execute(f'SELECT * FROM "{name}"').fetchall() for name in names])


async def _full_life(app: App, clock: HandClock, owner: OwnerId) -> str:
    """Leave something of an owner in every table; return a cookie."""
    line = (await register(app, owner, note="bank codes")).line.id
    await app.write(lambda work: channels.add(work, owner, HOOK))
    await app.write(lambda work: people.make_token(work, owner, "phone", "write", "admin"))
    kept = (200, '{"label": "Mum"}', "")
    await app.write(lambda work: repeats.store(work, owner, "key", "digest", kept))
    path = await app.write(lambda work: people.owner_link(work, owner))
    token = path.removeprefix("/sign-in/")
    cookie = await app.write(lambda work: people.sign_in(work, token))
    await app.write(lambda work: people.owner_link(work, owner))
    clock.set("2026-11-24T06:00:00")
    await app.plan()
    assert len(await app.read(lambda work: lines.everything(work, owner))) == 1
    assert line
    return cookie


async def test_nothing_of_an_owner_is_left(app: App, clock: HandClock) -> None:
    """No row of any table, no kept mail and no device; another's stay; nothing more leaves."""
    anna, boris = await person(app), await person(app, "boris@example.org")
    await register(app, boris, number="+7 916 765-43-21", label="Boris’s own")
    cookie = await _full_life(app, clock, anna)
    await app.ensure_sender().drain()
    await app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    gone = await app.write(lambda work: people.erase(work, anna, " ANNA@example.org "))
    assert (gone.lines, gone.channels) == (1, 2)
    assert gone.deliveries > 0
    left = everything_in(app.settings.server.data_dir / "reminder.db")
    for trace in (anna, "anna@example.org", "+79161234567", "Mum", "bank codes", "Anna’s home"):
        assert trace not in left, trace
    assert "Boris’s own" in left
    assert await app.read(lambda work: people.session_owner(work, cookie)) is None
    with pytest.raises(NotFound):
        await app.read(lambda work: people.me(work, anna))
    place = outbox.place(app.desk)
    assert all(b"anna@example.org" not in mail.read_bytes() for mail in place.iterdir())
    before = sorted(place.iterdir())
    clock.set("2026-11-28T06:00:00")
    await app.plan()
    await app.ensure_sender().drain()
    fresh = set(place.iterdir()) - set(before)
    assert all(b"anna@example.org" not in mail.read_bytes() for mail in fresh)


async def test_the_address_is_typed_once_more(app: App) -> None:
    """Without a mail server an account goes when its address is typed, and no other."""
    anna = await person(app)
    await person(app, "boris@example.org")
    for typed in ("", "boris@example.org", "anna"):
        with pytest.raises(InvalidInput):
            await app.write(lambda work, t=typed: people.erase(work, anna, t))  # type: ignore[misc]
    assert (await app.read(lambda work: people.me(work, anna))).email == "anna@example.org"


async def test_with_a_mail_server_a_mailed_link_erases(world: World) -> None:
    """The button of a mailed link erases, once; typing the address is not enough; the link signs
    nobody in, and a sign-in link erases nothing."""
    app, owner = world.app, world.owner
    with pytest.raises(InvalidInput):
        await app.write(lambda work: people.erase(work, owner, "anna@example.org"))
    await app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    await world.beat()
    entering = link_in(world)
    await app.write(lambda work: people.ask_to_erase(work, owner, people.NOBODY))
    await world.beat()
    erasing = link_in(world, "settings/erase")
    with pytest.raises(TokenRefused):
        await app.write(lambda work: people.erase_by_link(work, entering))
    with pytest.raises(TokenRefused):
        await app.write(lambda work: people.sign_in(work, erasing))
    assert (await app.read(lambda work: people.opened_erasing(work, erasing))).id == owner
    await app.write(lambda work: people.erase_by_link(work, erasing))
    with pytest.raises(TokenRefused):
        await app.write(lambda work: people.erase_by_link(work, erasing))
    assert await app.read(people.everyone) == []


async def test_a_waiting_message_is_not_sent(app: App, clock: HandClock) -> None:
    """What was planned but not yet tried when the account went stays unsent."""
    owner = await person(app)
    await register(app, owner)
    clock.set("2026-11-24T06:00:00")
    await app.plan()
    gone = await app.write(lambda work: people.erase(work, owner, "anna@example.org"))
    assert gone.deliveries == 1
    await app.ensure_sender().drain()
    assert not outbox.place(app.desk).exists()
