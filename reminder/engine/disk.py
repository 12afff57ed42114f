"""While nothing can be stored nothing is sent: an end that cannot be written down would be sent
again. Reading goes on, and a small write every few seconds asks whether the database is well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from reminder.engine.watch import Trouble, Watch
from reminder.errors import StorageError
from reminder.storage import owners
from reminder.storage.ailing import Ailment
from reminder.storage.database import Database, DBAPIError

LOOK_EVERY = timedelta(minutes=1)
PROBE_EVERY = timedelta(seconds=5)
PROBE = "probe"
OPEN_TOO_LONG = timedelta(minutes=5)
WAL_LARGE = 64 * 1024 * 1024


class DiskGuard:
    """Watches what the database says of itself; ``go_on`` is called when it is well again."""

    def __init__(self, database: Database, watch: Watch, go_on: Callable[[], None]) -> None:
        self.database = database
        self._watch = watch
        self._go_on = go_on
        self._probe_at = timedelta()

    async def database_is_well(self) -> bool:
        """Whether something may be claimed and sent. A damaged file is never well again."""
        if self.database.ailment is None:
            self._watch.end_alarm(Trouble.DATABASE)
            return True
        self._watch.raise_alarm(Trouble.DATABASE, f"Nothing is sent: {self.database.ailment}")
        uptime = self._watch.uptime()
        if self.database.ailment is Ailment.DAMAGED or uptime < self._probe_at:
            return False
        self._probe_at = uptime + PROBE_EVERY
        try:
            await self.database.write(
                lambda session: owners.set_fact(session, PROBE, self._watch.now().isoformat())
            )
        except (StorageError, DBAPIError):
            return False
        self.database.ailment = None
        self._watch.end_alarm(Trouble.DATABASE)
        self._go_on()
        return True

    async def look(self) -> None:
        """Whether the write-ahead log stays small, and nobody keeps a transaction open."""
        await self.look_at_wal()
        await self.look_at_transactions()

    async def look_at_transactions(self) -> None:
        """Alarm when a transaction on PostgreSQL stays open for very long."""
        oldest = await self.database.oldest_transaction()
        if oldest > OPEN_TOO_LONG:
            minutes = oldest // timedelta(minutes=1)
            detail = f"A transaction on the database has been open for {minutes} minutes."
            self._watch.raise_alarm(Trouble.OLD_TRANSACTION, detail)
        else:
            self._watch.end_alarm(Trouble.OLD_TRANSACTION)

    async def look_at_wal(self) -> None:
        """Cut the write-ahead log off when it grows; alarm when it stays large, because somebody
        reads for very long."""
        if self.database.wal_size() > WAL_LARGE:
            await self.database.checkpoint()
        size = self.database.wal_size()
        if size > WAL_LARGE:
            detail = (
                f"The write-ahead log holds {size // 1024 // 1024} MB: something reads for long."
            )
            self._watch.raise_alarm(Trouble.WAL, detail)
        else:
            self._watch.end_alarm(Trouble.WAL)
