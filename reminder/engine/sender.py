"""Claim, prepare, send, finish: the loop that empties the outbox.

No transaction is open while talking to the world. A claim is committed before its try begins, and
a try is begun only while its lease holds longer than the try may last. Finishes are written in
batches, and only by who still holds the token. Which tries may begin is said by how much an owner
holds, by where they go (:mod:`reminder.engine.destinations`), and by whether the mail server takes
mail from us at all (:mod:`reminder.engine.halting`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from reminder.crash import Point, reach
from reminder.domain.breaker import NOT_ASKED
from reminder.domain.delivery import DEAD_AFTER, PATIENCE, Lane, Receipt, State, outcome_of
from reminder.engine.desk import Desk
from reminder.engine.destinations import Admission, Destinations, Ready, answered, host_of
from reminder.engine.disk import PROBE_EVERY, DiskGuard
from reminder.engine.ends import finish, tell
from reminder.engine.flight import Flight
from reminder.engine.halting import Halt
from reminder.engine.handover import Handover
from reminder.engine.letters import Dropped, Held, Letter, prepare
from reminder.engine.tries import Ended, Span, Ways, dropped, ended
from reminder.engine.watch import HELD_FOR, Trouble, Watch
from reminder.errors import StorageError, Unreachable
from reminder.storage import claims
from reminder.storage.claims import Claimed, Shares
from reminder.storage.database import Session
from reminder.transports.base import only_while

log = structlog.get_logger(__name__)
DRAIN = timedelta(seconds=20)
AFTER_FAILURE = timedelta(seconds=3)
NOBODY_ELSE = timedelta(seconds=1)
ASK_AGAIN = timedelta(milliseconds=50)
LOOK_FOR_OUTCASTS = timedelta(seconds=5)
PROVEN_AFTER = timedelta(minutes=1)
MAKE_ROOM_FOR = timedelta(seconds=30)
ALONE_FOR = timedelta(seconds=30)
STOPS_US = "each of its last tries ended with this service, five while nothing else was sent"


@dataclass(slots=True)
class _Outcasts:
    """When to look for deliveries that must run alone, and since when room is made for one."""

    look_at: timedelta = timedelta()
    waiting_since: timedelta | None = None


class Sender:
    """Sends what is due until it is told to stop."""

    def __init__(
        self,
        guard: DiskGuard,
        desk: Desk,
        ways: Ways,
        handover: Handover,
        watch: Watch,
        node: str,
    ) -> None:
        self._database = guard.database
        self.handover = handover
        self._desk = desk
        self._ways = ways
        self._watch = watch
        self._node = node
        self._woken = asyncio.Event()
        self._was_woken = True
        self._writing = asyncio.Lock()
        self._stopping = False
        self._may_begin = True
        self._flight = Flight(ways.slots, self._landed)
        self._back: list[tuple[Claimed, timedelta | None]] = []
        self.destinations = Destinations(ways.slots[Lane.WEBHOOK], watch)
        self._halt = Halt(watch)
        self._guard = guard
        self._nothing_until: dict[Lane, timedelta] = {}
        self._outcasts = _Outcasts()
        self._made_at = self.looked_at = watch.uptime()

    @property
    def mail_stands_still(self) -> bool:
        """Whether the mail server refuses us."""
        return self._halt.is_on

    def wake(self) -> None:
        """There may be something to send: look now."""
        self._nothing_until.clear()
        self.handover.look()
        self._woken.set()

    async def run(self) -> None:
        """Send until :meth:`stop`; the one guard of this loop keeps it alive over any failure."""
        if not self._stopping:
            await self.handover.start(self._woken.set)
        while not self._stopping:
            try:
                wait = await self.step()
            except Exception:
                log.exception("sending stopped for a moment")
                wait = AFTER_FAILURE
            await self._rest(wait)

    async def stop(self) -> None:
        """Begin no more tries, let those under way end, and write what they came to."""
        self._stopping = True
        self._woken.set()
        held = [one for lane in Lane for one in self._flight.give_back(lane)]
        self._give_back([*self.destinations.give_back(), *held])
        await self._release()
        if self._flight.tries:
            await asyncio.wait(self._flight.tries, timeout=DRAIN.total_seconds())
        await self._write_ended()
        for left in list(self._flight.tries):
            left.cancel()
        await self.handover.close()

    async def step(self) -> timedelta:
        """One turn: write what ended, claim what is due, begin its tries; return how long nothing
        is due."""
        self.looked_at = self._watch.uptime()
        self._flight.is_proven = self.looked_at - self._made_at > PROVEN_AFTER
        self._may_begin = False
        if not (self._database.is_proven and await self._guard.database_is_well()):
            return PROBE_EVERY
        if self._watch.holds_still():
            return HELD_FOR
        self._may_begin = True
        try:
            return await self._still_quiet() or await self._turn()
        except StorageError:
            if self._database.ailment is None:
                raise
            return PROBE_EVERY

    async def _still_quiet(self) -> timedelta:
        """How long nothing is due yet, where a rest went by, nothing woke this sender and it has
        nothing in hand: one look, where a turn asks each lane. Zero where a turn is to be made."""
        if self._was_woken or not self._flight.is_empty or any(self.destinations.held()):
            return timedelta()
        return await self.handover.quiet_for()

    async def _turn(self) -> timedelta:
        if await self._sees_to_outcasts():
            await self._write_ended()
            return timedelta(0)
        _, begun = await self._write_and_begin()
        return timedelta(0) if begun else await self.handover.rest()

    async def drain(self) -> None:
        """Send everything that is due now and wait for it: for tests and for one-off commands."""
        flight = self._flight
        flight.is_proven = True
        while True:
            if any(await self._write_and_begin()) or flight.tries or flight.over:
                await flight.gather()
            elif not await self._try_alone():
                return

    async def _write_and_begin(self) -> tuple[int, int]:
        """Write what ended and begin what is due, side by side: while the database works for the
        one, the other goes on. Return how much was written, and how much begun."""
        writing = asyncio.create_task(self._write_ended())
        try:
            begun = await self._begin_all()
        finally:
            written = await writing
        return written, begun

    async def _rest(self, wait: timedelta) -> None:
        """Sleep until a wake-up, the end of a try, or ``wait``; never without a breath while
        something due may not begin."""
        if self._stopping:
            return
        under_way = bool(self._flight.tries)
        held_up = under_way or any(self._room(lane) <= 0 for lane in Lane)
        breath = 1.0 if self._halt.is_on and not under_way else 0.05
        seconds = wait.total_seconds()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, breath) if held_up else seconds):
                await self._woken.wait()
        self._was_woken = self._woken.is_set()
        self._woken.clear()
        if not self._stopping:
            await self._flight.breathe()

    def _room(self, lane: Lane) -> int:
        """How many tries of a lane may begin."""
        free = self._flight.free(lane)
        return self._halt.room(free, self._flight.under_way[lane]) if lane is Lane.EMAIL else free

    def _shares(self, lane: Lane) -> Shares:
        """No owner holds more than half of a lane, so that another's turn always comes."""
        held = self._flight.held(lane)
        if lane is Lane.WEBHOOK:
            held.update(self.destinations.held())
        return Shares(max(1, self._ways.slots[lane] // 2), held)

    async def _begin_all(self) -> int:
        """Begin what has waited and what is due; return how much that was."""
        if self._is_stopping():
            return 0
        begun = 0
        for one, admission in self.destinations.resume(self._room(Lane.WEBHOOK)):
            begun += self._place(one, admission)
        for lane in Lane:
            begun += await self._begin(lane)
        await self._release()
        return begun

    async def _begin(self, lane: Lane) -> int:
        """Claim a batch of a lane and begin what there is room for; the rest is ready for the next
        free slots. While all mail is refused none is kept ready. A lane that had nothing is not
        asked at each turn while others are busy: a wake-up says what is new."""
        is_halted = lane is Lane.EMAIL and self._halt.is_on
        if is_halted:
            self._give_back(self._flight.give_back(lane))
        self._fill(lane)
        room = self._room(lane)
        wanted = room if is_halted else self._flight.wanted(lane, room)
        slots = min(wanted, self._desk.settings.engine.batch)
        shares, claimed = self._shares(lane), self._watch.uptime()
        is_busy = bool(shares.full or self._flight.tries)
        passed_by = is_busy and claimed < self._nothing_until.get(lane, timedelta())
        if slots <= 0 or passed_by or self._is_stopping():
            return 0
        got = await self.handover.claims(lane, slots, shares)
        self._watch.counts.note_claims(lane, got)
        if not got:
            self._nothing_until[lane] = claimed + (NOBODY_ELSE if shares.full else ASK_AGAIN)
            return 0
        reach(Point.CLAIMED)
        self._flight.ready[lane].extend(Ready(x, claimed) for x in await self._prepared(got))
        self._fill(lane)
        if self._is_stopping():
            self._give_back(self._flight.give_back(lane))
        return len(got)

    async def _prepared(self, got: list[Claimed]) -> list[Letter]:
        """The letters of these claims; what comes to nothing is written at once, and what must
        wait is given back."""
        now = self._watch.now()
        ready = await self._database.read(lambda s: prepare(s, self._desk, got, now))
        await self._write([dropped(one, now) for one in ready if isinstance(one, Dropped)])
        self._back += [(x.claim, x.until - now) for x in ready if isinstance(x, Held)]
        return [one for one in ready if isinstance(one, Letter)]

    def _fill(self, lane: Lane) -> None:
        """Begin what is ready, as far as there is room."""
        ready = self._flight.ready[lane]
        while ready and self._room(lane) > 0 and self._begins():
            one = ready.popleft()
            if one.holds(self._watch.uptime()):
                self._place(one, self.destinations.admit(one))
            else:
                self._give_back([one])

    def _begins(self) -> bool:
        """Whether tries may begin at all: not where their end could not be written down."""
        return self._may_begin and not self._stopping and self._database.ailment is None

    def _place(self, one: Ready, admission: Admission) -> int:
        """Do what was found of a letter; return 1 if it begins or fails. Whatever could not begin
        within its lease, or finds no room, is given back."""
        if self._stopping or not one.holds(self._watch.uptime()):
            self._give_back([one])
            return 0
        match admission:
            case Admission.BEGIN:
                self._launch(one.letter)
                return 1
            case Admission.FAIL:
                now = self._watch.now()
                span = Span(now, now, self._luck())
                self._watch.counts.not_called += 1
                self._flight.add(ended(one.letter, Unreachable(NOT_ASKED), span))
                return 1
            case Admission.LATER:
                self._back.append((one.letter.claim, self.destinations.later(one)))
            case Admission.WAIT:
                pass
        return 0

    def _launch(self, letter: Letter) -> None:
        self.destinations.begun(letter)
        self._flight.launch(letter, self._try(letter, self._watch.uptime()))

    def _landed(self, letter: Letter) -> None:
        """A try ended: the next begins in its place, first what waits for the same host."""
        self._woken.set()
        host = host_of(letter)
        if host is not None and self._begins():
            for one, admission in self.destinations.resume(self._room(Lane.WEBHOOK), host):
                self._place(one, admission)
        self._fill(letter.claim.lane)

    def _give_back(self, letters: Sequence[Ready]) -> None:
        self._back += [(one.letter.claim, None) for one in letters]

    async def _release(self) -> None:
        """Give back the claims that could not begin, due again in a while or at once."""
        back, self._back = self._back, []
        if not back:
            return

        def give(session: Session) -> None:
            for claim, wait in back:
                claims.release(session, [claim], self._watch.now() + (wait or timedelta()))

        await self._database.write(give)
        await self.handover.over([claim for claim, _ in back])

    async def _sees_to_outcasts(self) -> bool:
        """Whether the turn belongs to a delivery that must run alone: it is tried, or room is made
        for it. If room does not come in half a minute, the others go on."""
        mine, uptime = self._outcasts, self._watch.uptime()
        if uptime < mine.look_at or self._is_stopping():
            return False
        now = self._watch.now()
        if not await self._database.read(lambda s: claims.is_outcast_due(s, now)):
            self._outcasts = _Outcasts(uptime + LOOK_FOR_OUTCASTS)
            return False
        if not self._flight.tries:
            return await self._try_alone()
        if mine.waiting_since is None:
            mine.waiting_since = uptime
        if uptime - mine.waiting_since > MAKE_ROOM_FOR:
            self._outcasts = _Outcasts(uptime + MAKE_ROOM_FOR)
            return False
        return True

    async def _try_alone(self) -> bool:
        """Try one delivery whose tries were lost again and again while nothing else is under way;
        one that was lost alone too is given up, with an alarm. One that only takes long is left to
        itself after half a minute: it has not ended this service. What ended before is written
        first."""
        await self._write_ended()
        claim = await self.handover.claim_alone()
        if claim is None:
            return False
        if claim.lost >= DEAD_AFTER:
            self._watch.raise_alarm(Trouble.GIVEN_UP, f"A message was given up: {STOPS_US}")
            over = Dropped(claim, State.DEAD, STOPS_US)
            await self._write([dropped(over, self._watch.now())])
            return True
        log.warning("tried alone", delivery=claim.id, lost=claim.lost)
        for letter in await self._prepared([claim]):
            self._launch(letter)
            await asyncio.wait(self._flight.tries, timeout=ALONE_FOR.total_seconds())
        await self._write_ended()
        return True

    def _is_stopping(self) -> bool:
        return self._stopping

    def _luck(self) -> float:
        return self._desk.entropy(1)[0] / 256

    async def _try(self, letter: Letter, since: timedelta) -> Ended:
        started, longest = self._watch.now(), PATIENCE[letter.claim.lane].deadline
        only_while(lambda: self._watch.uptime() - since < longest)
        result = await self._ways.send(letter, started)
        if letter.claim.lane is Lane.EMAIL:
            result = self._halt.note(result)
        took = self._watch.uptime() - since
        self.destinations.ended(letter, answered(result), took)
        counts = self._watch.counts
        counts.tries[letter.claim.lane, outcome_of(result)] += 1
        if letter.claim.tries == 1:
            counts.lateness.append(started - letter.claim.due_at)
        luck = 0.0 if isinstance(result, Receipt) else self._luck()  # for when it is tried again
        return ended(letter, result, Span(started, self._watch.now(), luck))

    async def _write_ended(self) -> int:
        async with self._writing:
            over = list(self._flight.over)
            await self._write(over)
            self._flight.wrote(len(over))
            return len(over)

    async def _write(self, over: list[Ended]) -> None:
        if over:
            desk, watch, node = self._desk, self._watch, self._node
            await self._database.write(lambda session: finish(session, desk, watch, over, node))
            reach(Point.FINISHED)
            tell(over)
            await self.handover.over([one.claim for one in over])
            reach(Point.ACKNOWLEDGED)
