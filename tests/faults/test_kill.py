"""``kill -9`` at any moment: nothing is lost, what comes twice comes under its own id, and a second
process on the same folder is refused (ENGINE section 9, rows 1, 13 and 36)."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx

from reminder.app import open_app
from reminder.config import load
from reminder.domain.ids import OwnerId
from reminder.service import deliveries, lines, people
from reminder.service.work import Work
from tests.fakes import SmtpSink
from tests.faults.load import AT_ONCE, accepted, add_due
from tests.faults.machine import Machine

KILLS = int(os.environ.get("REMINDER_TEST_KILLS", "6"))
MAILS = int(os.environ.get("REMINDER_TEST_MAILS", "150"))
SLOTS = 8
SEED = 20261123


def _environ(smtp: SmtpSink) -> dict[str, str]:
    return {
        "REMINDER_EMAIL__URL": smtp.url,
        **AT_ONCE,
    }


def _fill(work: Work) -> list[OwnerId]:
    """So many owners with one line each, whose last lead is due at once."""
    return add_due(work, 0, MAILS)


def _states(work: Work, owners: list[OwnerId]) -> list[deliveries.Logged]:
    return [d for owner in owners for d in deliveries.everything(work, owner)]


async def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    """Killed again and again while mails go out: each one arrives, and only tries that were under
    way at a kill come twice, under the same Message-ID."""
    chance = random.Random(SEED)
    record = tmp_path / "accepted"
    async with SmtpSink(record=record, pause=0.15) as smtp:
        machine = Machine(tmp_path, _environ(smtp))
        settings = load(machine.config, machine.settings_environ)
        async with open_app(settings) as app:
            owners = await app.write(_fill)
        taken: list[int] = []
        for _ in range(KILLS):
            await machine.start()
            await asyncio.sleep(chance.uniform(0.0, 1.2))
            assert await machine.end(signal.SIGKILL) == -signal.SIGKILL
            taken.append(sum(accepted(record).values()))
        await machine.start()
        async with asyncio.timeout(60):
            while len(accepted(record)) < MAILS or _pending(tmp_path):
                await asyncio.sleep(0.2)
        assert await machine.end(signal.SIGTERM) == 0
        async with open_app(settings) as app:
            log = await app.read(lambda work: _states(work, owners))
    came = accepted(record)
    twice = {k: n for k, n in came.items() if n > 1}
    print(f"mails taken at each kill: {taken}")
    print(f"{KILLS} kills, {MAILS} mails, {len(twice)} twice: {sorted(twice.values())}")
    assert [d.state for d in log] == ["sent"] * MAILS
    assert {d.id for d in log} == {k.strip("<>").split("@")[0] for k in came}
    assert sum(twice.values()) - len(twice) <= KILLS * SLOTS


def _pending(folder: Path) -> int:
    """How many deliveries are not over yet, read past the service."""
    with closing(sqlite3.connect(f"file:{folder}/data/reminder.db?mode=ro", uri=True)) as db:
        found = db.execute("SELECT count(*) FROM delivery WHERE state = 'pending'").fetchone()
    return int(found[0])


async def _post(client: httpx.AsyncClient, numbers: Iterator[int], kept: set[str]) -> None:
    """Register one line after the other, until the service is gone."""
    for number in numbers:
        body = {"number": f"+7{number}", "renews_on": f"{datetime.now(UTC).year + 1}-12-01"}
        try:
            answer = await client.post("/api/v1/lines", json=body)
        except httpx.TransportError:
            return
        assert answer.status_code == 201, answer.text
        kept.add(answer.json()["id"])


async def test_kill_9_loses_no_answer(tmp_path: Path) -> None:
    """Killed while eight clients register lines, which share transactions: each line that was
    answered is there afterwards."""
    chance = random.Random(SEED)
    machine = Machine(tmp_path)
    settings = load(machine.config, machine.settings_environ)
    async with open_app(settings) as app:
        anna = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
        make = partial(people.make_token, owner=anna.id, name="x", scope="write", ceiling="write")
        _, secret = await app.write(make)
    kept: set[str] = set()
    numbers = iter(range(9160000000, 9169999999))
    base, head = f"http://127.0.0.1:{machine.port}", {"authorization": f"Bearer {secret}"}
    for _ in range(3):
        await machine.start()
        async with httpx.AsyncClient(base_url=base, headers=head) as client:
            posts = asyncio.gather(*(_post(client, numbers, kept) for _ in range(SLOTS)))
            await asyncio.sleep(chance.uniform(0.2, 0.6))
            assert await machine.end(signal.SIGKILL) == -signal.SIGKILL
            await posts
    async with open_app(settings) as app:
        views = await app.read(lambda work: lines.everything(work, anna.id))
    print(f"{len(kept)} answered, {len(views)} there")
    assert kept
    assert kept <= {view.line.id for view in views}


async def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """A second service on the same folder says so in one line and leaves the first alone."""
    async with SmtpSink() as smtp:
        machine = Machine(tmp_path, _environ(smtp))
        await machine.start()
        second = await Machine(tmp_path, _environ(smtp)).spawn()
        error = (await second.communicate())[1].decode()
        assert second.returncode != 0
        assert "Another reminder process is using" in error
        assert await machine.end(signal.SIGTERM) == 0


async def test_sigterm_drains(tmp_path: Path) -> None:
    """SIGTERM under load ends with exit code 0 within 30 s; the next start sends the rest once."""
    record = tmp_path / "accepted"
    async with SmtpSink(record=record, pause=0.15) as smtp:
        machine = Machine(tmp_path, _environ(smtp))
        settings = load(machine.config, machine.settings_environ)
        async with open_app(settings) as app:
            await app.write(_fill)
        await machine.start()
        began = datetime.now(UTC)
        assert await machine.end(signal.SIGTERM) == 0
        assert datetime.now(UTC) - began < timedelta(seconds=30)
        await machine.start()
        async with asyncio.timeout(60):
            while len(accepted(record)) < MAILS:
                await asyncio.sleep(0.2)
        assert await machine.end(signal.SIGTERM) == 0
    assert set(accepted(record).values()) == {1}
