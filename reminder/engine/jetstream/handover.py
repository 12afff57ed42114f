"""The handover by way of the broker: what a sender gets of it, and what it does without it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import nats.errors
from nats.aio.msg import Msg

from reminder.config.tables import Engine
from reminder.domain.delivery import Lane
from reminder.domain.ids import DeliveryId
from reminder.engine.handover import Inline
from reminder.engine.jetstream.broker import Broker
from reminder.engine.jetstream.inbox import GATHER_FOR, Inbox
from reminder.engine.jetstream.relay import Relay, ticket_of
from reminder.storage import relay
from reminder.storage.claims import Claimed, Shares
from reminder.storage.database import Database, Session


class JetStream:
    """Work by way of the broker, or by ``inline`` while it is away. ``node`` is this worker."""

    def __init__(self, chosen: Engine, database: Database, inline: Inline, node: str) -> None:
        self._database = database
        self._inline = inline
        self._broker = Broker(chosen, node)
        self._relay = Relay(self._broker, database, inline, chosen.batch)
        self._inboxes = {lane: Inbox(self._broker, lane) for lane in Lane}
        self._held: dict[DeliveryId, Msg] = {}

    @property
    def is_up(self) -> bool:
        """Whether the broker is there and takes messages, as far as is known."""
        return self._broker.is_up

    async def start(self, wake: Callable[[], None]) -> None:
        """Begin to connect, to hand over and to pull; none of it is waited for."""
        pulls = [partial(inbox.pull, wake) for inbox in self._inboxes.values()]
        self._broker.start([self._relay.step, *pulls], self._relay.take_all_back, wake)

    def look(self) -> None:
        """Something may have fallen due: hand it over."""
        self._relay.look()

    async def rest(self) -> timedelta:
        """Messages wake the sender by themselves; without a broker the database says."""
        return self._inline.longest if self.is_up else await self._inline.rest()

    async def quiet_for(self) -> timedelta:
        """What has arrived, or lies with the broker until there is room, no look at the database
        shows."""
        return timedelta()

    async def claims(self, lane: Lane, slots: int, shares: Shares) -> list[Claimed]:
        """Win the start of what has arrived, in the order in which it was handed over; without a
        broker claim what is due. Old messages, which start nothing, take nobody's room."""
        while messages := self._inboxes[lane].take(slots):
            won = await self._begin(lane, messages)
            if won:
                return won
        return [] if self.is_up else await self._inline.claims(lane, slots, shares)

    async def claim_alone(self) -> Claimed | None:
        """Such a delivery is not handed over: whoever has room for it claims it."""
        return await self._inline.claim_alone()

    async def over(self, claims: Sequence[Claimed]) -> None:
        """Acknowledge what is written."""
        await _acknowledge([self._held.pop(one.id) for one in claims if one.id in self._held])

    async def close(self) -> None:
        """Stop, and let another worker have what has arrived and was not begun."""
        await self._broker.stop()
        with contextlib.suppress(nats.errors.Error):
            # No request is open any more: what was sent to one is here after a moment and a trip.
            await asyncio.sleep(GATHER_FOR)
            await self._broker.flush()
            left = [message for inbox in self._inboxes.values() for message in await inbox.drain()]
            for message in left:
                await message.nak()
            await self._broker.flush()
        await self._broker.close()

    async def _begin(self, lane: Lane, messages: list[Msg]) -> list[Claimed]:
        by_ticket = {ticket_of(message.data): message for message in messages}
        tickets = [ticket for ticket in by_ticket if ticket is not None]

        def start(session: Session) -> list[Claimed]:
            hold = self._inline.hold(session, lane)
            return relay.start(session, tickets, hold.until, hold.node)

        won = {one.id: one for one in await self._database.write(start)}
        stale = []
        for message in messages:
            ticket = ticket_of(message.data)
            if ticket is not None and ticket[0] in won and message is by_ticket[ticket]:
                self._held[ticket[0]] = message
            else:
                stale.append(message)
        await _acknowledge(stale)
        return list(won.values())


async def _acknowledge(messages: Sequence[Msg]) -> None:
    """One that is lost costs nothing: the message comes again, and starts nothing."""
    with contextlib.suppress(nats.errors.Error):
        for message in messages:
            await message.ack()
