"""One destination that hangs among many (ENGINE section 9, row 35): nobody waits for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import App, open_app
from reminder.engine.counts import Spread, spread
from reminder.service import channels, lines
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from reminder.storage.database import Session
from tests.conftest import KINDS, settings_in
from tests.fakes import WebhookSink
from tests.fakes.sink import Act
from tests.faults.load import AT_ONCE

OTHERS = int(os.environ.get("REMINDER_SOAK_HOSTS", "150"))  # make soak takes a thousand
AT_THE_HANGING = 40
ALL_OVER = 60.0


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """On either database."""
    return str(request.param)


@dataclass(frozen=True)
class _Late:
    """How late the first tries of the others were, and how many tries the hanging host had."""

    others: Spread
    hanging: int


def _owner(work: Work, name: str, urls: list[str]) -> None:
    """An owner with a line for each address, all due at once."""
    owner = new_owner(work, {"email": f"{name}@example.org"}, admin=True, proven=True)
    tomorrow = (work.now + timedelta(days=1)).date().isoformat()
    for n, url in enumerate(urls):
        made = channels.add(work, owner.id, {"kind": "webhook", "url": url})
        fields: dict[str, object] = {
            "number": f"+7916{n:07d}",
            "operator": "mts",
            "fee": "300",
            "balance": "1",
            "renews_on": tomorrow,
            "lead_times": ["P2D"],
            "channels": [made.channel.id],
        }
        lines.register(work, owner.id, fields)


def _lateness(session: Session, since: datetime) -> list[timedelta]:
    query = text(
        "SELECT min(a.started_at) FROM delivery d "
        "JOIN attempt a ON a.delivery_id = d.id WHERE d.state = 'sent' GROUP BY d.id"
    )
    began = int(since.timestamp() * 1000)
    return [timedelta(milliseconds=int(row[0]) - began) for row in session.execute(query)]


def _count(session: Session) -> int:
    query = text("SELECT count(*) FROM delivery WHERE state = 'sent'")
    return int(session.execute(query).scalar_one())


async def _send(app: App, others: Callable[[int], str], stall: WebhookSink | None) -> _Late:
    if stall is not None:
        hanging = [f"{stall.url}/{n}" for n in range(AT_THE_HANGING)]
        await app.write(lambda work: _owner(work, "hanging", hanging))
    for n in range(OTHERS):
        await app.write(partial(_owner, name=f"o{n}", urls=[others(n)]))
    await app.plan()
    since = app.now()
    await app.start()
    async with asyncio.timeout(ALL_OVER):
        while await app.database.read(_count) < OTHERS:
            await asyncio.sleep(0.05)
    found = await app.database.read(partial(_lateness, since=since))
    return _Late(spread(found), len(stall.requests) if stall else 0)


async def _run(folder: Path, url: str, *, hangs: bool) -> _Late:
    environ = AT_ONCE | {"REMINDER_DATABASE__URL": url, "REMINDER_WEBHOOKS__CONCURRENCY": "32"}
    async with (
        WebhookSink(address="0.0.0.0") as sink,
        open_app(settings_in(folder, environ)) as app,
        WebhookSink() as stall,  # gone first, so that the service need not wait for it to end
    ):
        stall.behave(Act.STALL)

        def address(n: int) -> str:
            return f"http://127.1.{n // 250}.{n % 250 + 1}:{sink.port}/hook"

        return await _send(app, address, stall if hangs else None)


def _told(late: _Late) -> str:
    half, most, longest = late.others.half, late.others.most, late.others.longest
    return " / ".join(f"{span.total_seconds():.2f}" for span in (half, most, longest)) + " s"


@pytest.mark.parametrize("hangs", [False, True])
async def test_one_hanging_host_holds_nobody_up(
    tmp_path: Path, database_url: str, hangs: bool
) -> None:
    """Beside forty messages for a host that never answers, due before everybody else's, the
    others are as early as without it: nobody waits for a try to time out."""
    late = await _run(tmp_path, database_url, hangs=hangs)
    beside = f"beside {AT_THE_HANGING} messages for one that hangs" if hangs else "alone"
    print(
        f"{OTHERS} hosts {beside}: half / p99 / longest {_told(late)}; {late.hanging} tries at it"
    )
    assert late.others.count == OTHERS
    assert late.hanging <= 4
    assert late.others.longest - late.others.half < timedelta(seconds=15)
