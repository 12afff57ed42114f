"""Exit codes, global options, and how quickly help comes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reminder import __version__
from tests.cli.conftest import Command, day


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["add"],
        ["list", "--colour"],
        ["balance"],
        ["snooze", "mum"],
        ["channel", "add", "pigeon", "x"],
        ["token", "create", "x", "--scope", "root"],
        ["rehearse", "mum", "--months", "many"],
        ["preview", "mum", "--format", "pdf"],
        ["--config"],
    ],
)
def test_wrong_usage_is_two(run: Command, arguments: list[str]) -> None:
    """Wrong usage exits 2, with one line on stderr and nothing on stdout."""
    said = run(*arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("reminder: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["show", "nobody"],
        ["--config", "missing.toml", "list"],
        ["operators", "nokia"],
        ["owner", "link", "nobody@example.org"],
        ["owner", "add", "nobody"],
    ],
)
def test_refused_is_one(run: Command, arguments: list[str]) -> None:
    """What is refused exits 1, with one clear line on stderr and nothing on stdout."""
    said = run(*arguments)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("reminder: ")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


def test_a_refusal_names_the_fields(anna: Command) -> None:
    """Fields that are wrong are named with what would be right."""
    said = anna("add", "12", "--renews-on", "soon", "--fee", "much")
    assert said.code == 1
    assert {"number:", "renews_on:", "fee:"} <= set(said.err.split())


def test_version(run: Command) -> None:
    """``--version`` prints the version."""
    assert run("--version").out.strip() == __version__


def test_json_stands_before_or_after_the_command(anna: Command) -> None:
    """``--json`` is understood on both sides of the command, and prints what the API answers."""
    empty: dict[str, object] = {"items": [], "next": None}
    assert anna("--json", "list").json == anna("list", "--json").json == empty


def test_the_config_file_may_be_named(anna: Command, tmp_path: Path) -> None:
    """``--config`` leads to another service; its paths start from its own folder."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.toml").write_text("")
    named = ("--config", str(other / "config.toml"))
    assert anna(*named, "list").code == 1
    assert anna(*named, "owner", "add", "boris@example.org").code == 0
    assert (other / "data" / "reminder.db").exists()


def test_a_broken_config_names_the_key(run: Command, tmp_path: Path) -> None:
    """A config file that is wrong exits 1 and names the key."""
    (tmp_path / "config.toml").write_text("[server]\nport = 0\n")
    said = run("list")
    assert said.code == 1
    assert "server.port" in said.err


def test_several_owners_must_be_named(anna: Command) -> None:
    """With two owners ``--owner`` says who is meant; without it the command is refused."""
    anna("owner", "add", "boris@example.org")
    said = anna("list")
    assert said.code == 1
    assert "--owner" in said.err
    new = ("add", "+79161234567", "--renews-on", day(5))
    assert anna(*new, "--owner", "boris@example.org").code == 0
    assert anna("list", "--owner", "anna@example.org").out == ""
    assert "+79161234567" in anna("list", "--owner", "boris@example.org").out


def test_help_loads_no_command() -> None:
    """``--help`` loads neither the service nor the HTTP client: it must be quick."""
    code = (
        "import sys; from reminder.cli import main; main(['--help']); "
        "print([m for m in ('httpx', 'fastapi', 'sqlmodel', 'reminder.app') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert "topped-up" in done.stdout
    assert done.stdout.strip().endswith("[]")
