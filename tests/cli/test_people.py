"""owner add, owner link, owner invite, token create, settings."""

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


def test_settings_are_told_and_changed(anna: Command) -> None:
    """Without an option they are printed; what is named is changed; a list then masks numbers, and
    whole ones can be asked for; what names one line finds it all the same."""
    anna("add", "+79161234567", "--renews-on", "2030-01-01")
    assert "numbers:        usual" in anna("settings").out
    said = anna("settings", "--numbers", "masked", "--at", "08:30", "--quiet-hours", "")
    assert "numbers:        masked" in said.out
    assert "at:             08:30" in said.out
    assert anna("settings", "--json").json["quiet_hours"] == ""
    assert "+7 916 ••• •• 67" in anna("list").out
    assert "+79161234567" in anna("list", "--whole").out
    assert "+79161234567" in anna("show", "8 916 123-45-67").out
    assert anna("settings", "--at", "25:00").code == 1
    assert anna("settings", "--numbers", "hidden").code == 2
