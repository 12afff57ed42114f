"""Open an App: take the folder, settle the key, prove the database, bring it to this version."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from reminder.app.clock import utc_now
from reminder.app.running import App
from reminder.config import Settings, logs
from reminder.engine import zones
from reminder.engine.cluster import KEY_PRINT
from reminder.service import board, keys
from reminder.service.folder import own_folder

PROVED_LATER = 256 * 2**20


@asynccontextmanager
async def open_app(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, careful: bool = False
) -> AsyncIterator[App]:
    """An app over a database of this version, closed at the end. Raises StorageError when another
    process has the SQLite file or it is damaged, ConfigError when other nodes work with another
    key. ``careful``: look at the whole file first, as who is going to send from it must; at a large
    one that was closed in order, while the service answers already and sends nothing yet."""
    logs.set_up(settings.server.log)
    tzdata = zones.in_force(os.environ)
    with own_folder(settings):
        await asyncio.to_thread(keys.settle, settings)
        app = App(settings, clock=clock, tzdata=tzdata)
        try:
            if not (careful and app.database.put_off_proof(PROVED_LATER)):
                await asyncio.to_thread(app.database.demand_whole, always=careful)
            await asyncio.to_thread(app.database.migrate)
            await app.cluster.agree(app.desk.vault.print(KEY_PRINT))
            await app.database.write(partial(zones.begin, version=tzdata))
            await app.write(lambda work: board.check_ground(work, tzdata))
            yield app
        finally:
            await app.stop()
