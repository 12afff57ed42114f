"""The broker as one node sees it: whether it is there, and the stream and consumers kept on it.

What fails brings it in doubt. Then it is done without until stream and consumers are there again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, NotFoundError

from reminder.config.tables import Engine
from reminder.domain.delivery import PATIENCE, Lane

log = structlog.get_logger(__name__)
DOUBLES_SEEN = timedelta(minutes=2)
TAKEN_WITHIN = 5.0
PROBE_EVERY = 1.0
RECONNECT_EVERY = 1
AWAY = (nats.errors.Error, TimeoutError, OSError)
Step = Callable[[], Awaitable[None]]


def subject(chosen: Engine, lane: Lane) -> str:
    """Where the messages of a lane are published; each lane has its consumer."""
    return f"{chosen.stream}.{lane.value}"


def stream_config(chosen: Engine) -> api.StreamConfig:
    """A queue on disk: what is acknowledged is gone, what is full takes no more."""
    return api.StreamConfig(
        name=chosen.stream,
        subjects=[subject(chosen, lane) for lane in Lane],
        retention=api.RetentionPolicy.WORK_QUEUE,
        discard=api.DiscardPolicy.NEW,
        storage=api.StorageType.FILE,
        max_msgs=chosen.stream_size,
        max_age=chosen.stream_keep.total_seconds(),
        duplicate_window=min(DOUBLES_SEEN, chosen.stream_keep).total_seconds(),
        num_replicas=chosen.stream_replicas,
    )


def consumer_config(chosen: Engine, lane: Lane) -> api.ConsumerConfig:
    """One durable consumer a lane, shared by all workers: what is not acknowledged by the end of a
    lease is given to another, who does not win its start."""
    return api.ConsumerConfig(
        durable_name=lane.value,
        filter_subject=subject(chosen, lane),
        ack_policy=api.AckPolicy.EXPLICIT,
        ack_wait=PATIENCE[lane].lease.total_seconds(),
        max_ack_pending=-1,
        max_deliver=-1,
    )


class Broker:
    """A connection that is kept up, and what is repeated while it is. ``name`` is this node's."""

    def __init__(self, chosen: Engine, name: str) -> None:
        self._chosen = chosen
        self._name = name
        self._client = Client()
        self._js: JetStreamContext = self._client.jetstream()
        self.pulls: dict[Lane, JetStreamContext.PullSubscription] = {}
        self._up = asyncio.Event()
        self._doubted = asyncio.Event()
        self._wake: Callable[[], None] = self._doubted.set
        self._tasks: list[asyncio.Task[None]] = []
        self._is_anew = False  # until what the old one held is seen to
        self._is_begun = False
        self._closing = False  # a cancellation can be lost where a message arrives that moment

    @property
    def is_up(self) -> bool:
        """Whether the broker is there and takes messages, as far as is known."""
        return self._up.is_set()

    def start(self, steps: Iterable[Step], begun_anew: Step, wake: Callable[[], None]) -> None:
        """Begin to connect, and to repeat each of the steps while the broker is there; none of it
        is waited for. ``begun_anew`` is done when the stream was made, ``wake`` is called when the
        broker comes or goes."""
        self._wake = wake
        loops = [self._keep_up(begun_anew), *(self._forever(step) for step in steps)]
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """Repeat nothing more; what was taken can still be answered until :meth:`close`."""
        self._closing = True
        self._doubted.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def flush(self) -> None:
        """Have the broker get what was answered."""
        if self._client.is_connected:
            await self._client.flush(timeout=2)

    async def close(self) -> None:
        """Let go of the connection, where one was sought."""
        if self._is_begun:
            await self._client.close()

    async def publish(self, lane: Lane, text: str) -> None:
        """Give it a message, by whose text it knows a double, and see that it is kept."""
        await self._js.publish(
            subject(self._chosen, lane),
            text.encode(),
            timeout=TAKEN_WITHIN,
            stream=self._chosen.stream,
            headers={"Nats-Msg-Id": text},
        )

    async def _forever(self, step: Step) -> None:
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

    async def _keep_up(self, begun_anew: Step) -> None:
        """Connect, and see to it that stream and consumers are there, again whenever in doubt."""
        self._is_begun = True
        await self._client.connect(
            self._chosen.handover,
            name=self._name,
            connect_timeout=2,
            reconnect_time_wait=RECONNECT_EVERY,
            max_reconnect_attempts=-1,
            error_cb=_quiet,
            disconnected_cb=self._lost,
            reconnected_cb=self._lost,
        )
        while not self._closing:
            self._doubted.clear()  # a doubt that comes up meanwhile has all of it seen to again
            try:
                await self._prepare(begun_anew)
            except AWAY as error:
                log.warning("broker not ready", error=str(error) or type(error).__name__)
            except Exception:
                log.exception("broker not prepared")
            else:
                self._up.set()
                self._wake()
                await self._doubted.wait()
            await asyncio.sleep(PROBE_EVERY)

    async def _lost(self) -> None:
        if not self._closing:
            self._doubt(ConnectionError())

    async def _prepare(self, begun_anew: Step) -> None:
        """Make the stream and the consumers, or bring them to what the config says. A stream that
        was not there has lost what was in it."""
        config = stream_config(self._chosen)
        try:
            await self._js.stream_info(self._chosen.stream)
        except NotFoundError:
            self._is_anew = True
        try:
            await self._js.add_stream(config)
        except BadRequestError:
            await self._js.update_stream(config)
        for lane in Lane:
            await self._js.add_consumer(self._chosen.stream, consumer_config(self._chosen, lane))
            if lane not in self.pulls:
                pull = await self._js.pull_subscribe_bind(lane.value, self._chosen.stream)
                self.pulls[lane] = pull
        if self._is_anew:
            await begun_anew()
            self._is_anew = False


async def _quiet(_error: Exception) -> None:
    """What goes wrong with the connection is seen where it matters."""
