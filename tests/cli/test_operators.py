"""operators: the catalogue in the terminal."""

from __future__ import annotations

from tests.cli.conftest import Command


def test_all_and_one(run: Command) -> None:
    """The list names each operator; one is told with facts, days and ways to pay. No owner is
    needed."""
    assert "mts" in run("operators").out
    said = run("operators", "mts", "--language", "ru", "--place", "abroad").out
    assert said.startswith("МТС (mts)")
    assert "https://" in said
    assert "  1. " in said
    assert run("operators", "mts", "--json").json["id"] == "mts"
