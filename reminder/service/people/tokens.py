"""API tokens: made, listed, taken back; a secret is shown once and kept as a digest."""

from __future__ import annotations

from enum import StrEnum

from reminder.domain.ids import OwnerId, TokenId
from reminder.errors import NotAllowed
from reminder.service.fields import Fields
from reminder.service.people.secrets import digest, fresh
from reminder.service.work import Work
from reminder.storage import owners
from reminder.storage.owners import ApiToken

__all__ = ["ApiToken", "Scope", "make_token", "remove_token", "token_bearer", "tokens"]

TOKEN_PREFIX = "rmd_"  # noqa: S105 - the mark of a token, not one


class Scope(StrEnum):
    """What a token may do; each includes the one before."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


def make_token(
    work: Work, owner: OwnerId, name: str, scope: str, ceiling: str
) -> tuple[ApiToken, str]:
    """Make an API token, never above the ``ceiling`` of who asks; its secret is shown this once."""
    fields = Fields({"name": name, "scope": scope}, frozenset({"name", "scope"}))
    called, asked = fields.text("name", 100, blank=True), fields.choice("scope", Scope)
    if called is None:
        fields.fault("name", "Name what the token is for", "required")
    fields.check()
    order = list(Scope)
    if asked is None or order.index(asked) > order.index(Scope(ceiling)):
        raise NotAllowed(f"A token cannot do more than {ceiling}", signed_in=True)
    if asked is Scope.ADMIN and not owners.get(work.session, owner).admin:
        raise NotAllowed("Only an administrator has admin tokens", signed_in=True)
    token = ApiToken(TokenId(work.new_id("tok")), owner, called or "", asked.value, work.now)
    secret = TOKEN_PREFIX + fresh(work)
    owners.add_token(work.session, token, digest(secret))
    return token, secret


def tokens(work: Work, owner: OwnerId) -> list[ApiToken]:
    """An owner's tokens, without their secrets."""
    return owners.tokens(work.session, owner)


def remove_token(work: Work, owner: OwnerId, token: TokenId, ceiling: str = Scope.ADMIN) -> None:
    """Revoke a token, never one above the ``ceiling`` of who asks."""
    order = list(Scope)
    held = [t for t in owners.tokens(work.session, owner) if t.id == token]
    if any(order.index(Scope(t.scope)) > order.index(Scope(ceiling)) for t in held):
        raise NotAllowed(f"A token cannot do more than {ceiling}", signed_in=True)
    owners.remove_token(work.session, owner, token)


def token_bearer(work: Work, secret: str) -> ApiToken | None:
    """The token of that secret, if it is one of ours."""
    return owners.token_of(work.session, digest(secret))
