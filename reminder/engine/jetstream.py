"""Hand claimed ids to any worker over NATS JetStream (ENGINE section 8, "With JetStream").

The relay takes what is due, without counting a try, and publishes ``id.token``; a worker pulls the
message, wins the start in the database, sends, finishes, and then acknowledges it. What the broker
loses falls due again by itself, what it repeats loses the start. While the broker is away, or will
not take anything, claims come straight out of the database. Loaded only when the config names a
broker: nats-py is an extra.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import BadRequestError, NotFoundError

from reminder.config.tables import Engine
from reminder.crash import Point, reach
from reminder.domain.delivery import PATIENCE, Lane
from reminder.domain.ids import DeliveryId
from reminder.engine.handover import Inline
from reminder.storage import claims, relay
from reminder.storage.claims import Claimed, Shares
from reminder.storage.database import Database, Session
from reminder.storage.relay import Handed, Portion, Ticket

log = structlog.get_logger(__name__)
HANDED_FOR = timedelta(minutes=10)
DOUBLES_SEEN = timedelta(minutes=2)
TAKEN_WITHIN = 5.0
ASK_FOR = 5.0
GATHER_FOR = 0.05
PROBE_EVERY = 1.0
RECONNECT_EVERY = 1
SHARE_IN_BATCHES = 5
REFILL_EVERY = timedelta(milliseconds=100)
AWAY = (nats.errors.Error, TimeoutError, OSError)
_TOKEN = re.compile("[0-9]{1,9}")
FULL = 10077  # JetStream's code for "maximum messages exceeded"


def subject(chosen: Engine, lane: Lane) -> str:
    """Where the messages of a lane are published; each lane has its consumer."""
    return f"{chosen.stream}.{lane.value}"


def stream_config(chosen: Engine) -> StreamConfig:
    """A queue on disk: what is acknowledged is gone, what is full takes no more."""
    return StreamConfig(
        name=chosen.stream,
        subjects=[subject(chosen, lane) for lane in Lane],
        retention=RetentionPolicy.WORK_QUEUE,
        discard=DiscardPolicy.NEW,
        storage=StorageType.FILE,
        max_msgs=chosen.stream_size,
        max_age=chosen.stream_keep.total_seconds(),
        duplicate_window=min(DOUBLES_SEEN, chosen.stream_keep).total_seconds(),
        num_replicas=chosen.stream_replicas,
    )


def consumer_config(chosen: Engine, lane: Lane) -> ConsumerConfig:
    """One durable consumer a lane, shared by all workers: what is not acknowledged by the end of a
    lease is given to another, who does not win its start."""
    return ConsumerConfig(
        durable_name=lane.value,
        filter_subject=subject(chosen, lane),
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=PATIENCE[lane].lease.total_seconds(),
        max_ack_pending=-1,
        max_deliver=-1,
    )


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


class JetStream:
    """Work by way of the broker, or by ``inline`` while it is away. ``node`` is this worker."""

    def __init__(self, chosen: Engine, database: Database, inline: Inline, node: str) -> None:
        self._chosen = chosen
        self._database = database
        self._inline = inline
        self._node = node
        self._client = Client()
        self._js: JetStreamContext = self._client.jetstream()
        self._pulls: dict[Lane, JetStreamContext.PullSubscription] = {}
        self._arrived: dict[Lane, deque[Msg]] = {lane: deque() for lane in Lane}
        self._room: dict[Lane, int] = dict.fromkeys(Lane, 0)
        self._hungry = {lane: asyncio.Event() for lane in Lane}
        self._held: dict[DeliveryId, Msg] = {}
        self._up = asyncio.Event()
        self._doubted = asyncio.Event()
        self._looking = asyncio.Event()
        self._wake: Callable[[], None] = self._looking.set
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = False  # a cancellation can be lost where a message arrives that moment

    @property
    def is_up(self) -> bool:
        """Whether the broker is there and takes messages, as far as is known."""
        return self._up.is_set()

    async def start(self, wake: Callable[[], None]) -> None:
        """Begin to connect, to hand over and to pull; none of it is waited for."""
        self._wake = wake
        loops = [self._keep_up(), self._forever(self._relay)]
        loops += [self._forever(partial(self._pull, lane)) for lane in Lane]
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    def look(self) -> None:
        """Something may have fallen due: hand it over."""
        self._looking.set()

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
        arrived = self._arrived[lane]
        while arrived:
            messages = [arrived.popleft() for _ in range(min(slots, len(arrived)))]
            self._make_room(lane, slots - len(messages))
            won = await self._begin(lane, messages)
            if won:
                return won
        self._make_room(lane, slots)
        return [] if self.is_up else await self._inline.claims(lane, slots, shares)

    def _make_room(self, lane: Lane, slots: int) -> None:
        self._room[lane] = slots
        if slots:
            self._hungry[lane].set()

    async def claim_alone(self) -> Claimed | None:
        """Such a delivery is not handed over: whoever has room for it claims it."""
        return await self._inline.claim_alone()

    async def over(self, claims: Sequence[Claimed]) -> None:
        """Acknowledge what is written."""
        await self._acknowledge([self._held.pop(one.id) for one in claims if one.id in self._held])

    async def close(self) -> None:
        """Stop, and let another worker have what has arrived and was not begun."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(nats.errors.Error):
            for message in await self._not_begun():
                await message.nak()
            if self._client.is_connected:
                await self._client.flush(timeout=2)
        await self._client.close()

    async def _not_begun(self) -> list[Msg]:
        """All that has arrived and was not begun. Nothing arrives after it: what is given back goes
        to another, not to a request of this node's that is still open."""
        found = [message for arrived in self._arrived.values() for message in arrived]
        for pull in self._pulls.values():
            with contextlib.suppress(TimeoutError):
                while pull.pending_msgs:
                    found += await pull.fetch(1, timeout=GATHER_FOR)
            await pull.unsubscribe()
        return found

    async def _begin(self, lane: Lane, messages: list[Msg]) -> list[Claimed]:
        by_ticket = {ticket_of(message.data): message for message in messages}
        tickets = [ticket for ticket in by_ticket if ticket is not None]

        def start(session: Session) -> list[Claimed]:
            until = self._instant(session) + PATIENCE[lane].lease
            return relay.start(session, tickets, until, self._node)

        won = {one.id: one for one in await self._database.write(start)}
        stale = []
        for message in messages:
            ticket = ticket_of(message.data)
            if ticket is not None and ticket[0] in won and message is by_ticket[ticket]:
                self._held[ticket[0]] = message
            else:
                stale.append(message)
        await self._acknowledge(stale)
        return list(won.values())

    async def _acknowledge(self, messages: Sequence[Msg]) -> None:
        """One that is lost costs nothing: the message comes again, and starts nothing."""
        with contextlib.suppress(nats.errors.Error):
            for message in messages:
                await message.ack()

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeat a step while the broker is there; what fails brings it in doubt."""
        while not self._closing:
            await self._up.wait()
            try:
                await step()
            except AWAY as error:
                self._doubt(error)
            except Exception:
                log.exception("handing over stopped for a moment")
                await asyncio.sleep(PROBE_EVERY)

    def _doubt(self, error: Exception) -> None:
        if self.is_up:
            log.warning("broker away, claiming without it", error=type(error).__name__)
        self._up.clear()
        self._doubted.set()
        self._wake()

    async def _keep_up(self) -> None:
        """Connect, and see to it that stream and consumers are there, again whenever in doubt."""
        await self._client.connect(
            self._chosen.handover,
            name=self._node,
            connect_timeout=2,
            reconnect_time_wait=RECONNECT_EVERY,
            max_reconnect_attempts=-1,
            error_cb=_quiet,
            disconnected_cb=self._lost,
            reconnected_cb=self._lost,
        )
        while not self._closing:
            try:
                await self._prepare()
            except AWAY as error:
                log.warning("broker not ready", error=str(error) or type(error).__name__)
                await asyncio.sleep(PROBE_EVERY)
                continue
            except Exception:
                log.exception("broker not prepared")
                await asyncio.sleep(PROBE_EVERY)
                continue
            self._doubted.clear()
            self._up.set()
            self._wake()
            await self._doubted.wait()
            await asyncio.sleep(PROBE_EVERY)

    async def _lost(self) -> None:
        if not self._closing:
            self._doubt(ConnectionError())

    async def _prepare(self) -> None:
        """Make the stream and the consumers, or bring them to what the config says. A stream that
        was not there has lost what was in it: all of it is due again at once."""
        config = stream_config(self._chosen)
        try:
            await self._js.stream_info(self._chosen.stream)
            is_there = True
        except NotFoundError:
            is_there = False
        try:
            await self._js.add_stream(config)
        except BadRequestError:
            await self._js.update_stream(config)
        for lane in Lane:
            await self._js.add_consumer(self._chosen.stream, consumer_config(self._chosen, lane))
            if lane not in self._pulls:
                pull = await self._js.pull_subscribe_bind(lane.value, self._chosen.stream)
                self._pulls[lane] = pull
        if not is_there:
            await self._database.write(lambda s: relay.take_all_back(s, self._instant(s)))

    def _instant(self, session: Session) -> datetime:
        return self._database.instant(session, self._inline.now())

    async def _relay(self) -> None:
        """Hand over what is due; when nothing is, wait until something may be."""
        self._looking.clear()
        handed = [await self._hand_over(lane) for lane in Lane]
        if any(taken for taken, _ in handed):
            return
        due_at = await self._database.read(claims.next_run_at)
        wait = self._inline.until(due_at)
        if any(held_back for _, held_back in handed):
            wait = REFILL_EVERY
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._looking.wait(), wait.total_seconds())

    async def _hand_over(self, lane: Lane) -> tuple[int, bool]:
        """Take what is due for the broker and publish it; return how many the broker took, and
        whether somebody has more that is due."""
        portion = Portion(self._chosen.batch, self._chosen.batch * SHARE_IN_BATCHES)

        def take(session: Session) -> Handed:
            now = self._instant(session)
            return relay.hand_over(session, lane, now, now + HANDED_FOR, portion)

        handed = await self._database.write(take)
        tickets, held_back = handed.tickets, bool(handed.held_back)
        if not tickets:
            return 0, held_back
        reach(Point.HANDED_OVER)
        answers = await asyncio.gather(
            *(self._publish(lane, ticket) for ticket in tickets), return_exceptions=True
        )
        reach(Point.PUBLISHED)
        failed = [t for t, answer in zip(tickets, answers, strict=True) if answer is not None]
        if failed:
            await self._database.write(lambda s: relay.take_back(s, failed, self._instant(s)))
            error = next(answer for answer in answers if answer is not None)
            if getattr(error, "err_code", None) != FULL:
                raise error
            await asyncio.sleep(PROBE_EVERY)
        return len(tickets) - len(failed), held_back

    async def _publish(self, lane: Lane, ticket: Ticket) -> None:
        text = text_of(ticket)
        await self._js.publish(
            subject(self._chosen, lane),
            text.encode(),
            timeout=TAKEN_WITHIN,
            stream=self._chosen.stream,
            headers={"Nats-Msg-Id": text},
        )

    async def _pull(self, lane: Lane) -> None:
        """Ask for one message and wait for it; once there is one, take what else is there."""
        await self._hungry[lane].wait()
        arrived = self._arrived[lane]
        for most, patience in ((1, ASK_FOR), (self._room[lane] - 1, GATHER_FOR)):
            if most <= 0:
                break
            try:
                came = await self._fetch(lane, most, patience)
            except TimeoutError:
                break
            arrived.extend(came)
            self._room[lane] -= len(came)
            self._wake()
        if self._room[lane] <= 0:
            self._hungry[lane].clear()

    async def _fetch(self, lane: Lane, most: int, patience: float) -> list[Msg]:
        """Up to so many messages; where this node stops meanwhile, those that are here stay with
        what has arrived."""
        fetching = asyncio.ensure_future(self._pulls[lane].fetch(most, timeout=patience))
        try:
            return await asyncio.shield(fetching)
        except asyncio.CancelledError:
            if patience > GATHER_FOR:
                fetching.cancel()
            with contextlib.suppress(TimeoutError, asyncio.CancelledError, *AWAY):
                self._arrived[lane].extend(await fetching)
            raise


async def _quiet(_error: Exception) -> None:
    """What goes wrong with the connection is seen where it matters."""
