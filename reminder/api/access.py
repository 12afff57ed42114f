"""Who is calling, and what they may: bearer tokens, scopes, and the limits on both."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Generic, TypeVar

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
bearer = HTTPBearer(auto_error=False, description="An API token, `rmd_…`.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


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


C = TypeVar("C", bound=Caller | Administrator)
T = TypeVar("T")
_MACHINE = _Bearer(Scope.ADMIN, None)


@dataclass(frozen=True, slots=True)
class Entry(Generic[C]):
    """Somebody at the door. What they showed is looked up where their work is done, by ``look``:
    in the same turn of a thread, in the same state of the database. It finds None where their token
    is not known, which is counted for their ``address``."""

    gate: Gate
    address: str
    look: Callable[[Work], C | None]

    async def admit(self) -> C:
        """Who it is; raises NotAllowed."""
        return self._known(await self.gate.app.read(self.look))

    async def read(self, use: Callable[[Work, C], T]) -> T:
        """Do what changes nothing, if they may."""
        return self._known(await self.gate.app.read(partial(self._let_in, use)))[0]

    async def write(self, use: Callable[[Work, C], T], *, brief: bool) -> T:
        """Do it in one transaction, if they may. Where wrong tokens came from lately a token is
        read first, so that a stranger who tries many holds up no writer."""
        if self.gate.wrong.has_taken(self.address, self.gate.app.now()):
            await self.admit()
        work = partial(self._let_in, use)
        return self._known(await self.gate.app.write(work, brief=brief))[0]

    def _let_in(self, use: Callable[[Work, C], T], work: Work) -> tuple[T] | None:
        who = self.look(work)
        return None if who is None else (use(work, who),)

    def _known(self, found: T | None) -> T:
        if found is None:
            self.gate.wrong.take(self.address, self.gate.app.now())
            raise NotAllowed("This token is not known: it was mistyped or taken back")
        return found


def _entry(
    gate: Gate,
    request: Request,
    shown: HTTPAuthorizationCredentials | None,
    admitted: Callable[[Work, _Bearer], C],
) -> Entry[C]:
    """Somebody with a token, which may be good; it is counted, whatever it is."""
    if shown is None or not shown.credentials:
        raise NotAllowed("Send a token in the header Authorization: Bearer rmd_…")
    secret, own = shown.credentials, gate.app.local_token
    is_machine = own and hmac.compare_digest(secret.encode(), own.encode())
    if not is_machine:
        gate.calls.take(people.digest(secret), gate.app.now())

    def look(work: Work) -> C | None:
        bearer = _MACHINE if is_machine else _bearer_of(work, secret)
        return None if bearer is None else admitted(work, bearer)

    return Entry(gate, client_of(request.client.host if request.client else ""), look)


def _bearer_of(work: Work, secret: str) -> _Bearer | None:
    token = people.token_bearer(work, secret)
    return None if token is None else _Bearer(Scope(token.scope), token.owner)


def _check(bearer: _Bearer, needed: Scope) -> None:
    if not includes(bearer.scope, needed):
        raise NotAllowed(
            f"This token may {bearer.scope}; this call needs one that may {needed}", signed_in=True
        )


def _named(work: Work, email: str | None) -> OwnerId:
    """Whom the machine's own token acts for: the owner named, or the only one there is."""
    if email:
        return people.id_of(work, email)
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


def entry_of(
    needed: Scope, request: Request, shown: HTTPAuthorizationCredentials | None
) -> Entry[Caller]:
    """Somebody who wants to act for an owner, and needs that scope."""
    gate, email = gate_of(request), request.headers.get(OWNER_HEADER)

    def admitted(work: Work, bearer: _Bearer) -> Caller:
        _check(bearer, needed)
        owner = bearer.owner
        if owner is None:
            owner = _named(work, email)
        elif email:
            _check_named(work, owner, email)
        return Caller(gate.app, owner, bearer.scope)

    return _entry(gate, request, shown, admitted)


def administrator_of(
    gate: Gate, request: Request, shown: HTTPAuthorizationCredentials | None
) -> Entry[Administrator]:
    """The machine's own token, or, as it may turn out, an administrator's token of scope admin."""

    def admitted(work: Work, bearer: _Bearer) -> Administrator:
        _check(bearer, Scope.ADMIN)
        owner = bearer.owner
        if owner is not None and not people.me(work, owner).admin:
            raise NotAllowed("Only an administrator may do this", signed_in=True)
        return Administrator(gate.app, owner)

    return _entry(gate, request, shown, admitted)


def _admits(needed: Scope) -> Callable[[Request, Credentials], Awaitable[Caller]]:
    async def admit(request: Request, shown: Credentials) -> Caller:
        return await entry_of(needed, request, shown).admit()

    return admit


async def administering(request: Request, shown: Credentials) -> Administrator:
    """Admit the machine's own token, and an administrator's token of scope admin."""
    return await administrator_of(gate_of(request), request, shown).admit()


reading = _admits(Scope.READ)
writing = _admits(Scope.WRITE)
Reader = Annotated[Caller, Depends(reading)]
Writer = Annotated[Caller, Depends(writing)]
Admin = Annotated[Administrator, Depends(administering)]
