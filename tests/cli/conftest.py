"""The command line in a folder of its own, with the API mounted in the same process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reminder.cli import main

ANNA = "anna@example.org"


@dataclass(frozen=True)
class Said:
    """What one command did: exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a config file, which is where commands run."""
    (tmp_path / "config.toml").write_text('[server]\ndata_dir = "data"\n')
    monkeypatch.chdir(tmp_path)
    for name in ("REMINDER_URL", "REMINDER_TOKEN", "REMINDER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command."""

    def command(*arguments: str) -> Said:
        code = main(arguments)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return command


@pytest.fixture
def anna(database_url: str, run: Command) -> Command:
    """Run a command where Anna is the only owner, in the data folder that is the usual one."""
    assert database_url.endswith("/data/reminder.db")
    assert run("owner", "add", ANNA).code == 0
    return run


def day(ahead: int) -> str:
    """A day so many days from today in the owner's zone of the defaults."""
    today: date = (datetime.now(UTC) + timedelta(hours=3)).date()
    return (today + timedelta(days=ahead)).isoformat()
