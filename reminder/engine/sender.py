"""Claim, prepare, send, finish: the loop that empties the outbox.

No transaction is open while talking to the world. A claim is committed before its try begins, and
a try is begun only while its lease holds longer than the try may last. Finishes are written in
batches, and only by who still holds the token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from reminder.crash import Point, reach
from reminder.domain import delivery
from reminder.domain.channel import ChannelState
from reminder.domain.delivery import (
    PATIENCE,
    EmailTarget,
    Kind,
    Lane,
    Receipt,
    State,
    Try,
    WebhookTarget,
)
from reminder.domain.owner import ladder
from reminder.engine import health
from reminder.engine.desk import Desk
from reminder.engine.escalation import follow
from reminder.engine.handover import LONGEST_SLEEP, Handover
from reminder.engine.letters import Dropped, Letter, prepare
from reminder.errors import TransportError, Unreachable
from reminder.storage import outbox, owners
from reminder.storage.database import Database, Session
from reminder.storage.outbox import Attempt, Claimed, Finish
from reminder.transports.base import Transport

log = structlog.get_logger(__name__)
DRAIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Ways:
    """The transports: one for mailboxes, one for URLs, and how many tries each may have at once."""

    email: Transport[EmailTarget]
    webhook: Transport[WebhookTarget]
    slots: Mapping[Lane, int]

    async def close(self) -> None:
        """Close both."""
        await self.email.close()
        await self.webhook.close()


@dataclass(frozen=True, slots=True)
class Ended:
    """A try that ended, or a claim that came to nothing, waiting to be written."""

    finish: Finish
    claim: Claimed
    health: ChannelState | None = None


class Sender:
    """Sends what is due until it is told to stop."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        ways: Ways,
        handover: Handover,
        clock: Callable[[], datetime],
        node: str,
    ) -> None:
        self._database = database
        self.handover = handover
        self._desk = desk
        self._ways = ways
        self._clock = clock
        self._node = node
        self._woken = asyncio.Event()
        self._writing = asyncio.Lock()
        self._stopping = False
        self._tries: dict[asyncio.Task[Ended], Lane] = {}
        self._hold = asyncio.get_running_loop().time

    def wake(self) -> None:
        """There may be something to send: look now."""
        self.handover.look()
        self._woken.set()

    async def run(self) -> None:
        """Send until :meth:`stop`; the one guard of this loop keeps it alive over any failure."""
        await self.handover.start(self._woken.set)
        while not self._stopping:
            try:
                wait = await self.step()
            except Exception:
                log.exception("sending stopped for a moment")
                wait = LONGEST_SLEEP / 10
            await self._rest(wait)

    async def stop(self) -> None:
        """Begin no more tries, let those under way end, and write what they came to."""
        self._stopping = True
        self._woken.set()
        if self._tries:
            await asyncio.wait(self._tries, timeout=DRAIN.total_seconds())
        await self._write_ended()
        for left in list(self._tries):
            left.cancel()
        await self.handover.close()

    async def step(self) -> timedelta:
        """One turn: write what ended, claim what is due, begin its tries; return how long nothing
        is due."""
        await self._write_ended()
        begun = 0
        for lane in Lane:
            begun += await self._begin(lane)
        if begun:
            return timedelta(0)
        return await self.handover.rest()

    async def drain(self) -> None:
        """Send everything that is due now and wait for it: for tests and for one-off commands."""
        while True:
            await self._write_ended()
            begun = [await self._begin(lane) for lane in Lane]
            if not any(begun) and not self._tries:
                return
            if self._tries:
                await asyncio.wait(self._tries)

    async def _rest(self, wait: timedelta) -> None:
        """Sleep until a wake-up, the end of a try, or ``wait``."""
        if self._stopping:
            return
        seconds = wait.total_seconds()
        full = any(self._free(lane) == 0 for lane in Lane)
        waiter = asyncio.ensure_future(self._woken.wait())
        pause = max(seconds, 0.05) if full or self._tries else seconds
        await asyncio.wait({waiter, *self._tries}, timeout=pause, return_when="FIRST_COMPLETED")
        waiter.cancel()
        self._woken.clear()

    def _free(self, lane: Lane) -> int:
        return self._ways.slots[lane] - sum(1 for held in self._tries.values() if held is lane)

    async def _begin(self, lane: Lane) -> int:
        slots = min(self._free(lane), self._desk.settings.engine.batch)
        if slots <= 0 or self._is_stopping():
            return 0
        now, began = self._clock(), self._hold()
        claims = await self.handover.claims(lane, slots)
        if not claims:
            return 0
        reach(Point.CLAIMED)
        ready = await self._database.read(lambda s: prepare(s, self._desk, claims, now))
        dropped = [_drop(one, now) for one in ready if isinstance(one, Dropped)]
        if dropped:
            await self._database.write(lambda s: self._finish(s, dropped))
            await self.handover.over([one.claim for one in dropped])
        letters = [one for one in ready if isinstance(one, Letter)]
        if self._is_stopping() or not self._holds(lane, began):
            left = [one.claim for one in letters]
            await self._database.write(lambda s: outbox.release(s, left, self._clock()))
            await self.handover.over(left)
            return 0
        for letter in letters:
            self._tries[asyncio.create_task(self._try(letter))] = lane
        return len(claims)

    def _is_stopping(self) -> bool:
        return self._stopping

    def _holds(self, lane: Lane, began: float) -> bool:
        """Whether the lease taken at ``began`` outlasts a try that starts now."""
        patience = PATIENCE[lane]
        spent = timedelta(seconds=self._hold() - began)
        return spent + patience.deadline < patience.lease

    async def _try(self, letter: Letter) -> Ended:
        started = self._clock()
        result: Receipt | TransportError
        try:
            match letter.target:
                case EmailTarget():
                    result = await self._ways.email.send(letter.message, letter.target, started)
                case WebhookTarget():
                    result = await self._ways.webhook.send(letter.message, letter.target, started)
        except TransportError as error:
            result = error
        except Exception:
            log.exception("a try broke", delivery=letter.claim.id)
            result = Unreachable("the try broke inside the service", maybe_accepted=True)
        finally:
            self._woken.set()
        return self._ended(letter, result, started)

    def _ended(self, letter: Letter, result: Receipt | TransportError, started: datetime) -> Ended:
        now, claim = self._clock(), letter.claim
        luck = self._desk.entropy(1)[0] / 256
        this = Try(claim.lane, claim.tries, claim.expires_at, luck)
        after = delivery.after(result, this, now)
        answer = result.answer
        detail = "" if isinstance(result, Receipt) else str(result)
        attempt = Attempt(started, now, after.outcome.value, answer, detail)
        finish = Finish(
            claim.id,
            claim.token,
            after.state,
            after.run_at or now,
            after.reason,
            attempt,
            letter.fallen,
        )
        return Ended(finish, claim, _health(after))

    async def _write_ended(self) -> None:
        async with self._writing:
            over = [task for task in self._tries if task.done()]
            if not over:
                return
            ended = [task.result() for task in over]
            await self._database.write(lambda session: self._finish(session, ended))
            reach(Point.FINISHED)
            for task in over:
                del self._tries[task]
            await self.handover.over([one.claim for one in ended])
            reach(Point.ACKNOWLEDGED)

    def _finish(self, session: Session, ended: list[Ended]) -> None:
        now = self._clock()
        done = [self._by_day(session, e) for e in ended]
        lost = set(outbox.finish(session, done, self._node, now))
        for one in ended:
            if one.claim.id in lost:
                log.warning("lease lost", delivery=one.claim.id)
            elif one.health is not None:
                health.note(session, self._desk, one.claim, one.health, now)
        follow(session, self._desk, [f for f in done if f.id not in lost], now)
        reach(Point.FINISHING)

    def _by_day(self, session: Session, one: Ended) -> Finish:
        """A retry of a reminder waits for the end of its owner's quiet hours (3a, rule 3)."""
        finish, claim = one.finish, one.claim
        if finish.state is not State.PENDING or claim.kind is not Kind.REMINDER:
            return finish
        steps = ladder(owners.get(session, claim.owner), None, self._desk.habits)
        return replace(finish, run_at=steps.moment_after(finish.run_at))


def _drop(one: Dropped, now: datetime) -> Ended:
    finish = Finish(one.claim.id, one.claim.token, one.state, now, one.reason, None, one.fallen)
    return Ended(finish, one.claim)


def _health(after: delivery.After) -> ChannelState | None:
    """What a try showed about its channel."""
    if after.state is State.SENT:
        return ChannelState.WORKS
    if after.channel_off:
        return ChannelState.RESTING
    return ChannelState.FAILING if after.state is State.PENDING else None
