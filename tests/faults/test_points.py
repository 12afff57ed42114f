"""Killed at each step of the work: section 8 of ENGINE says row by row what is stored then and what
comes of it (ENGINE section 9, row 3)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reminder.app import open_app, utc_now
from reminder.crash import Point
from reminder.domain.delivery import PATIENCE, Lane
from tests.conftest import settings_in
from tests.fakes import SmtpSink, WebhookSink
from tests.faults.checker import came, check, check_midway
from tests.faults.load import add_due, all_over
from tests.faults.victim import Victim

COUNT = 4
RECOVERY = 2 * PATIENCE[Lane.WEBHOOK].lease.total_seconds() + 60  # a broker repeats after a lease
BY_MAIL = [p for p in Point if p not in {Point.HANDED_OVER, Point.PUBLISHED, Point.ACKNOWLEDGED}]
BY_HOOK = [p for p in Point if p not in {Point.SENDER, Point.RECIPIENT, Point.DATA}]
BY_BROKER = (Point.HANDED_OVER, Point.PUBLISHED, Point.ACKNOWLEDGED)
UNSENT = {
    *(Point.PLANNED, Point.HANDED_OVER, Point.PUBLISHED, Point.CLAIMED, Point.CONNECTED),
    *(Point.SENDER, Point.RECIPIENT, Point.DATA),
}
CASES = [
    *(("email", engine, p) for engine in ("sqlite", "postgresql") for p in BY_MAIL),
    *(("webhook", "sqlite", p) for p in BY_HOOK if p not in BY_BROKER),
    *(("webhook", "jetstream", p) for p in BY_HOOK),
]


def _later() -> datetime:
    """When every lease of today is over."""
    return utc_now() + PATIENCE[Lane.EMAIL].lease + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("lane", "engine", "point"), CASES, ids=[f"{a}-{b}-{c}" for a, b, c in CASES]
)
@pytest.mark.timeout(RECOVERY + 60)
async def test_a_death_at_each_step(
    tmp_path: Path, lane: str, environ: dict[str, str], point: Point
) -> None:
    """Whatever the step, the next start finishes the work: each message comes, and what comes
    twice is one that was taken and not yet written down, under the same id."""
    record = tmp_path / "accepted"
    async with SmtpSink(record=record) as smtp, WebhookSink(record=record) as hook:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        settings = settings_in(tmp_path, environ)
        async with open_app(settings) as app:
            url = hook.url if lane == "webhook" else ""
            await app.write(lambda work: add_due(work, 0, COUNT, url))
        code = await asyncio.to_thread(Victim(tmp_path, environ).run, point)
        assert code == -9, "the point was not reached"
        taken = came(record)
        async with open_app(settings, clock=_later) as app:
            found = check_midway(app.database, record)
            assert not found.sent or point in {Point.FINISHED, Point.ACKNOWLEDGED}
            await app.start()
            await app.plan()  # its beat goes by the machine's clock, for which later is not yet
            await all_over(app, COUNT, RECOVERY)
            twice = check(app.database, record, owed=COUNT, twice=COUNT)
    assert not taken or point not in UNSENT
    assert twice <= sum(taken.values()) - len(found.sent)
