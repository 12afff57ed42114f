"""key rotate."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command


def test_a_new_key(anna: Command, folder: Path) -> None:
    """It says what was sealed and where the old key is; commands go on with the new one."""
    before = (folder / "data" / "key").read_bytes()
    said = anna("key", "rotate")
    assert (said.code, "Sealed 1 channels" in said.out) == (0, True)
    assert (folder / "data" / "key").read_bytes() != before
    (kept,) = (folder / "data").glob("key.before-*")
    assert kept.read_bytes() == before
    assert "anna@example.org" in anna("channel", "list").out
    assert anna("key", "rotate", "--json").json["to_set"] == ""
