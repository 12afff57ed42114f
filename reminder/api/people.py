"""``/me``, ``/owners``, ``/tokens``: people, their settings and their keys."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from reminder.api import accounts, requests, showing
from reminder.api.access import Admin, Administrator, Caller, Reader, Writer
from reminder.api.answers import content, empty, listed, shown, text
from reminder.api.bodies import Body
from reminder.api.calls import Call, router
from reminder.api.paging import USUAL, Cursor, Limit, page
from reminder.api.posting import AdminPosted, Answer, Posted
from reminder.domain.ids import OwnerId, TokenId
from reminder.domain.owner import LANGUAGES, Owner
from reminder.domain.schedule import zone
from reminder.service import calendar, people, second_contact
from reminder.service.fields import Fields
from reminder.service.work import Work

_OWNER = frozenset({"address", "admin", "language", "timezone"})


def routes() -> APIRouter:
    """The calls of these nouns."""
    return router(
        "people",
        Call("GET", "/me", me, accounts.Me),
        Call("PATCH", "/me", change_me, accounts.Me, requests.MePatch),
        Call("POST", "/me/calendar", renew_calendar, accounts.Me, requests.Nothing),
        Call("GET", "/owners", owners, accounts.Owners),
        Call("POST", "/owners", add_owner, accounts.Owner, requests.NewOwner, 201),
        Call("POST", "/owners/{owner}/link", link, accounts.SignInLink, requests.Nothing, 201),
        Call("POST", "/invitations", invite, accounts.SignInLink, requests.Nothing, 201),
        Call("GET", "/tokens", tokens, accounts.Tokens),
        Call("POST", "/tokens", make_token, accounts.Token, requests.NewToken, 201),
        Call("DELETE", "/tokens/{token}", remove_token, status=204),
    )


async def me(caller: Reader) -> Response:
    """Your settings as they are in force."""
    return shown(await caller.app.read(lambda work: _me(work, people.me(work, caller.owner))))


def _me(work: Work, one: Owner) -> accounts.Me:
    second = second_contact.current(work, one)
    return showing.me(one, work.desk.habits, second, calendar.address(work.desk, one))


async def change_me(caller: Writer, body: Body) -> Response:
    """Change your settings; null puts the service's default back."""
    return shown(
        await caller.app.write(
            lambda work: _me(work, people.change_me(work, caller.owner, body)),
        )
    )


async def renew_calendar(post: Posted) -> Response:
    """Give your calendar feed a new address; the old one answers 404 from now on."""

    def use(work: Work, caller: Caller) -> Answer:
        Fields(post.body, frozenset()).check()
        return Answer(200, text(_me(work, calendar.renew(work, caller.owner))))

    return await post.answer(use)


async def owners(caller: Admin, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """Every owner, for an administrator."""
    found = await caller.app.read(people.everyone)
    chosen, following = page(found, lambda one: one.id, limit, cursor)
    return shown(accounts.Owners(items=[showing.owner(one) for one in chosen], next=following))


async def add_owner(post: AdminPosted) -> Response:
    """Add an owner; the first is administrator."""

    def use(work: Work, _: Administrator) -> Answer:
        one = _new_owner(work, post.body)
        return Answer(201, text(showing.owner(one)))

    return await post.answer(use)


def _new_owner(work: Work, body: Mapping[str, object]) -> Owner:
    fields = Fields(body, _OWNER)
    address, admin = fields.text("address", 254, blank=True), fields.flag("admin")
    language, home = fields.text("language", 40), fields.text("timezone", 60)
    if language is not None and language not in LANGUAGES:
        fields.fault("language", f"Choose one of: {', '.join(LANGUAGES)}")
    if home is not None:
        fields.take(lambda: zone(home), None)
    if address is None:
        fields.fault("address", people.ONE_ADDRESS, "required")
    else:
        fields.take(lambda: people.address_of(address, "address"), "")
    fields.check()
    return people.add_owner(work, address or "", bool(admin), language, home)


async def link(owner: str, post: AdminPosted) -> Response:
    """Make a link that signs an owner in once."""

    def use(work: Work, _: Administrator) -> Answer:
        Fields(post.body, frozenset()).check()
        path = people.owner_link(work, OwnerId(owner))
        return Answer(201, "{}", once={"url": post.app.settings.server.base_url + path})

    return await post.answer(use)


async def invite(post: AdminPosted) -> Response:
    """Make a link by which one stranger may begin, within a week; 403 where sign-up is closed."""

    def use(work: Work, caller: Administrator) -> Answer:
        Fields(post.body, frozenset()).check()
        path = people.invitation(work, caller.owner)
        return Answer(201, "{}", once={"url": post.app.settings.server.base_url + path})

    return await post.answer(use)


def _token(one: object) -> accounts.Token:
    return accounts.Token.model_validate(one, from_attributes=True)


async def tokens(caller: Reader, limit: Limit = USUAL, cursor: Cursor = None) -> Response:
    """Your API tokens, without their secrets."""
    found = await caller.app.read(lambda work: people.tokens(work, caller.owner))
    chosen, following = page(found, lambda one: one.id, limit, cursor)
    return listed([content(_token(one), without_none=True) for one in chosen], following)


async def make_token(post: Posted) -> Response:
    """Make a token; its secret is in this answer and nowhere else."""

    def use(work: Work, caller: Caller) -> Answer:
        fields = Fields(post.body, frozenset({"name", "scope"}))
        name, scope = fields.text("name", 100, blank=True), fields.choice("scope", people.Scope)
        if name is None:
            fields.fault("name", "Name what the token is for", "required")
        fields.check()
        wanted = scope or people.Scope.WRITE
        one, secret = people.make_token(work, caller.owner, name or "", wanted, caller.scope)
        return Answer(201, text(_token(one), without_none=True), once={"token": secret})

    return await post.answer(use)


async def remove_token(token: str, caller: Writer) -> Response:
    """Take a token back."""
    one, scope = TokenId(token), caller.scope
    await caller.app.write(lambda work: people.remove_token(work, caller.owner, one, scope))
    return empty()
