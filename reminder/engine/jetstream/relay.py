"""Hand over to the broker what is due: taken in the database first, then published as tickets."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from reminder.crash import Point, reach
from reminder.domain.delivery import Lane
from reminder.domain.ids import DeliveryId
from reminder.engine.handover import Inline
from reminder.engine.jetstream.broker import AWAY, PROBE_EVERY, Broker
from reminder.storage import claims, relay
from reminder.storage.database import Database, Session
from reminder.storage.relay import Handed, Portion, Ticket

T = TypeVar("T")
HANDED_FOR = timedelta(minutes=10)
SHARE_IN_BATCHES = 5
REFILL_EVERY = timedelta(milliseconds=100)
FULL = 10077  # JetStream's code for "maximum messages exceeded"
_TOKEN = re.compile("[0-9]{1,9}")


def text_of(ticket: Ticket) -> str:
    """A ticket as it travels, and the id by which the broker knows a double.

    >>> text_of((DeliveryId("dlv_1"), 3))
    'dlv_1.3'
    """
    return f"{ticket[0]}.{ticket[1]}"


def ticket_of(content: bytes) -> Ticket | None:
    """The ticket in a message; None for what is none of ours.

    >>> ticket_of(b"dlv_1.3"), ticket_of(b"hello")
    (('dlv_1', 3), None)
    """
    identity, _, token = content.decode("ascii", "replace").partition(".")
    return (DeliveryId(identity), int(token)) if _TOKEN.fullmatch(token) else None


class Relay:
    """Hands over for all workers, ``batch`` deliveries at a time."""

    def __init__(self, broker: Broker, database: Database, inline: Inline, batch: int) -> None:
        self._broker = broker
        self._database = database
        self._inline = inline
        self._portion = Portion(batch, batch * SHARE_IN_BATCHES)
        self._looking = asyncio.Event()

    def look(self) -> None:
        """Something may have fallen due."""
        self._looking.set()

    async def step(self) -> None:
        """Hand over what is due; when nothing is, wait until something may be."""
        self._looking.clear()
        handed = [await _to_its_end(self._hand_over(lane)) for lane in Lane]
        if any(taken for taken, _ in handed):
            return
        due_at = await self._database.peek(claims.next_run_at)
        wait = self._inline.until(due_at)
        if any(held_back for _, held_back in handed):
            wait = REFILL_EVERY
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._looking.wait(), wait.total_seconds())

    async def _hand_over(self, lane: Lane) -> tuple[int, bool]:
        """Take what is due for the broker and publish it; return how many the broker took, and
        whether somebody has more that is due."""

        def take(session: Session) -> Handed:
            now = self._inline.instant(session)
            return relay.hand_over(session, lane, now, now + HANDED_FOR, self._portion)

        handed = await self._database.write(take)
        tickets, held_back = handed.tickets, bool(handed.held_back)
        if not tickets:
            return 0, held_back
        reach(Point.HANDED_OVER)
        answers = await asyncio.gather(
            *(self._broker.publish(lane, text_of(ticket)) for ticket in tickets),
            return_exceptions=True,
        )
        reach(Point.PUBLISHED)
        failed = [t for t, answer in zip(tickets, answers, strict=True) if answer is not None]
        if failed:
            await self._database.write(
                lambda s: relay.take_back(s, failed, self._inline.instant(s))
            )
            error = next(answer for answer in answers if answer is not None)
            if getattr(error, "err_code", None) != FULL:
                raise error
            await asyncio.sleep(PROBE_EVERY)
        return len(tickets) - len(failed), held_back

    async def take_all_back(self) -> None:
        """The broker lost everything: all of it is due again at once."""
        await self._database.write(lambda s: relay.take_all_back(s, self._inline.instant(s)))


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Work that is not broken off when this node stops: what was taken for the broker and is not
    published, nobody else would try for :data:`HANDED_FOR`."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(*AWAY):
            await task
        raise
