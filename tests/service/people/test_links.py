"""Promises of reminder/service/people/links.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import InvalidInput, LimitReached, NotAllowed, NotFound, TokenRefused
from reminder.service import people
from reminder.service.people import Client, Door
from tests.conftest import HandClock, World
from tests.service.people.conftest import Open, link_in
from tests.service.samples import person

PHONE = Client("203.0.113.7", "Mozilla/5.0 (Android 15; rv:143.0) Firefox/143.0", "", "ru")


async def _ask(world: World, email: str, client: Client = PHONE) -> None:
    await world.app.write(lambda work: people.ask_sign_in(work, email, client))


async def _open(app: App, token: str) -> people.Entry:
    return await app.read(lambda work: people.open_sign_in(work, token))


async def test_an_earlier_first_link_dies(app: App) -> None:
    """Of the links printed at several starts only the last is good, until there is an owner."""
    paths = [await app.write(people.first_link) for _ in range(2)]
    old, new = [str(path).removeprefix("/sign-in/") for path in paths]
    with pytest.raises(TokenRefused):
        await _open(app, old)
    assert (await _open(app, new)).door is Door.FIRST
    await person(app)
    with pytest.raises(TokenRefused):
        await _open(app, new)
    assert await app.write(people.first_link) is None


async def test_asked_links_are_mailed_to_owners_only(world: World) -> None:
    """A link is mailed to an owner, in any spelling of the address; a stranger gets nothing; what
    is no address is said to be none."""
    for email in ("Anna@Example.ORG", "anna@example.org ", "stranger@example.org"):
        await _ask(world, email)
    with pytest.raises(InvalidInput):
        await _ask(world, "nonsense")
    await world.beat()
    assert [m.recipients for m in world.smtp.messages] == [("anna@example.org",)] * 2


async def test_a_link_says_from_where_it_was_asked_for(world: World, clock: HandClock) -> None:
    """Opened within its quarter of an hour a link shows whose it is, when and with what it was
    asked for; after that it is over."""
    await _ask(world, "anna@example.org")
    await world.beat()
    token = link_in(world)
    entry = await _open(world.app, token)
    assert entry.owner is not None
    assert (entry.door, entry.owner.id) == (Door.SIGN_IN, world.owner)
    link = entry.link
    assert (link.asked_at, link.device, link.place) == (
        clock.at, "Firefox, Android", "203.0.113.7",
    )  # fmt: skip
    clock.set("2026-11-20T10:15:00")
    with pytest.raises(TokenRefused):
        await _open(world.app, token)


@pytest.mark.parametrize("email", ["anna@example.org", "stranger@example.org"])
async def test_the_fourth_ask_is_refused_for_anybody(world: World, email: str) -> None:
    """Three in a quarter of an hour for one address, known or not, and both are told the same."""
    for _ in range(3):
        await _ask(world, email)
    with pytest.raises(LimitReached) as refused:
        await _ask(world, email.upper())
    assert str(refused.value) == "Three links were asked for already: wait a while"
    assert refused.value.retry_after == timedelta(minutes=15)


async def test_one_client_asks_twenty_times_an_hour(world: World) -> None:
    """For however many addresses; another client is not touched by it."""
    for n in range(20):
        await _ask(world, f"a{n}@example.org")
    with pytest.raises(LimitReached):
        await _ask(world, "anna@example.org")
    await _ask(world, "anna@example.org", Client("203.0.113.8"))


async def test_known_and_unknown_leave_the_same_rows(world: World) -> None:
    """Asking for a stranger's address does in the request just what asking for an owner's does."""

    async def rows() -> dict[str, int]:
        def count(work: object) -> dict[str, int]:
            session = work.session  # type: ignore[attr-defined]
            tables = ("use", "sign_in", "delivery", "attempt", "channel", "owner")
            return {
                table: session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
                for table in tables
            }

        return await world.app.read(count)

    before = await rows()
    await _ask(world, "anna@example.org")
    between = await rows()
    await _ask(world, "stranger@example.org")
    after = await rows()
    assert {t: between[t] - before[t] for t in before} == {t: after[t] - between[t] for t in before}


@pytest.mark.parametrize(("sign_up", "mails"), [("closed", 0), ("invite", 0), ("open", 1)])
async def test_a_stranger_is_written_to_where_sign_up_is_open(
    open_world: Open, sign_up: str, mails: int
) -> None:
    """With open sign-up a stranger's address gets a link in the language of the page it was asked
    on; else nothing."""
    async with open_world(sign_up) as world:
        await _ask(world, "carl@example.org")
        await world.beat()
        assert len(world.smtp.messages) == mails
        if mails:
            assert world.smtp.messages[0].parsed["Content-Language"] == "ru"
            assert (await _open(world.app, link_in(world))).door is Door.SIGN_UP


async def test_an_invitation_is_for_a_week(open_world: Open, clock: HandClock) -> None:
    """An invitation opens for a week, and lets mails be asked for as long."""
    async with open_world("invite") as world:
        path = await world.app.write(lambda work: people.invitation(work, world.owner))
        token = path.removeprefix("/sign-in/")
        assert (await _open(world.app, token)).door is Door.INVITATION
        clock.set("2026-11-27T10:00:00")
        with pytest.raises(TokenRefused):
            await _open(world.app, token)
        with pytest.raises(TokenRefused):
            await world.app.write(
                lambda work: people.ask_by_invitation(work, token, "carl@example.org", PHONE)
            )


async def test_closed_means_nobody_is_invited(app: App) -> None:
    """With closed sign-up an administrator adds people, and invites none."""
    owner = await person(app)
    with pytest.raises(NotAllowed):
        await app.write(lambda work: people.invitation(work, owner))


async def test_a_link_of_the_machine_is_for_an_owner(app: App) -> None:
    """Who runs the machine makes a link for an owner, and for nobody else."""
    owner = await person(app)
    path = await app.write(lambda work: people.owner_link(work, owner))
    entry = await _open(app, path.removeprefix("/sign-in/"))
    assert entry.owner is not None
    assert entry.owner.id == owner
    with pytest.raises(NotFound):
        await app.write(lambda w: people.owner_link(w, OwnerId("own_none")))
