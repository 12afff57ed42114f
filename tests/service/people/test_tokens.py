"""Promises of reminder/service/people/tokens.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.errors import NotAllowed, NotFound
from reminder.service import people
from tests.service.samples import faults, person


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
