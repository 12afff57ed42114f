"""What a case stands on: an app over a new database, with a clock that can be moved."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_network
from pathlib import Path

from sqlmodel import func, select

from reminder.app import App, open_app
from reminder.storage.tables import DeliveryRow
from tests.bench.measure import elsewhere
from tests.conftest import HandClock, settings_in
from tests.fakes.postgres import PostgresServer

KINDS = ("sqlite", "postgresql")
HOSTS = 200
LOOPBACK = (ip_network("127.0.0.0/8"),)


def hosts(port: int, count: int = HOSTS) -> tuple[str, ...]:
    """So many hosts of loopback, all of them the same sink."""
    return tuple(f"http://127.0.{1 + n // 250}.{1 + n % 250}:{port}/hook" for n in range(count))


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of that kind; PostgreSQL syncs to disk here."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'reminder.db'}"
        return
    with elsewhere():
        server = PostgresServer(durable=True)
    try:
        yield server.url(server.create())
    finally:
        server.close()


@asynccontextmanager
async def ground(
    kind: str = "sqlite", environ: dict[str, str] | None = None, clock: HandClock | None = None
) -> AsyncIterator[tuple[App, HandClock]]:
    """An app with nobody in it, and its clock."""
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
        settings = settings_in(
            Path(name),
            {
                "REMINDER_DATABASE__URL": url,
                "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
                **(environ or {}),
            },
        )
        hand = clock or HandClock()
        async with open_app(settings, clock=hand) as app:
            gc.freeze()  # as ``serve`` does
            yield app, hand
            gc.unfreeze()


async def sent_of(app: App) -> int:
    """How many deliveries are written down as sent."""
    query = select(func.count()).where(DeliveryRow.state == "sent")
    return await app.database.read(lambda session: session.exec(query).one())


async def check_all_sent(app: App, count: int) -> None:
    """A rate counts only if every delivery was taken, and is written down as sent."""
    sent = await sent_of(app)
    assert sent == count, f"{sent} of {count} were sent"
