"""The plan beat: plan until nothing is due, then sleep until the next moment that is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from reminder.crash import Point, reach
from reminder.engine import planner
from reminder.engine.cluster import Cluster
from reminder.engine.desk import Desk
from reminder.engine.escalation import escalate
from reminder.engine.heartbeat import Heartbeat
from reminder.engine.watch import Watch
from reminder.errors import StorageError
from reminder.storage import claims
from reminder.storage.database import Database, Peek, Session

SIDE_BY_SIDE = 2  # while PostgreSQL writes what one pass comes to, another asks the rules
IN_A_ROW = 10


class Planning:
    """The planner of this process. ``wake`` has its sender look; ``heartbeat`` is what moves the
    beat, once it is there; ``looked_at`` is when it was last known what is due."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        cluster: Cluster,
        watch: Watch,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._desk = desk
        self._cluster = cluster
        self._watch = watch
        self._wake = wake
        self._most = 1 if database.is_sqlite else SIDE_BY_SIDE
        self.heartbeat: Heartbeat | None = None
        self.looked_at: datetime | None = None

    async def beat(self) -> None:
        """Plan until nothing is due, then sleep until the next moment. Where nothing can be stored
        the sender is asked to look at once: it tells of it."""
        try:
            await self._plan_all()
        except StorageError:
            self._wake()
            raise

    def plan_by(self, moment: datetime | None, now: datetime) -> None:
        """Plan at that instant, which the scheduler reads on this node's own clock."""
        if self.heartbeat is not None:
            ahead = self._cluster.ahead
            self.heartbeat.plan_by(moment and moment + ahead, now + ahead)

    def go_on(self) -> None:
        """The database is well again: what could not be planned meanwhile is planned now."""
        self.plan_by(self._cluster.now(), self._cluster.now())

    async def _plan_all(self) -> None:
        if self._watch.holds_still():
            return
        rows, wake_at = 1, await self._look_ahead()
        while wake_at is not None and wake_at <= self._cluster.now():
            if not await self._plan_some(rows):
                break
            rows, wake_at = self._most, await self._look_ahead()
        self.plan_by(wake_at, self._cluster.now())

    async def _look_ahead(self) -> datetime | None:
        """When there is something to plan next: nothing is locked or written to find that out. The
        one process of a file looks for its sender too, which may sleep the longer: a waking costs
        far more than what is done in it."""
        now = self._cluster.now()
        wake_at, run_at = await self._database.peek(self._moments)
        self.looked_at = now
        if run_at is not None and run_at <= now:
            self._wake()
        return wake_at

    def _moments(self, at: Session | Peek) -> tuple[datetime | None, datetime | None]:
        run_at = claims.next_run_at(at) if self._database.is_sqlite else None
        return planner.next_at(at), run_at

    async def _plan_some(self, rows: int) -> int:
        """Passes one after another, in so many rows side by side, each with owners of its own; then
        ask other channels for what nobody took. Return how much there was."""
        now = self._cluster.now()

        def run(session: Session) -> int:
            return planner.plan(session, self._desk, self._database.instant(session, now))

        def ask(session: Session) -> int:
            return escalate(session, self._desk, self._database.instant(session, now))

        async def row() -> int:
            planned = 0
            for _ in range(IN_A_ROW if rows > 1 else 1):
                found = await self._database.write(run)
                if not found:
                    break
                planned += found
                reach(Point.PLANNED)
                self._wake()
            return planned

        found = await asyncio.gather(*(row() for _ in range(rows)), return_exceptions=True)
        planned = sum(_or_raise(one) for one in found)
        asked = await self._database.write(ask)
        if asked:
            self._wake()
        return planned + asked


def _or_raise(found: int | BaseException) -> int:
    if isinstance(found, BaseException):
        raise found
    return found
