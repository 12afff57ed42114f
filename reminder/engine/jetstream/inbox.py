"""What the broker gave this node and was not begun: pulled as far as there is room for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from nats.aio.msg import Msg

from reminder.domain.delivery import Lane
from reminder.engine.jetstream.broker import AWAY, Broker

ASK_FOR = 1.0
GATHER_FOR = 0.05


class Inbox:
    """The messages of one lane that have arrived, in the order in which they were handed over."""

    def __init__(self, broker: Broker, lane: Lane) -> None:
        self._broker = broker
        self._lane = lane
        self._arrived: deque[Msg] = deque()
        self._room = 0
        self._hungry = asyncio.Event()

    def take(self, slots: int) -> list[Msg]:
        """Up to so many of them; there is room for the rest of the slots."""
        taken = [self._arrived.popleft() for _ in range(min(slots, len(self._arrived)))]
        self._room = slots - len(taken)
        if self._room:
            self._hungry.set()
        return taken

    async def pull(self, wake: Callable[[], None]) -> None:
        """Ask for one message and wait for it; once there is one, take what else is there."""
        await self._hungry.wait()
        for most, patience in ((1, ASK_FOR), (self._room - 1, GATHER_FOR)):
            if most <= 0:
                break
            try:
                came = await self._fetch(most, patience)
            except TimeoutError:
                break
            self._arrived.extend(came)
            self._room -= len(came)
            wake()
        if self._room <= 0:
            self._hungry.clear()

    async def _fetch(self, most: int, patience: float) -> list[Msg]:
        """Up to so many messages. Where this node stops meanwhile, the request is waited for to its
        end, and what comes stays with what has arrived: a message that is sent to a request that
        nobody waits for comes again only when its lease is over."""
        pull = self._broker.pulls[self._lane]
        fetching = asyncio.ensure_future(pull.fetch(most, timeout=patience))
        try:
            return await asyncio.shield(fetching)
        except asyncio.CancelledError:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError, *AWAY):
                self._arrived.extend(await fetching)
            raise

    async def drain(self) -> list[Msg]:
        """All that has arrived and was not begun. Nothing arrives after it: what is given back goes
        to another, not to a request of this node's that is still open."""
        found = list(self._arrived)
        pull = self._broker.pulls.get(self._lane)
        if pull is not None:
            with contextlib.suppress(TimeoutError):
                while pull.pending_msgs:
                    found += await pull.fetch(1, timeout=GATHER_FOR)
            await pull.unsubscribe()
        return found
