"""How late messages are while a file of 100,000 rows is imported: ``python -m tests.bench.beside``.

A service runs on the real clock. Every quarter of a second a message is asked for, by the path that
every reminder takes; the log says when it was due and when it was sent. Prints the lateness without
and with an import beside it, how long the import took, and the most memory that the process held.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import quantiles

from reminder.app import App, open_app
from reminder.domain.delivery import Kind
from reminder.domain.ids import ChannelId, OwnerId
from reminder.service import channels, deliveries, people
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.importing import run as bring_in
from reminder.service.work import Work
from tests.bench.importing import ROWS, _file, peak
from tests.conftest import settings_in

EVERY_SECONDS = 0.25
ALONE_SECONDS = 10.0


async def _ask(app: App, owner: OwnerId, channel: ChannelId, until: asyncio.Event) -> int:
    """Ask for messages until told otherwise; how many."""
    asked = 0
    while not until.is_set():
        await app.write(partial(_enqueue, owner=owner, channel=channel))
        asked += 1
        await asyncio.sleep(EVERY_SECONDS)
    return asked


def _enqueue(work: Work, owner: OwnerId, channel: ChannelId) -> None:
    """As a test does, past its limit of 60 a minute."""
    channels.enqueue(work, channels.get(work, owner, channel), Kind.TEST)


async def _lateness(app: App, owner: OwnerId, newest: int) -> list[float]:
    """Seconds between due and sent, of the newest messages."""
    while True:
        found = await app.read(lambda w: deliveries.everything(w, owner, limit=newest))
        if all(one.done_at is not None for one in found):
            return [(one.done_at - one.due_at).total_seconds() for one in found if one.done_at]
        await asyncio.sleep(EVERY_SECONDS)


async def _import(app: App, owner: OwnerId, rows: int) -> None:
    report = await bring_in(app, owner, io.BytesIO(_file(rows)), Wishes(), _silent)
    assert (report.applied, report.rows) == (True, rows)


async def _silent(_rows: int, _share: float) -> None:
    """Nobody is told."""


async def run(rows: int) -> None:
    """Measure alone, then beside an import."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_app(settings_in(Path(folder), {})) as app:
            asker = (await app.write(lambda w: people.add_owner(w, "a@example.org"))).id
            importer = (await app.write(lambda w: people.add_owner(w, "b@example.org"))).id
            await app.start()
            (channel,) = await app.read(lambda work: channels.everything(work, asker))
            for name, beside in (
                ("alone", asyncio.sleep(ALONE_SECONDS)),
                (f"beside {rows:,} rows", _import(app, importer, rows)),
            ):
                until, start = asyncio.Event(), time.perf_counter()
                asking = asyncio.create_task(_ask(app, asker, channel.id, until))
                await beside
                took = time.perf_counter() - start
                until.set()
                late = await _lateness(app, asker, await asking)
                tenths = quantiles(late, n=20)
                print(
                    f"{name}: {took:.1f} s, {len(late)} messages, late by "
                    f"{tenths[9]:.3f} s (median), {tenths[18]:.3f} s (95 of 100), "
                    f"{max(late):.3f} s (worst), peak {peak():.0f} MB"
                )


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]) if sys.argv[1:] else ROWS))
