"""owner add, owner link, owner invite, token create."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ANNA, Command


def test_the_first_owner_is_administrator(run: Command) -> None:
    """The first owner is administrator, the second only if it is said."""
    assert run("owner", "add", ANNA, "--json").json["admin"] is True
    assert run("owner", "add", "boris@example.org", "--json").json["admin"] is False
    assert run("owner", "add", ANNA).code == 1


def test_a_link_stands_alone(anna: Command) -> None:
    """``owner link`` prints an address to open and nothing else."""
    said = anna("owner", "link", ANNA).out.splitlines()
    assert len(said) == 1
    assert said[0].startswith("http://localhost:8080/sign-in/")


def test_a_token_stands_on_the_last_line(anna: Command) -> None:
    """``token create`` prints the token alone on the last line."""
    said = anna("token", "create", "phone", "--scope", "read")
    assert said.code == 0
    assert said.out.splitlines()[-1].startswith("rmd_")


def test_an_admin_token_needs_an_administrator(anna: Command) -> None:
    """Who is no administrator gets no token of scope admin."""
    anna("owner", "add", "boris@example.org")
    wish = ("token", "create", "x", "--scope", "admin")
    assert anna(*wish, "--owner", "boris@example.org").code == 1
    assert anna(*wish, "--owner", ANNA).code == 0


def test_an_invitation_stands_alone_where_sign_up_lets_it(
    anna: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``owner invite`` prints an address to open; where sign-up is closed it says what to do."""
    refused = anna("owner", "invite")
    assert refused.code == 1
    assert 'access.sign_up is "closed"' in refused.err
    monkeypatch.setenv("REMINDER_ACCESS__SIGN_UP", "invite")
    said = anna("owner", "invite").out.splitlines()
    assert len(said) == 1
    assert said[0].startswith("http://localhost:8080/sign-in/")
