"""Who is calling, and what they may: bearer tokens, scopes, and the limits on both."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from reminder.api.limits import A_TOKEN, WRONG_TOKENS, Buckets
from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import Conflict, NotAllowed, NotFound
from reminder.service import people
from reminder.service.limits import client_of
from reminder.service.people import Scope
from reminder.service.work import Work

OWNER_HEADER = "x-reminder-owner"
_bearer = HTTPBearer(auto_error=False, description="An API token, `rmd_…`.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def includes(scope: Scope, needed: Scope) -> bool:
    """Whether a scope is enough where ``needed`` is asked for."""
    order = list(Scope)
    return order.index(scope) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller whose token was good, and the owner they act for."""

    app: App
    owner: OwnerId
    scope: Scope


@dataclass(frozen=True, slots=True)
class Administrator:
    """A caller who may add owners. ``owner`` is missing for the machine's own token, which needs
    none."""

    app: App
    owner: OwnerId | None


@dataclass(frozen=True, slots=True)
class Gate:
    """The service, and the limits that hold while this process runs."""

    app: App
    calls: Buckets = field(
        default_factory=lambda: Buckets(A_TOKEN, "This token called too often: come again later")
    )
    wrong: Buckets = field(
        default_factory=lambda: Buckets(WRONG_TOKENS, "Too many wrong tokens from this address")
    )


def gate_of(request: Request) -> Gate:
    """The gate that the application was made with."""
    gate: Gate = request.app.state.gate
    return gate


@dataclass(frozen=True, slots=True)
class _Bearer:
    scope: Scope
    owner: OwnerId | None
    is_machine: bool


async def _bearer_of(gate: Gate, request: Request, shown: Credentials) -> _Bearer:
    app, now = gate.app, gate.app.now()
    if shown is None or not shown.credentials:
        raise NotAllowed("Send a token in the header Authorization: Bearer rmd_…")
    secret = shown.credentials
    if app.local_token and hmac.compare_digest(secret.encode(), app.local_token.encode()):
        return _Bearer(Scope.ADMIN, None, is_machine=True)
    token = await app.read(lambda work: people.token_bearer(work, secret))
    if token is None:
        gate.wrong.take(client_of(request.client.host if request.client else ""), now)
        raise NotAllowed("This token is not known: it was mistyped or taken back")
    gate.calls.take(token.id, now)
    return _Bearer(Scope(token.scope), token.owner, is_machine=False)


def _check(bearer: _Bearer, needed: Scope) -> None:
    if not includes(bearer.scope, needed):
        raise NotAllowed(
            f"This token may {bearer.scope}; this call needs one that may {needed}", signed_in=True
        )


def _named(work: Work, email: str | None) -> OwnerId:
    """Whom the machine's own token acts for: the owner named, or the only one there is."""
    if email:
        return people.by_email(work, email).id
    everyone = people.everyone(work)
    if not everyone:
        raise NotFound("There is no owner yet: add one with reminder owner add ADDRESS")
    if len(everyone) > 1:
        raise Conflict(
            f"There are {len(everyone)} owners: name one, with --owner ADDRESS or the header "
            "X-Reminder-Owner"
        )
    return everyone[0].id


def _check_named(work: Work, owner: OwnerId, email: str) -> None:
    """Refuse a token of one owner that names another, rather than act for the wrong one."""
    if people.me(work, owner).email != email.strip():
        raise NotAllowed(f"This token acts for its own owner, not for {email}", signed_in=True)


def _admits(needed: Scope) -> Callable[[Request, Credentials], Awaitable[Caller]]:
    async def admit(request: Request, shown: Credentials) -> Caller:
        gate = gate_of(request)
        bearer = await _bearer_of(gate, request, shown)
        _check(bearer, needed)
        email = request.headers.get(OWNER_HEADER)
        owner = bearer.owner
        if owner is None:
            owner = await gate.app.read(lambda work: _named(work, email))
        elif email:
            await gate.app.read(lambda work: _check_named(work, owner, email))
        return Caller(gate.app, owner, bearer.scope)

    return admit


async def administering(request: Request, shown: Credentials) -> Administrator:
    """Admit the machine's own token, and an administrator's token of scope admin."""
    return await admit_administrator(gate_of(request), request, shown)


async def admit_administrator(
    gate: Gate, request: Request, shown: HTTPAuthorizationCredentials | None
) -> Administrator:
    """The same, where no dependency finds the gate."""
    bearer = await _bearer_of(gate, request, shown)
    _check(bearer, Scope.ADMIN)
    owner = bearer.owner
    if owner is not None and not (await gate.app.read(lambda work: people.me(work, owner))).admin:
        raise NotAllowed("Only an administrator may do this", signed_in=True)
    return Administrator(gate.app, owner)


reading = _admits(Scope.READ)
writing = _admits(Scope.WRITE)
Reader = Annotated[Caller, Depends(reading)]
Writer = Annotated[Caller, Depends(writing)]
Admin = Annotated[Administrator, Depends(administering)]
