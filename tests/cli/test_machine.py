"""config check, doctor, migrate, serve: on the machine itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reminder.cli.machine import _followed
from reminder.config import load
from reminder.storage.versions import newest
from tests.cli.conftest import ANNA, Command, day
from tests.fakes.postgres import PostgresServer
from tests.storage.test_migrations import engine_of, upgrade


def test_config_check_prints_settings_and_sources(
    run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every setting stands with its value and source; secrets are stars."""
    monkeypatch.setenv("REMINDER_SERVER__KEY", "k" * 40)
    said = run("config", "check")
    assert said.code == 0
    rows = {line.split()[0]: line for line in said.out.splitlines() if line}
    assert rows["server.key"].split()[1:] == ['"****"', "environment"]
    assert "kkkk" not in said.out
    assert "Note: email.url is empty" in said.out
    assert run("config", "check", "--json").json["warnings"]


def test_migrate_then_doctor(run: Command, folder: Path) -> None:
    """After ``migrate`` the database is there, and ``doctor`` finds all in order."""
    assert run("migrate").code == 0
    assert (folder / "data" / "reminder.db").exists()
    said = run("doctor")
    assert said.code == 0
    assert "WRONG" not in said.out
    assert sqlite3.sqlite_version in said.out


def test_doctor_makes_nothing(run: Command, folder: Path) -> None:
    """In a folder without data all is in order, and afterwards it is as empty as before."""
    said = run("doctor")
    assert said.code == 0
    assert "data/reminder.db is made at the first start" in said.out
    assert [one.name for one in folder.iterdir()] == ["config.toml"]


def test_doctor_leaves_old_tables_as_they_are(run: Command, folder: Path) -> None:
    """It says of which version the tables are, what brings them to the newest and what to do
    before; the old program can go on with them."""
    (folder / "data").mkdir(mode=0o700)
    file = folder / "data" / "reminder.db"
    engine = engine_of(f"sqlite:///{file}")
    with engine.begin() as connection:
        upgrade(connection, "0001")
    engine.dispose()
    before = file.read_bytes()
    said = run("doctor", "--json")
    (detail,) = (one["detail"] for one in said.json["findings"] if one["subject"] == "database")
    assert said.code == 0
    assert "of version 0001: the next start of this program, or reminder migrate" in detail
    assert "make a copy before" in detail
    assert file.read_bytes() == before
    assert [one.name for one in (folder / "data").iterdir()] == ["reminder.db"]
    assert run("migrate").code == 0
    assert f"its tables are of version {newest()}" in " ".join(run("doctor").out.split())


def test_doctor_names_a_folder_that_cannot_be_made(run: Command, folder: Path) -> None:
    """Where a file stands in the way of the data folder, that is wrong."""
    (folder / "config.toml").write_text('[server]\ndata_dir = "file/data"\n')
    (folder / "file").touch()
    said = run("doctor")
    assert said.code == 1
    assert "cannot be made in" in said.out


def test_doctor_sees_an_open_folder(run: Command, folder: Path) -> None:
    """A data folder that others may look into is wrong: exit 1, and the remedy is told."""
    run("migrate")
    (folder / "data").chmod(0o755)
    said = run("doctor")
    assert said.code == 1
    assert "chmod 700" in said.out


def test_doctor_names_a_broken_file_on_operators(run: Command, folder: Path) -> None:
    """A site's file that was left out is wrong: exit 1, and the sentence says what is right."""
    run("migrate")
    assert "31 known" in run("doctor").out
    (folder / "data" / "operators").mkdir()
    (folder / "data" / "operators" / "acme.toml").write_text('id = "acme"\nmethod = 1\n')
    said = run("doctor")
    assert said.code == 1
    assert "method: this key is not known; did you mean methods?" in said.out


def test_a_running_service_is_found(run: Command, folder: Path) -> None:
    """While a service runs commands go through it, and ``migrate`` is refused; a file left by a
    killed one does not count."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "reminder", "serve", "--port", str(port)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    service = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True)
    assert service.stdout is not None
    try:
        lines = iter(service.stdout.readline, "")
        assert any(line.startswith("Sign in: ") for line in lines)
        said = json.loads((folder / "data" / "service.json").read_text())
        assert said["address"].endswith(f":{port}")
        assert run("owner", "add", ANNA).code == 0
        assert run("add", "+79161234567", "--renews-on", day(8)).code == 0
        assert "+79161234567" in run("list").out
        assert "behind by" in run("doctor").out
        assert run("migrate").code == 1
        service.send_signal(signal.SIGKILL)
        service.wait(10)
        assert (folder / "data" / "service.json").exists()
        assert "+79161234567" in run("list").out
    finally:
        service.kill()
        service.wait(10)
        service.stdout.close()


def test_links_follow_the_port() -> None:
    """Who says only another port finds links that lead there, by whatever way it was said; a
    proxy's address is left alone."""
    port = {"REMINDER_SERVER__PORT": "9000"}
    assert _followed(load(None, port), told=False) == "http://localhost:9000"
    assert _followed(load(None, {}), told=True) is None
    named = port | {"REMINDER_SERVER__BASE_URL": "http://127.0.0.1:8000"}
    assert _followed(load(None, named), told=False) is None
    assert _followed(load(None, named), told=True) == "http://127.0.0.1:9000"
    proxied = port | {"REMINDER_SERVER__BASE_URL": "https://reminder.example.org"}
    assert _followed(load(None, proxied), told=True) is None


def test_a_broken_template_is_named(run: Command, folder: Path) -> None:
    """``config check`` and ``doctor`` name a broken template with its file, line and what is
    missing, and are not stopped by it."""
    path = folder / "data" / "templates" / "reminder.txt.j2"
    path.parent.mkdir(parents=True)
    (folder / "data").chmod(0o700)
    path.write_text("{{ blocks[0].heading }}\n{{ bloks }}\n", encoding="utf-8")
    run("migrate")
    for words in (("config", "check"), ("doctor",)):
        said = run(*words)
        assert said.code == 0
        assert f"{path}, line 2: 'bloks' is undefined" in said.out.replace("\n", "")
        assert "'bloks'" in str(run(*words, "--json").json["warnings"])


def test_everything_moves_to_postgresql(
    anna: Command, folder: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``database.url`` set to an empty PostgreSQL, ``migrate --from`` brings the file's rows
    there and says how many; a second time it refuses, because somebody is there."""
    assert anna("add", "+79161234567", "--renews-on", day(8)).code == 0
    monkeypatch.setenv("REMINDER_DATABASE__URL", postgres.url(postgres.create()))
    said = anna("migrate", "--from", "data/reminder.db")
    assert said.code == 0
    assert "Moved 1 owner, 1 line, 0 deliveries" in said.out
    (kept,) = (folder / "data").glob("reminder.db.moved-*")
    assert f"The old file is data/{kept.name}" in said.out
    assert "+7" in anna("list").out
    again = anna("migrate", "--from", str(kept))
    assert (again.code, "not empty" in again.err) == (1, True)
