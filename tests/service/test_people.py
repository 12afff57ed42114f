"""Promises of reminder/service/people.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.domain.line import WhenCovered
from reminder.domain.owner import Habits, Owner
from reminder.errors import Conflict, InvalidInput, LimitReached, NotAllowed, NotFound, TokenRefused
from reminder.service import channels, people
from reminder.storage import lines as line_store
from reminder.storage import owners
from tests.conftest import HandClock, World
from tests.service.samples import faults, person, register


async def _first_token(app: App) -> str:
    path = await app.write(people.first_link)
    assert path is not None
    assert path.startswith("/sign-in/")
    return path.removeprefix("/sign-in/")


async def test_the_first_owner_is_administrator(app: App) -> None:
    """The printed link makes the first owner, whose address counts as confirmed, and signs in."""
    token = await _first_token(app)
    assert await app.read(lambda work: people.open_sign_in(work, token)) is None
    cookie = await app.write(
        lambda w: people.make_first(w, token, "Anna@EXAMPLE.org", "ru", "Asia/Almaty")
    )
    me = await app.read(lambda work: people.session_owner(work, cookie))
    assert me is not None
    assert (me.email, me.language, me.timezone) == ("Anna@example.org", "ru", "Asia/Almaty")
    assert (me.admin, me.confirmed) == (True, True)
    (mine,) = await app.read(lambda work: channels.everything(work, me.id))
    assert (mine.target, mine.state) == (me.email, "works")
    assert await app.write(people.first_link) is None
    with pytest.raises(TokenRefused):
        await app.write(lambda w: people.make_first(w, token, "b@example.org", "en", "UTC"))


async def test_an_earlier_first_link_dies(app: App) -> None:
    """Of the links printed at several starts only the last is good."""
    old, new = await _first_token(app), await _first_token(app)
    with pytest.raises(TokenRefused):
        await app.read(lambda work: people.open_sign_in(work, old))
    assert await app.read(lambda work: people.open_sign_in(work, new)) is None


@pytest.mark.parametrize(
    ("email", "language", "timezone", "field"),
    [
        ("anna", "en", "UTC", "email"),
        ("", "en", "UTC", "email"),
        ("a@example.org", "de", "UTC", "language"),
        ("a@example.org", "en", "Mars/Base", "timezone"),
    ],
)
async def test_a_bad_first_owner_leaves_the_link_good(
    app: App, email: str, language: str, timezone: str, field: str
) -> None:
    """A mistyped field is named, and the link is not spent on it."""
    token = await _first_token(app)
    found = await faults(app, lambda w: people.make_first(w, token, email, language, timezone))
    assert found == [field]
    cookie = await app.write(lambda w: people.make_first(w, token, "a@example.org", "en", "UTC"))
    assert cookie


async def test_a_sign_in_link_is_for_one_use(app: App, clock: HandClock) -> None:
    """A link signs in once, and not after its day."""
    owner = await person(app)
    used, late = [
        (await app.write(lambda work: people.owner_link(work, owner))).removeprefix("/sign-in/")
        for _ in range(2)
    ]
    opened = await app.read(lambda work: people.open_sign_in(work, used))
    assert opened is not None
    assert opened.id == owner
    cookie = await app.write(lambda work: people.sign_in(work, used))
    assert await app.read(lambda work: people.session_owner(work, cookie)) is not None
    clock.set("2026-11-21T10:00:00")
    for token in (used, late, "made up", ""):
        with pytest.raises(TokenRefused) as refused:
            await app.write(lambda work, t=token: people.sign_in(work, t))  # type: ignore[misc]
        assert refused.value.expired is True


async def test_asked_links_are_mailed_to_owners_only(world: World, clock: HandClock) -> None:
    """A link is mailed to an owner, in any spelling of the address; a stranger gets nothing; three
    in a quarter of an hour are enough."""
    for email in ("Anna@Example.ORG", "anna@example.org ", "stranger@example.org", "nonsense"):
        await world.app.write(lambda work, e=email: people.ask_sign_in(work, e))  # type: ignore[misc]
    await world.beat()
    assert [m.recipients for m in world.smtp.messages] == [("anna@example.org",)] * 2
    await world.app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    with pytest.raises(LimitReached):
        await world.app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    clock.set("2026-11-20T10:15:01")
    await world.app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))


async def test_sessions_end(app: App, clock: HandClock) -> None:
    """A device is signed out alone, or all are, or after 90 days."""
    owner = await person(app)

    async def device() -> str:
        path = await app.write(lambda work: people.owner_link(work, owner))
        return await app.write(lambda w: people.sign_in(w, path.removeprefix("/sign-in/")))

    one, two, three = await device(), await device(), await device()

    async def known(cookie: str) -> bool:
        return await app.read(lambda work: people.session_owner(work, cookie)) is not None

    await app.write(lambda work: people.sign_out(work, one))
    assert [await known(c) for c in (one, two, three)] == [False, True, True]
    await app.write(lambda work: people.sign_out_everywhere(work, owner))
    assert [await known(c) for c in (one, two, three)] == [False, False, False]
    last = await device()
    clock.set("2027-02-18T10:00:00")
    assert await known(last) is False
    assert await known("") is False


async def test_no_secret_lies_in_the_database(app: App) -> None:
    """Links, cookies and API tokens are kept as digests only."""
    owner = await person(app)
    link = (await app.write(lambda work: people.owner_link(work, owner))).removeprefix("/sign-in/")
    _, secret = await app.write(lambda w: people.make_token(w, owner, "phone", "read", "admin"))
    other = (await app.write(lambda work: people.owner_link(work, owner))).removeprefix("/sign-in/")
    cookie = await app.write(lambda work: people.sign_in(work, other))
    for file in app.settings.server.data_dir.glob("reminder.db*"):
        content = file.read_bytes()
        for hidden in (link, other, cookie, secret, secret.removeprefix("rmd_")):
            assert hidden.encode() not in content


@pytest.mark.parametrize(
    ("scope", "ceiling", "given"),
    [
        ("read", "read", True),
        ("write", "read", False),
        ("admin", "write", False),
        ("write", "write", True),
        ("read", "admin", True),
        ("admin", "admin", True),
    ],
)
async def test_a_token_never_exceeds_its_maker(
    app: App, scope: str, ceiling: str, given: bool
) -> None:
    """Who may only read makes no token that writes."""
    owner = await person(app)
    if not given:
        with pytest.raises(NotAllowed) as refused:
            await app.write(lambda w: people.make_token(w, owner, "x", scope, ceiling))
        assert refused.value.signed_in is True
        assert await app.read(lambda work: people.tokens(work, owner)) == []
        return
    token, secret = await app.write(lambda w: people.make_token(w, owner, "x", scope, ceiling))
    assert secret.startswith("rmd_")
    assert (token.owner, token.scope) == (owner, scope)
    assert await app.read(lambda work: people.token_bearer(work, secret)) == token


async def test_only_administrators_have_admin_tokens(app: App) -> None:
    """An owner who is no administrator gets no admin token, whoever asks."""
    await person(app)
    boris = await person(app, "boris@example.org")
    with pytest.raises(NotAllowed):
        await app.write(lambda w: people.make_token(w, boris, "x", "admin", "admin"))


async def test_a_revoked_token_is_nobodys(app: App) -> None:
    """A token is known until it is revoked, and only its owner revokes it; bad ones are named."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    token, secret = await app.write(lambda w: people.make_token(w, owner, "x", "read", "read"))
    with pytest.raises(NotFound):
        await app.write(lambda work: people.remove_token(work, boris, token.id))
    await app.write(lambda work: people.remove_token(work, owner, token.id))
    assert await app.read(lambda work: people.token_bearer(work, secret)) is None
    assert await app.read(lambda work: people.token_bearer(work, "")) is None
    found = await faults(app, lambda w: people.make_token(w, owner, "", "root", "read"))
    assert sorted(found) == ["name", "scope"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "de"),
        ("language", 5),
        ("timezone", "Mars/Base"),
        ("at", "25:00"),
        ("at", "nine"),
        ("quiet_hours", "22-8"),
        ("quiet_hours", "always"),
        ("lead_times", ["7"]),
        ("lead_times", "P7D"),
        ("inactivity_lead_times", [30]),
        ("after_times", ["-P1D"]),
        ("when_covered", "sometimes"),
        ("place", "kz"),
        ("pay", 5),
        ("email", "boris@example.org"),
        ("admin", True),
    ],
)
async def test_a_bad_setting_is_named(app: App, field: str, value: object) -> None:
    """What cannot be meant is refused by its field, and nothing changes."""
    owner = await person(app)
    before = await app.read(lambda work: people.me(work, owner))
    given = {field: value, "place": "abroad"} if field != "place" else {field: value}
    assert await faults(app, lambda work: people.change_me(work, owner, given)) == [field]
    assert await app.read(lambda work: people.me(work, owner)) == before


async def test_settings_change_and_go_back(app: App) -> None:
    """What is named changes and the rest stays; null is the config's default again."""
    owner = await person(app)

    async def change(given: Mapping[str, object]) -> Owner:
        return await app.write(lambda work: people.change_me(work, owner, given))

    mine = await change(
        {
            "at": "07:30",
            "quiet_hours": "",
            "lead_times": ["P1D", "P5D"],
            "after_times": ["P3D", "P1D"],
            "when_covered": "never",
            "language": "zh",
        }
    )
    expected = Habits(time(7, 30), "", (5, 1), None, (1, 3), WhenCovered.NEVER)
    assert (mine.habits, mine.language) == (expected, "zh")
    assert (await change({"place": "abroad"})).habits == expected
    nothing = dict.fromkeys(("at", "quiet_hours", "lead_times", "after_times", "when_covered"))
    assert (await change(nothing)).habits == Habits()


async def test_a_changed_hour_moves_what_comes(app: App) -> None:
    """A new hour or zone moves the next message of every line."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    await app.write(lambda w: people.change_me(w, owner, {"at": "12:00"}))
    view = await app.read(lambda work: line_store.all_of(work.session, owner))
    assert [k.line.id for k in view] == [line]
    await app.plan()
    due = await app.read(lambda work: owners.next_wake_at(work.session))
    assert due is not None
    assert due.isoformat() == "2026-11-24T09:00:00+00:00"


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
    with pytest.raises(NotFound):
        await app.write(lambda w: people.owner_link(w, OwnerId("own_none")))


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
