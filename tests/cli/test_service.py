"""Reaching a service that is elsewhere."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Command, day


def test_a_service_that_is_not_there(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """REMINDER_URL without an answer, or without a token, is one clear line."""
    monkeypatch.setenv("REMINDER_URL", "http://127.0.0.1:9")
    assert "REMINDER_TOKEN" in run("list").err
    monkeypatch.setenv("REMINDER_TOKEN", "rmd_x")
    said = run("list")
    assert (said.code, "does not answer" in said.err) == (1, True)


def test_lists_are_read_to_their_end(anna: Command) -> None:
    """A list shows every item, however many pages it has."""
    for n in range(3):
        assert anna("add", f"+7916123456{n}", "--renews-on", day(n + 1)).code == 0
    assert len(anna("list", "--json").json["items"]) == 3


def test_an_owner_that_cannot_be_sent(anna: Command) -> None:
    """An owner's name that no header takes is refused in one line."""
    said = anna("list", "--owner", "анна@example.org")
    assert (said.code, said.err.count("\n")) == (1, 1)
