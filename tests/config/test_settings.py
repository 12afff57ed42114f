"""Loading all settings: which source wins, what is refused, what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from reminder.config import Settings, load
from reminder.config.settings import KEYS
from reminder.errors import ConfigError

SECRET = "a-secret-that-nobody-may-see-0123456789"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An empty config file in a folder of its own."""
    path = tmp_path / "config.toml"
    path.touch()
    return path


def faults_of(config: Path, environ: dict[str, str]) -> list[str]:
    """The sentences with which a load is refused."""
    with pytest.raises(ConfigError) as caught:
        load(config, environ)
    return str(caught.value).split("\n")


def test_environment_beats_file_beats_default(config: Path) -> None:
    """The environment wins over the file and the file over the default, key by key."""
    config.write_text('[server]\nport = 9000\nhost = "0.0.0.0"\n', encoding="utf-8")
    settings = load(config, {"REMINDER_SERVER__PORT": "9001"})
    assert (settings.server.port, settings.server.host) == (9001, "0.0.0.0")
    sources = [settings.source_of(f"server.{key}") for key in ("port", "host", "base_url")]
    assert sources == ["environment", "file", "default"]
    assert settings.file == config


def test_without_a_file_the_defaults_apply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody names a file and there is none, the defaults apply from the current folder."""
    monkeypatch.chdir(tmp_path)
    settings = load(None, {})
    assert settings.file is None
    assert settings.server.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path}/data/reminder.db"


def test_the_file_of_the_current_folder_is_found(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``config.toml`` in the current folder is read without being named."""
    config.write_text("[server]\nport = 9000\n", encoding="utf-8")
    monkeypatch.chdir(config.parent)
    assert load(None, {}).server.port == 9000


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A file named by argument or by REMINDER_CONFIG that is not there stops the start."""
    absent = tmp_path / "absent.toml"
    with pytest.raises(ConfigError, match="no such file"):
        load(absent, {})
    with pytest.raises(ConfigError, match="no such file"):
        load(None, {"REMINDER_CONFIG": str(absent)})


def test_the_argument_beats_the_variable(config: Path, tmp_path: Path) -> None:
    """``--config`` wins over REMINDER_CONFIG."""
    assert load(config, {"REMINDER_CONFIG": str(tmp_path / "absent.toml")}).file == config


@pytest.mark.parametrize("folder", ["d", "./d"])
def test_relative_paths_start_from_the_file(config: Path, folder: str) -> None:
    """Data and a SQLite file are found from the config file's folder, not from the current one."""
    config.write_text(
        f'[server]\ndata_dir = "{folder}"\n[database]\nurl = "sqlite:///x/y.db"\n', encoding="utf-8"
    )
    settings = load(config, {})
    assert settings.server.data_dir == config.parent / "d"
    assert settings.database_url == f"sqlite:///{config.parent}/x/y.db"


def test_all_faults_are_told_at_once(config: Path) -> None:
    """Each fault is one sentence that begins with the key's full name; none hides another."""
    config.write_text(
        '[server]\nport = "many"\nprot = 1\n[reminders]\nlead_times = ["7"]\nlanguage = "de"\n'
        '[remainders]\nat = "09:00"\n',
        encoding="utf-8",
    )
    faults = faults_of(config, {"REMINDER_ENGINE__BATCH": "0", "REMINDER_SERVER__HOSTT": "x"})
    assert sorted(faults) == [
        "REMINDER_SERVER__HOSTT: there is no such setting; did you mean REMINDER_SERVER__HOST.",
        "engine.batch: must be from 1 to 10000.",
        "remainders: there is no such setting; did you mean reminders.",
        "reminders.language: must be 'zh', 'ru' or 'en'.",
        (
            'reminders.lead_times: "7" is no number of whole days from "0d" to "366d"; '
            'write it as "7d".'
        ),
        "server.port: must be a whole number, without quotes.",
        "server.prot: there is no such setting; did you mean server.port.",
    ]


@pytest.mark.parametrize("environ", [{}, {"REMINDER_SERVER__PORT": "9000"}])
def test_a_table_must_be_a_table(config: Path, environ: dict[str, str]) -> None:
    """A table's name used as a key is refused, and nothing in the environment hides that."""
    config.write_text("server = 3\n", encoding="utf-8")
    assert faults_of(config, environ) == ["server: must be a table of its own: [server]."]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REMINDER_EMAIL__URL", f"smtp://{SECRET}@host"),
        ("REMINDER_DATABASE__URL", f"mysql://u:{SECRET}@host"),
        ("REMINDER_SERVER__KEY", SECRET[:31]),
    ],
)
def test_a_fault_repeats_no_secret(config: Path, variable: str, value: str) -> None:
    """What is wrong with a secret is said without saying the secret."""
    assert SECRET[:31] not in "".join(faults_of(config, {variable: value}))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REMINDER_ENGINE__ROLE", "worker"),
        ("REMINDER_ENGINE__ROLE", "web"),
        ("REMINDER_ENGINE__HANDOVER", "nats://127.0.0.1:4222"),
    ],
)
def test_one_sqlite_file_is_not_shared(config: Path, variable: str, value: str) -> None:
    """What shares work between processes is refused on SQLite and welcome on PostgreSQL."""
    (fault,) = faults_of(config, {variable: value})
    assert fault.startswith("engine.")
    assert "PostgreSQL" in fault
    shared = {variable: value, "REMINDER_DATABASE__URL": "postgresql://u:p@h/d"}
    assert not load(config, shared).on_sqlite


def test_secrets_print_as_stars(config: Path) -> None:
    """No secret shows in what is described or printed; whether one is set does."""
    settings = load(
        config,
        {
            "REMINDER_SERVER__KEY": SECRET,
            "REMINDER_EMAIL__URL": f"smtp://u:{SECRET}@host",
            "REMINDER_DATABASE__URL": f"postgresql://u:{SECRET}@host/d",
        },
    )
    shown = {key: value for key, value, _ in settings.described()}
    assert shown["server.key"] == shown["email.url"] == shown["database.url"] == '"****"'
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings.described())
    assert SECRET in settings.database_url


def test_every_key_is_described(config: Path) -> None:
    """Each key is shown once, as config.toml would write it, with its source."""
    settings = load(config, {"REMINDER_REMINDERS__LEAD_TIMES": "7d,1d"})
    shown = settings.described()
    assert [key for key, _, _ in shown] == [key.name for key in KEYS]
    assert ("reminders.lead_times", '["7d", "1d"]', "environment") in shown
    assert ("server.port", "8080", "default") in shown
    assert ("email.url", '""', "default") in shown
    assert ("server.data_dir", f'"{config.parent}/data"', "default") in shown


def warned(settings: Settings) -> set[str]:
    """The keys that are warned about."""
    return {sentence.split()[0] for sentence in settings.warnings()}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, {"email.url"}),
        ({"REMINDER_EMAIL__URL": "smtp://h"}, {"server.base_url"}),
        ({"REMINDER_EMAIL__URL": "smtp://h", "REMINDER_SERVER__BASE_URL": "http://[::1]:1"},
         {"server.base_url"}),
        ({"REMINDER_EMAIL__URL": "smtp://h", "REMINDER_SERVER__BASE_URL": "https://r.org"}, set()),
        ({"REMINDER_ACCESS__SIGN_UP": "open"}, {"email.url", "access.sign_up"}),
        ({"REMINDER_WEBHOOKS__ALLOW_NETWORKS": "::/0"}, {"email.url", "webhooks.allow_networks"}),
        ({"REMINDER_SERVER__TRUSTED_PROXIES": "::/0"}, {"email.url", "server.trusted_proxies"}),
        ({"REMINDER_REMINDERS__AT": "07:59"}, {"email.url", "reminders.at"}),
        ({"REMINDER_REMINDERS__AT": "22:00"}, {"email.url", "reminders.at"}),
        ({"REMINDER_REMINDERS__AT": "08:00"}, {"email.url"}),
        ({"REMINDER_REMINDERS__QUIET_HOURS": "08:00-10:00"}, {"email.url", "reminders.at"}),
        ({"REMINDER_REMINDERS__QUIET_HOURS": ""}, {"email.url"}),
        ({"REMINDER_ENGINE__ROLE": "web", "REMINDER_DATABASE__URL": "postgresql://h/d"},
         {"email.url", "server.key"}),
    ],
)  # fmt: skip
def test_what_is_seldom_meant_is_warned_about(
    config: Path, environ: dict[str, str], expected: set[str]
) -> None:
    """Each setting that is allowed but seldom meant gives one sentence, and nothing else does."""
    assert warned(load(config, environ)) == expected
