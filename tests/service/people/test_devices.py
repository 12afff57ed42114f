"""Promises of reminder/service/people/devices.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import NotFound, TokenRefused
from reminder.service import people
from reminder.service.people import Client
from tests.conftest import HandClock
from tests.service.samples import person

PHONE = Client(agent="Mozilla/5.0 (Android 15; rv:143.0) Firefox/143.0")


async def _enter(app: App, owner: OwnerId, client: Client = PHONE) -> str:
    path = await app.write(lambda work: people.owner_link(work, owner))
    token = path.removeprefix("/sign-in/")
    return await app.write(lambda work: people.sign_in(work, token, client))


async def _known(app: App, cookie: str) -> bool:
    return await app.read(lambda work: people.session_owner(work, cookie)) is not None


async def test_sessions_end(app: App, clock: HandClock) -> None:
    """A device is signed out alone, or all are, or after 90 days."""
    owner = await person(app)
    one, two, three = [await _enter(app, owner) for _ in range(3)]
    await app.write(lambda work: people.sign_out(work, one))
    assert [await _known(app, c) for c in (one, two, three)] == [False, True, True]
    link = await app.write(lambda work: people.owner_link(work, owner))
    await app.write(lambda work: people.sign_out_everywhere(work, owner))
    assert [await _known(app, c) for c in (one, two, three)] == [False, False, False]
    with pytest.raises(TokenRefused):
        await app.write(lambda work: people.sign_in(work, link.removeprefix("/sign-in/")))
    last = await _enter(app, owner)
    clock.set("2027-02-18T10:00:00")
    assert await _known(app, last) is False
    assert await _known(app, "") is False


async def test_a_device_is_named_and_signed_out_by_its_owner_only(
    app: App, clock: HandClock
) -> None:
    """The list says what each device is, since when, and when it was last here."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    cookie = await _enter(app, owner)
    found = await app.read(lambda work: people.signed_in(work, cookie))
    assert found is not None
    clock.set("2026-11-20T12:00:00")
    await app.write(lambda work: people.see(work, found.device.id))
    (device,) = await app.read(lambda work: people.devices(work, owner))
    assert (device.name, device.seen_at) == ("Firefox, Android", clock.at)
    assert (device.seen_at - device.created_at).total_seconds() == 7200
    with pytest.raises(NotFound):
        await app.write(lambda work: people.sign_out_device(work, boris, device.id))
    await app.write(lambda work: people.sign_out_device(work, owner, device.id))
    assert await _known(app, cookie) is False


async def test_a_cookie_is_new_at_each_sign_in(app: App) -> None:
    """What a browser held before ends, whosever it was; what it brings along never counts."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    planted = await _enter(app, boris)
    mine = await _enter(app, owner, Client(cookie=planted))
    assert mine != planted
    assert [await _known(app, c) for c in (planted, mine)] == [False, True]
    made_up = "A" * 32
    assert await _enter(app, owner, Client(cookie=made_up)) != made_up
    assert await _known(app, made_up) is False


async def test_no_secret_lies_in_the_database(app: App) -> None:
    """Links, cookies and API tokens are kept as digests only."""
    owner = await person(app)
    link = (await app.write(lambda work: people.owner_link(work, owner))).removeprefix("/sign-in/")
    _, secret = await app.write(lambda w: people.make_token(w, owner, "phone", "read", "admin"))
    await app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    cookie = await _enter(app, owner)
    for file in app.settings.server.data_dir.glob("reminder.db*"):
        content = file.read_bytes()
        for hidden in (link, cookie, secret, secret.removeprefix("rmd_")):
            assert hidden.encode() not in content
