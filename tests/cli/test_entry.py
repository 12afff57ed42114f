"""Exit codes, global options, and how quickly help comes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reminder import __version__
from reminder.cli.commands import COMMANDS, GROUPS
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


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["channel", "--help"]])
def test_help_loads_nothing(words: list[str]) -> None:
    """Help on what there is loads neither a command nor what parses one: it comes at once."""
    loaded = _loaded_by(f"main({words!r})", "cyclopts", "httpx", "pydantic", "sqlmodel")
    assert loaded == []


def test_who_reads_help_may_stop_early() -> None:
    """``reminder --help | head -1``: a reader that has gone is no error."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "reminder", "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_commands_help_loads_no_service() -> None:
    """Help on one command loads neither the service nor the HTTP client."""
    for name in ("add", "serve"):
        assert _loaded_by(f"main([{name!r}, '--help'])", "httpx", "fastapi", "sqlmodel") == []


def test_a_command_loads_no_service_where_one_runs() -> None:
    """Where another process is the service, a command loads no engine, and no database."""
    ask = "import os; os.environ.update(REMINDER_URL='http://127.0.0.1:9', REMINDER_TOKEN='x'); "
    assert _loaded_by(f"{ask}main(['list'])", "fastapi", "sqlmodel", "reminder.engine") == []
    assert _loaded_by("import reminder.service.folder", "sqlmodel") == []


def _loaded_by(code: str, *modules: str) -> list[str]:
    """Which of the modules are loaded once the code has run."""
    ending = f"import sys; print('Loaded', *[m for m in {modules!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"from reminder.cli import main; {code}; {ending}"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout.rpartition("Loaded")[2].split()


def test_help_names_every_command(run: Command) -> None:
    """Help names every command with its sentence, and the options that all of them take."""
    said = run("--help").out
    for name, _, says in COMMANDS:
        assert re.search(rf"^  {name} +{re.escape(says)}$", said, re.MULTILINE), name
    for name, says, commands in GROUPS:
        assert re.search(rf"^  {name} +{re.escape(says)}$", said, re.MULTILINE), name
        page = run(name, "--help").out
        assert page.startswith(f"Usage: reminder {name} COMMAND")
        assert all(f"  {one} " in page for one, _, _ in commands)
    assert {"--config", "--json", "--version"} <= set(said.split())
    assert "webhook" in run("channel", "add", "--help").out
    assert "--renews-on" in run("add", "--help").out
