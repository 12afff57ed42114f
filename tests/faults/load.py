"""Work for the fault tests: owners whose reminder is due at once, and what became of them."""

from __future__ import annotations

import asyncio
import collections
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text
from sqlmodel import col, select

from reminder.app import App, utc_now
from reminder.domain.delivery import Lane
from reminder.domain.ids import OwnerId
from reminder.service import channels, lines
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from reminder.storage.claims import BROKER, STILL_PENDING
from reminder.storage.database import Session
from reminder.storage.tables import DeliveryRow

AT_ONCE = {
    "REMINDER_SERVER__BASE_URL": "https://reminder.test",
    "REMINDER_SERVER__KEY": "one key for every node of the tests",
    "REMINDER_REMINDERS__QUIET_HOURS": "",
    "REMINDER_REMINDERS__AT": "00:00",
    "REMINDER_REMINDERS__TIMEZONE": "UTC",
    "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
}


def add_due(work: Work, first: int, count: int, hook: str = "") -> list[OwnerId]:
    """So many owners with one line each, whose last lead is due at once: told by mail, or at an
    address of their own below ``hook``."""
    tomorrow = (work.now + timedelta(days=1)).date().isoformat()
    made = []
    for n in range(first, first + count):
        owner = new_owner(work, {"email": f"o{n}@example.org"}, admin=True, proven=True)
        fields: dict[str, object] = {
            "number": f"+79160{n:06d}",
            "operator": "mts",
            "fee": "300",
            "balance": "1",
            "renews_on": tomorrow,
            "lead_times": ["P2D"],
        }
        if hook:
            url = {"kind": "webhook", "url": f"{hook}/{n}"}
            fields["channels"] = [channels.add(work, owner.id, url).channel.id]
        lines.register(work, owner.id, fields)
        made.append(owner.id)
    return made


async def until(true: Callable[[], bool], seconds: float = 200) -> None:
    """Wait for a state of the world."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def states(session: Session) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = session.execute(text("SELECT state, count(*) FROM delivery GROUP BY state"))
    return {str(row[0]): int(row[1]) for row in rows}


async def all_over(app: App, count: int, seconds: float = 200) -> None:
    """Wait until so many deliveries are written down as sent, and none in any other state."""
    async with asyncio.timeout(seconds):
        while await app.database.read(states) != {"sent": count}:
            await asyncio.sleep(0.05)


def accepted(record: Path) -> collections.Counter[str]:
    """How often each id was taken by the world outside."""
    return collections.Counter(record.read_text().split() if record.exists() else ())


class Ahead:
    """The clock of a node that may be put forward: real time, and so much more."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        """The instant by this clock."""
        return utc_now() + self.by


async def put_forward(app: App, clock: Ahead, by: timedelta) -> None:
    """Let so much time pass at once, and have the app look. Nothing is due or under way at that
    moment: a jump in the middle of a try would end its lease, and who takes it then sends what may
    have been sent already."""
    async with asyncio.timeout(200):
        while await app.database.read(partial(_is_at_work, now=clock())):
            await asyncio.sleep(0.02)
    clock.by += by
    await app.plan()
    if app.sender is not None:
        app.sender.wake()


def _is_at_work(session: Session, now: datetime) -> bool:
    under_way = col(DeliveryRow.lease_by) != BROKER
    busy = select(DeliveryRow.id).where(STILL_PENDING, under_way | (col(DeliveryRow.run_at) <= now))
    return session.execute(busy.limit(1)).first() is not None


async def settled(app: App, seconds: float = 200) -> None:
    """Wait until every delivery is over."""
    async with asyncio.timeout(seconds):
        while "pending" in await app.database.read(states):
            await asyncio.sleep(0.02)


_TRIED = text(
    "SELECT a.outcome, d.state, d.id FROM attempt a JOIN delivery d ON d.id = a.delivery_id "
    "WHERE d.lane = :lane AND a.token = (SELECT min(b.token) FROM attempt b "
    "WHERE b.delivery_id = a.delivery_id) ORDER BY a.ended_at, a.delivery_id"
)


async def tried(
    app: App, count: int, lane: Lane = Lane.EMAIL, seconds: float = 200
) -> list[tuple[str, str, str]]:
    """Wait until the first tries of so many deliveries of a lane are written down; return each
    outcome with its delivery's state and id, in order. A slow machine may be at second tries."""
    of = {"lane": lane.value}
    async with asyncio.timeout(seconds):
        while True:
            rows = await app.database.read(lambda session: session.execute(_TRIED, of).all())
            if len(rows) >= count:
                return [(str(r[0]), str(r[1]), str(r[2])) for r in rows]
            await asyncio.sleep(0.02)
