"""The file and the environment as sources of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from reminder.config.sources import Key, hint, read_environment, read_file
from reminder.errors import ConfigError

KEYS = (
    Key("server.port", 8080),
    Key("server.key", "", secret=True),
    Key("reminders.lead_times", ["7d"]),
    Key("reminders.quiet_hours", "22:00-08:00"),
)


@pytest.mark.parametrize(
    ("variable", "written", "name", "expected"),
    [
        ("REMINDER_SERVER__PORT", "9000", "server.port", 9000),
        ("REMINDER_SERVER__PORT", "many", "server.port", "many"),
        ("REMINDER_REMINDERS__LEAD_TIMES", "7d, 1d", "reminders.lead_times", ["7d", "1d"]),
        ("REMINDER_REMINDERS__LEAD_TIMES", '["3d"]', "reminders.lead_times", ["3d"]),
        ("REMINDER_REMINDERS__LEAD_TIMES", "", "reminders.lead_times", []),
        ("REMINDER_REMINDERS__LEAD_TIMES", "[7d", "reminders.lead_times", "[7d"),
        ("REMINDER_REMINDERS__QUIET_HOURS", "", "reminders.quiet_hours", ""),
    ],
)
def test_a_variable_gets_its_keys_shape(
    variable: str, written: str, name: str, expected: object
) -> None:
    """A variable's text becomes what the key would hold in the file."""
    assert read_environment(KEYS, {variable: written}, Path()) == ({name: expected}, [])


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    """``…_FILE`` names a file from the config's folder; the line break at its end is dropped."""
    (tmp_path / "key.txt").write_text("hidden words \n", encoding="utf-8")
    found = read_environment(KEYS, {"REMINDER_SERVER__KEY_FILE": "key.txt"}, tmp_path)
    assert found == ({"server.key": "hidden words "}, [])


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"REMINDER_SERVER__PROT": "1"}, "did you mean REMINDER_SERVER__PORT"),
        ({"REMINDER_SERVER__PORT_FILE": "x"}, "no such setting"),
        ({"REMINDER_SERVER__KEY_FILE": "absent"}, "server.key: the file"),
        ({"REMINDER_SERVER__KEY": "a", "REMINDER_SERVER__KEY_FILE": "b"}, "keep one"),
    ],
)
def test_a_wrong_variable_is_named(environ: dict[str, str], says: str, tmp_path: Path) -> None:
    """An unknown variable, a missing secret file or a secret set twice is one sentence each."""
    _, faults = read_environment(KEYS, environ, tmp_path)
    assert len(faults) == 1
    assert says in faults[0]


def test_other_variables_are_left_alone() -> None:
    """Variables that are no settings (REMINDER_CONFIG, REMINDER_TOKEN, PATH) are not read."""
    environ = {"REMINDER_CONFIG": "x", "REMINDER_TOKEN": "y", "PATH": "z", "OTHER__KEY": "1"}
    assert read_environment(KEYS, environ, Path()) == ({}, [])


@pytest.mark.parametrize("content", [b"[server\n", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    """A file that is no TOML in UTF-8 is refused with its path."""
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"config\.toml: is no valid TOML"):
        read_file(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A path that is no file is refused with its name, not with a traceback."""
    with pytest.raises(ConfigError, match="cannot be read"):
        read_file(tmp_path)


def test_a_hint_needs_a_near_name() -> None:
    """The nearest name is offered, and nothing when none is near."""
    assert hint("server.prot", ["server.port"]) == "; did you mean server.port"
    assert hint("nothing", ["server.port"]) == ""
