"""Where a sender's claims come from: straight out of the database, or by way of a broker.

Both keep one promise: a claim is committed before it is handed to the sender, and only one node
holds it. A broker carries ids, never truth (ARCHITECTURE, decision 9).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from reminder.config.tables import Engine
from reminder.domain.delivery import PATIENCE, Lane
from reminder.errors import ConfigError
from reminder.storage import claims
from reminder.storage.claims import Claimed, Hold, Shares
from reminder.storage.database import Database, Session

LONGEST_SLEEP = timedelta(seconds=90)
"""The one process of a file is woken by the plan beat, which looks at what is to be sent too."""
LONGEST_SLEEP_SHARED = timedelta(seconds=5)
SHORTEST_SLEEP_SHARED = timedelta(milliseconds=20)


class Handover(Protocol):
    """How work reaches a sender."""

    async def start(self, wake: Callable[[], None]) -> None:
        """Begin; ``wake`` is called when there may be claims."""

    def look(self) -> None:
        """Something may have fallen due."""

    async def claims(self, lane: Lane, slots: int, shares: Shares) -> list[Claimed]:
        """Up to ``slots`` claims of a lane that are this node's to try now, none over its owner's
        share."""

    async def claim_alone(self) -> Claimed | None:
        """One delivery that must be tried while nothing else is."""

    async def over(self, claims: Sequence[Claimed]) -> None:
        """What these claims came to is written."""

    async def rest(self) -> timedelta:
        """For how long there is nothing to claim, if nothing wakes the sender before."""

    async def quiet_for(self) -> timedelta:
        """The same by a single look, for who has slept until now; zero where claims must be asked
        for to know."""

    async def close(self) -> None:
        """Take no more, and give back what was not begun."""


class Inline:
    """Claims come straight out of the database."""

    def __init__(self, database: Database, clock: Callable[[], datetime], node: str) -> None:
        self._database = database
        self.now = clock
        self._node = node
        shared = not database.is_sqlite
        self.longest = LONGEST_SLEEP_SHARED if shared else LONGEST_SLEEP
        self._shortest = SHORTEST_SLEEP_SHARED if shared else timedelta()

    async def start(self, wake: Callable[[], None]) -> None:
        """Nothing has to be begun."""

    def look(self) -> None:
        """The sender looks by itself."""

    async def claims(self, lane: Lane, slots: int, shares: Shares) -> list[Claimed]:
        """Claim what is due longest, in turns."""

        def take(session: Session) -> list[Claimed]:
            return claims.claim_in_turns(session, lane, self.hold(session, lane), slots, shares)

        return await self._database.write(take)

    async def claim_alone(self) -> Claimed | None:
        """Claim what was lost again and again, of whichever lane."""

        def take(session: Session) -> Claimed | None:
            found = (claims.claim_alone(session, x, self.hold(session, x)) for x in Lane)
            return next((one for one in found if one is not None), None)

        return await self._database.write(take)

    def instant(self, session: Session) -> datetime:
        """The time of all nodes."""
        return self._database.instant(session, self.now())

    def hold(self, session: Session, lane: Lane) -> Hold:
        """From now until a lease of this lane ends, by this node."""
        now = self.instant(session)
        return Hold(now, now + PATIENCE[lane].lease, self._node)

    async def over(self, claims: Sequence[Claimed]) -> None:
        """Nobody else has to be told."""

    async def rest(self) -> timedelta:
        """Until the next delivery falls due, or another node may have written one."""
        return self.until(await self._database.peek(claims.next_run_at))

    async def quiet_for(self) -> timedelta:
        """Until the next delivery falls due; zero if one is."""
        due_at = await self._database.peek(claims.next_run_at)
        is_due = due_at is not None and due_at <= self.now()
        return timedelta() if is_due else self.until(due_at)

    def until(self, due_at: datetime | None) -> timedelta:
        """How long to wait for an instant, or for what another node may write."""
        if due_at is None:
            return self.longest
        return min(max(due_at - self.now(), self._shortest), self.longest)

    async def close(self) -> None:
        """Nothing is held."""


def choose(
    chosen: Engine, database: Database, clock: Callable[[], datetime], node: str
) -> Handover:
    """The handover that the config names; to be made in the running loop. NATS is loaded only
    where it is named: nats-py is an extra."""
    inline = Inline(database, clock, node)
    if chosen.handover == "inline":
        return inline
    try:
        jetstream = importlib.import_module("reminder.engine.jetstream")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "engine.handover: a broker needs the package nats-py; install reminder[nats]"
        ) from error
    made: Handover = jetstream.JetStream(chosen, database, inline, node)
    return made
