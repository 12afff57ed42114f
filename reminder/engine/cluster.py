"""This process among the others on one database: one time, one key, and jobs done once.

On SQLite there is one process, and all of it holds by itself. Nothing here elects a leader or
decides who is alive: what must not be done twice is decided by a row that only one can change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from reminder.errors import ConfigError
from reminder.storage import jobs, nodes, owners
from reminder.storage.database import Database, Session
from reminder.storage.nodes import Node

log = structlog.get_logger(__name__)
SEEN_EVERY = timedelta(seconds=10)
ALIVE = timedelta(seconds=60)
FORGOTTEN = timedelta(days=1)
LONGEST_JOB = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=5)
ODD_CLOCK = timedelta(seconds=2)
KEY = "key"
KEY_PRINT = "server.key"  # what a key is asked to print, so that two can be compared


class Cluster:
    """This node, as ``me``. ``clock`` reads its own clock; :meth:`now` is the time of all."""

    def __init__(self, database: Database, me: Node, clock: Callable[[], datetime]) -> None:
        self._database = database
        self.me = me
        self._clock = clock
        self.ahead = timedelta()
        self._noting: asyncio.Task[timedelta] | None = None

    def now(self) -> datetime:
        """The instant by the database's clock, as far as it is known here: within milliseconds."""
        return self._clock() - self.ahead

    async def agree(self, key_print: str) -> None:
        """Raise ConfigError when nodes that live work with another key: what this one sealed or
        signed they could not read. When none lives, the key was changed on purpose."""
        if self._database.is_sqlite:
            return

        def compare(session: Session) -> None:
            if not has_key(session, key_print, self._instant(session)):
                owners.set_fact(session, KEY, key_print)

        await self._database.write(compare, alone=True)

    async def beat(self) -> None:
        """Say that this node lives, and look how far its clock is from the database's."""
        if self._database.is_sqlite:
            return

        def note(session: Session) -> timedelta:
            before = self._clock()
            theirs = self._database.instant(session, before)
            ahead = (before + (self._clock() - before) / 2) - theirs
            whole = timedelta(milliseconds=round(ahead / timedelta(milliseconds=1)))
            nodes.note(session, replace(self.me, seen_at=theirs, ahead=whole))
            nodes.forget_silent(session, theirs - FORGOTTEN)
            return whole

        self._noting = asyncio.create_task(self._database.write(note))
        self.ahead = await asyncio.shield(self._noting)
        if abs(self.ahead) > ODD_CLOCK:
            seconds = self.ahead.total_seconds()
            log.warning("this node's clock is off", seconds_ahead=seconds)

    async def leave(self) -> None:
        """Say that this node stops, once what a beat still writes is written: that may have been
        broken off, and its transaction goes on."""
        if self._noting is not None:
            await asyncio.wait({self._noting})
        if not self._database.is_sqlite:
            await self._database.write(lambda session: nodes.forget(session, self.me.name))

    async def others(self) -> list[Node]:
        """Every node seen in the last minute, this one too."""

        def living(session: Session) -> list[Node]:
            return nodes.seen(session, self._instant(session) - ALIVE)

        return await self._database.read(living)

    async def run_once(
        self, name: str, every: timedelta, work: Callable[[], Awaitable[None]]
    ) -> bool:
        """Do ``work`` here if it is due and no other node does it; tell whether it was done here.

        It is due again ``every`` after it began. Work that fails is due again in five minutes (and
        raises here), work whose node died within the hour: it must be idempotent.
        """

        def take(session: Session) -> tuple[int | None, datetime]:
            now = self._instant(session)
            return jobs.take(session, name, now, now + min(every, LONGEST_JOB)), now

        token, began = await self._database.write(take)
        if token is None:
            return False
        try:
            await work()
        except Exception:
            again = began + min(every, AGAIN_AFTER)
            await self._database.write(lambda s: jobs.put_off(s, name, token, again))
            raise
        await self._database.write(
            lambda s: jobs.put_off(s, name, token, began + every, self._instant(s))
        )
        return True

    def _instant(self, session: Session) -> datetime:
        return self._database.instant(session, self.now())


def has_key(session: Session, key_print: str, now: datetime) -> bool:
    """Whether the database says that nodes work with this key; raise ConfigError when nodes that
    live work with another."""
    said = owners.fact(session, KEY)
    if said == key_print:
        return True
    living = nodes.seen(session, now - ALIVE)
    if said is not None and living:
        raise ConfigError(
            f'server.key: node "{living[0].name}" works with another key; give every node '
            "the same server.key"
        )
    return False
