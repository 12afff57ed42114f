"""Promises of reminder/service/people/signing.py."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from reminder.app import App
from reminder.errors import InvalidInput, TokenRefused
from reminder.service import channels, people
from tests.conftest import HandClock, World
from tests.service.people.conftest import Open, link_in
from tests.service.samples import faults, person

ANNA = {"email": "anna@example.org", "language": "en", "timezone": "UTC"}


async def first_token(app: App) -> str:
    """The secret of the link that makes the first owner."""
    path = await app.write(people.first_link)
    assert path is not None
    return path.removeprefix("/sign-in/")


async def begin(app: App, token: str, given: Mapping[str, object]) -> str:
    """Press the button of a link that makes an owner."""
    return await app.write(lambda work: people.begin(work, token, given))


async def test_the_first_owner_is_administrator(app: App) -> None:
    """The printed link makes the first owner, whose address counts as confirmed, and signs in."""
    token = await first_token(app)
    given = {"email": "Anna@EXAMPLE.org", "language": "ru", "timezone": "Asia/Almaty"}
    cookie = await begin(app, token, given)
    me = await app.read(lambda work: people.session_owner(work, cookie))
    assert me is not None
    assert (me.email, me.language, me.timezone) == ("Anna@example.org", "ru", "Asia/Almaty")
    assert (me.admin, me.confirmed) == (True, True)
    (mine,) = await app.read(lambda work: channels.everything(work, me.id))
    assert (mine.target, mine.state) == (me.email, "works")
    assert await app.write(people.first_link) is None
    with pytest.raises(TokenRefused):
        await begin(app, token, {**ANNA, "email": "b@example.org"})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "anna"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email"),
        ({"language": "de"}, "language"),
        ({"timezone": "Mars/Base"}, "timezone"),
    ],
)
async def test_a_bad_first_owner_leaves_the_link_good(
    app: App, given: dict[str, str], field: str
) -> None:
    """A mistyped field is named, and the link is not spent on it."""
    token = await first_token(app)
    assert set(await faults(app, lambda w: people.begin(w, token, {**ANNA, **given}))) == {field}
    assert await begin(app, token, ANNA)


async def test_a_sign_in_link_is_for_one_use(app: App, clock: HandClock) -> None:
    """A link signs in once, and not after its day; a forged one never."""
    owner = await person(app)
    used, late = [
        (await app.write(lambda work: people.owner_link(work, owner))).removeprefix("/sign-in/")
        for _ in range(2)
    ]
    cookie = await app.write(lambda work: people.sign_in(work, used))
    assert await app.read(lambda work: people.session_owner(work, cookie)) is not None
    clock.set("2026-11-21T10:00:00")
    for token in (used, late, "made up", "", "\udc80"):
        with pytest.raises(TokenRefused) as refused:
            await app.write(lambda work, t=token: people.sign_in(work, t))  # type: ignore[misc]
        assert refused.value.expired is True


async def test_two_at_once_sign_in_once(app: App) -> None:
    """Of two that press the same link in the same moment one is let in."""
    owner = await person(app)
    path = await app.write(lambda work: people.owner_link(work, owner))
    token = path.removeprefix("/sign-in/")
    pressed = [app.write(lambda work: people.sign_in(work, token)) for _ in range(8)]
    ended = await asyncio.gather(*pressed, return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["TokenRefused"] * 7 + ["str"]


async def test_a_link_for_beginning_signs_nobody_in(app: App) -> None:
    """The link of the first start is no sign-in of somebody."""
    token = await first_token(app)
    with pytest.raises(TokenRefused):
        await app.write(lambda work: people.sign_in(work, token))


async def test_a_mailed_link_proves_the_address(world: World) -> None:
    """Who signs in by a mailed link reads that mailbox: it needs no confirmation any more."""
    boris = await person(world.app, "boris@example.org")
    await world.app.write(lambda work: people.ask_sign_in(work, "boris@example.org"))
    await world.beat()
    token = link_in(world)
    await world.app.write(lambda work: people.sign_in(work, token))
    assert (await world.app.read(lambda work: people.me(work, boris))).confirmed is True
    (mine,) = await world.app.read(lambda work: channels.everything(work, boris))
    assert mine.state == "works"


async def test_with_open_sign_up_a_stranger_begins_by_mail(open_world: Open) -> None:
    """A stranger's link makes an account on the button, for the address it was mailed to and no
    other; who has an account by then is signed in."""
    async with open_world("open") as world:
        tokens = []
        for _ in range(2):
            await world.app.write(lambda work: people.ask_sign_in(work, "carl@example.org"))
            await world.beat()
            tokens.append(link_in(world))
        given = {**ANNA, "email": "eve@example.org"}
        cookies = [await begin(world.app, token, given) for token in tokens]
        for cookie in cookies:
            me = await world.app.read(lambda work, c=cookie: people.session_owner(work, c))  # type: ignore[misc]
            assert me is not None
            assert (me.email, me.admin, me.confirmed) == ("carl@example.org", False, True)
        assert len(await world.app.read(people.everyone)) == 2


async def test_an_invitation_makes_one_account_by_mail(open_world: Open) -> None:
    """Who was invited gets a mail at the address they type; the account that comes of it uses the
    invitation up, whichever of several mails it came by."""
    async with open_world("invite") as world:
        path = await world.app.write(lambda work: people.invitation(work, world.owner))
        token = path.removeprefix("/sign-in/")
        with pytest.raises(InvalidInput):
            await begin(world.app, token, {**ANNA, "email": "carl@example.org"})
        tokens = []
        for email in ("carl@example.org", "dora@example.org"):
            await world.app.write(
                lambda work, e=email: people.ask_by_invitation(  # type: ignore[misc]
                    work, token, e, people.NOBODY
                )
            )
            await world.beat()
            tokens.append(link_in(world))
        assert await begin(world.app, tokens[0], ANNA)
        for spent in (tokens[1], token):
            with pytest.raises(TokenRefused):
                await begin(world.app, spent, ANNA)
        assert len(await world.app.read(people.everyone)) == 2
