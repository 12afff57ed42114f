"""Promises of reminder/service/moving.py, on a real PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook
from time_machine import travel

from reminder.app import App, open_app
from reminder.config import Settings
from reminder.errors import StorageError
from reminder.service import acts, backups, channels, lines, moving, people
from reminder.storage.database import Lock
from tests.conftest import START, HandClock, line_fields, settings_in
from tests.fakes import SmtpSink, WebhookSink
from tests.service.samples import person, register

DUE, AFTER, NEXT = "2026-11-24T06:00:00", "2026-11-25T06:00:00", "2026-11-28T06:00:00"


@pytest.fixture
def dialect() -> str:
    """Where to: a PostgreSQL, empty but for its tables."""
    return "postgresql"


def on(folder: Path, url: str, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings in the same folder, with the same key, on that database."""
    return settings_in(folder, {**(environ or {}), "REMINDER_DATABASE__URL": url})


def file_in(folder: Path) -> Path:
    """The SQLite file of a service."""
    return folder / "data" / "reminder.db"


async def _beat(app: App, clock: HandClock, at: str) -> None:
    clock.set(at)
    await app.plan()
    await app.ensure_sender().drain()


async def test_nothing_is_sent_twice_and_nothing_lost(
    tmp_path: Path, clock: HandClock, database_url: str
) -> None:
    """A mail that left does not leave again, one that had not arrives under the same id, the
    webhook signs with its old secret, an act can still be undone, and the next lead comes once."""
    async with SmtpSink() as smtp, WebhookSink() as hook:
        environ = {
            "REMINDER_EMAIL__URL": smtp.url,
            "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        }
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            owner = (await app.write(lambda w: people.add_owner(w, "anna@example.org"))).id
            add = {"kind": "webhook", "url": hook.url}
            added = await app.write(lambda work: channels.add(work, owner, add))
            view = await app.write(lambda work: lines.register(work, owner, line_fields()))
            other = line_fields(number="+7 916 000-00-00", label="Dad", renews_on="2026-12-02")
            await app.write(lambda work: lines.register(work, owner, other))
            await _beat(app, clock, DUE)
            clock.set(AFTER)
            await app.plan()
            later = {"until": "2026-12-01"}
            await app.write(lambda work: acts.snooze(work, owner, view.line.id, later))
        sent = [mail.parsed["Message-ID"] for mail in smtp.messages]
        settings = on(tmp_path, database_url, environ)
        moved = moving.move(settings, str(file_in(tmp_path)), clock.at)
        assert (moved.rows["line"], moved.rows["delivery"]) == (2, 4)
        async with open_app(settings, clock=clock) as app:
            await _beat(app, clock, AFTER)
            assert len(smtp.messages) == len(sent) + 1 == 2
            assert len(hook.requests) == 2
            await app.write(lambda work: acts.undo(work, owner, view.line.id))
            await _beat(app, clock, NEXT)
            await _beat(app, clock, NEXT)
        came = [mail.parsed["Message-ID"] for mail in smtp.messages]
        assert len(set(came)) == len(came) == 3
        assert added.secret is not None
        with travel(clock.at, tick=False):
            Webhook(added.secret).verify(hook.requests[-1].body, hook.requests[-1].headers)


async def test_the_old_file_is_set_aside(
    tmp_path: Path, clock: HandClock, database_url: str
) -> None:
    """Nobody starts again by mistake on the file that was moved; it is whole, and kept."""
    async with open_app(settings_in(tmp_path), clock=clock) as app:
        await register(app, await person(app))
    moved = moving.move(on(tmp_path, database_url), str(file_in(tmp_path)), START)
    assert moved.kept == tmp_path / "data" / "reminder.db.moved-20261120T100000Z"
    assert not file_in(tmp_path).exists()
    with closing(sqlite3.connect(moved.kept)) as kept:
        assert kept.execute("SELECT count(*) FROM line").fetchone() == (1,)
    assert list(file_in(tmp_path).parent.glob(".moving*")) == []


async def test_there_and_back(tmp_path: Path, clock: HandClock, database_url: str) -> None:
    """From PostgreSQL everything comes back into a file; the server keeps what it has."""
    async with open_app(on(tmp_path, database_url), clock=clock) as app:
        await register(app, await person(app))
    clock.at += timedelta(minutes=2)
    settings = settings_in(tmp_path)
    moved = moving.move(settings, database_url, clock.at)
    assert (moved.rows["owner"], moved.rows["line"], moved.kept) == (1, 1, None)
    async with open_app(settings, clock=clock) as app:
        owner = await app.read(lambda work: people.by_email(work, "anna@example.org"))
        assert len(await app.read(lambda work: lines.everything(work, owner.id))) == 1


async def test_a_backup_moves_too(tmp_path: Path, clock: HandClock, database_url: str) -> None:
    """A copy from elsewhere fills a PostgreSQL, and stays where it is."""
    async with open_app(settings_in(tmp_path), clock=clock) as app:
        await register(app, await person(app))
        copy = tmp_path / "copy.db"
        backups.back_up(app.settings, copy)
    moved = moving.move(on(tmp_path, database_url), str(copy), START)
    assert (moved.rows["line"], moved.kept) == (1, None)
    assert copy.exists()


async def test_who_runs_is_not_moved(tmp_path: Path, clock: HandClock, database_url: str) -> None:
    """While a service has the file, or a node lives on the PostgreSQL, both stay as they are."""
    async with open_app(settings_in(tmp_path), clock=clock) as app:
        await person(app)
    settings, file = on(tmp_path, database_url), file_in(tmp_path)
    lock = Lock(tmp_path / "data" / "lock")
    lock.take()
    with pytest.raises(StorageError, match="Another reminder process"):
        moving.move(settings, str(file), START)
    lock.release()
    async with open_app(settings) as node:
        await node.start()
        with pytest.raises(StorageError, match=r"Node .* works on the PostgreSQL"):
            moving.move(settings, str(file), node.now())
    assert moving.move(settings, str(file), START).rows["owner"] == 1


async def test_what_cannot_be_moved_is_said(
    tmp_path: Path, clock: HandClock, database_url: str
) -> None:
    """The same database, no database, and a file that is none are one sentence each."""
    async with open_app(settings_in(tmp_path), clock=clock):
        pass
    with pytest.raises(StorageError, match="the same database"):
        moving.move(settings_in(tmp_path), str(file_in(tmp_path)), START)
    with pytest.raises(StorageError, match="cannot be read"):
        moving.move(on(tmp_path, database_url), str(tmp_path / "none.db"), START)
    (tmp_path / "letter.db").write_text("hello")
    with pytest.raises(StorageError, match="no backup"):
        moving.move(on(tmp_path, database_url), str(tmp_path / "letter.db"), START)
