"""backup, restore."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, day

NUMBER = "+79161234567"


def _added(anna: Command, number: str = NUMBER) -> None:
    assert anna("add", number, "--renews-on", day(8)).code == 0


def test_a_backup_restores(anna: Command, folder: Path) -> None:
    """What was copied comes back; what stood there is kept; both say so in one line."""
    _added(anna)
    said = anna("backup", "copy.db")
    assert (said.code, "1 owner, 1 line, sound" in said.out) == (0, True)
    _added(anna, "+79160000000")
    said = anna("restore", "copy.db")
    assert said.code == 0
    assert "Restored 1 owner, 1 line" in said.out
    assert len(anna("list").out.splitlines()) == 1
    assert len(list((folder / "data").glob("reminder.db.before-*"))) == 1


def test_json_for_programs(anna: Command) -> None:
    """Programs get the counts."""
    said = anna("backup", "copy.db", "--json").json
    assert (said["owners"], said["lines"]) == (1, 0)
    assert anna("restore", "copy.db", "--json").json["kept"]


def test_refusals_are_one_line(
    anna: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No database, no copy, or PostgreSQL: exit 1 with one sentence."""
    (folder / "text.db").write_text("hello")
    assert "no backup" in anna("restore", "text.db").err
    assert "cannot be read" in anna("restore", "missing.db").err
    monkeypatch.setenv("REMINDER_SERVER__DATA_DIR", str(folder / "other"))
    assert "no database" in anna("backup", "copy.db").err
    monkeypatch.setenv("REMINDER_DATABASE__URL", "postgresql://u:p@127.0.0.1/x")
    assert "pg_dump" in anna("backup", "copy.db").err
