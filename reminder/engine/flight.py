"""What a sender has in hand: letters that are ready, tries that are under way, and ends that wait
to be written. All of it is counted as it comes and goes: a turn looks through none of it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from reminder.domain.delivery import Lane
from reminder.domain.ids import OwnerId
from reminder.engine.destinations import Ready
from reminder.engine.letters import Letter
from reminder.engine.tries import Ended

log = structlog.get_logger(__name__)
LEAST_AHEAD = {Lane.EMAIL: 64, Lane.WEBHOOK: 16}  # few connections carry many mails
GATHERED = 0.01


class Flight:
    """``slots`` is how many tries of each lane may be under way; ``landed`` is called after each
    try with its letter."""

    def __init__(self, slots: Mapping[Lane, int], landed: Callable[[Letter], None]) -> None:
        self._slots = slots
        self._landed = landed
        self.is_proven = False
        self.tries: set[asyncio.Task[Ended]] = set()
        self.ready: dict[Lane, deque[Ready]] = {lane: deque() for lane in Lane}
        self.over: list[Ended] = []
        self._unwritten: Counter[Lane] = Counter()
        self.under_way: Counter[Lane] = Counter()
        self._held: dict[Lane, Counter[OwnerId]] = {lane: Counter() for lane in Lane}
        self._one_landed = asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is ready, under way, or to be written."""
        return not (self.tries or self.over or any(self.ready.values()))

    def free(self, lane: Lane) -> int:
        """How many more tries of a lane there is room for. Ends that are not written yet take room
        too, beyond as many as there are slots: who dies now does again what is not written."""
        most = self._slots[lane]
        return most - self.under_way[lane] - max(0, self._unwritten[lane] - most)

    def ahead(self, lane: Lane) -> int:
        """How many letters of a lane are kept ready beyond those under way, so that a slot is
        filled the moment it is free, and claims come in batches: by a process that has proven
        itself. One that dies is laid to the charge of all it held, again and again if it dies at
        each start, and what was held too often is given up."""
        return max(self._slots[lane], LEAST_AHEAD[lane]) if self.is_proven else 0

    def wanted(self, lane: Lane, room: int) -> int:
        """How many claims to ask for where so many tries may begin: a batch, or none yet."""
        most = room + self.ahead(lane) - len(self.ready[lane])
        is_little = most < self.ahead(lane) // 2
        return 0 if is_little and self.under_way[lane] else most

    def held(self, lane: Lane) -> Counter[OwnerId]:
        """How many letters of each owner are ready or under way."""
        return self._held[lane] + Counter(one.owner for one in self.ready[lane])

    def launch(self, letter: Letter, attempt: Coroutine[Any, Any, Ended]) -> None:
        """Begin a try."""
        claim = letter.claim
        self.under_way[claim.lane] += 1
        self._held[claim.lane][claim.owner] += 1
        task = asyncio.create_task(attempt)
        self.tries.add(task)
        task.add_done_callback(lambda done: self._land(letter, done))

    def _land(self, letter: Letter, task: asyncio.Task[Ended]) -> None:
        claim = letter.claim
        self.tries.discard(task)
        self.under_way[claim.lane] -= 1
        held = self._held[claim.lane]
        held[claim.owner] -= 1
        if not held[claim.owner]:
            del held[claim.owner]
        if not task.cancelled():
            if (error := task.exception()) is not None:
                log.error("a try came to no end", delivery=claim.id, exc_info=error)
            else:
                self.add(task.result())
        self._one_landed.set()
        self._landed(letter)

    def add(self, end: Ended) -> None:
        """Keep an end until it is written."""
        self.over.append(end)
        self._unwritten[end.claim.lane] += 1

    def wrote(self, count: int) -> None:
        """So many of the ends, the oldest, are written."""
        for end in self.over[:count]:
            self._unwritten[end.claim.lane] -= 1
        del self.over[:count]

    async def gather(self) -> None:
        """Wait until a try ends, and a moment for those that end with it."""
        if self.tries and not self.over:
            self._one_landed.clear()
            await self._one_landed.wait()
        await self.breathe()

    async def breathe(self) -> None:
        """Where tries are under way, wait a moment for more of them to end."""
        if self.tries:
            await asyncio.sleep(GATHERED)

    def give_back(self, lane: Lane) -> list[Ready]:
        """The letters of a lane that are ready; they are ready no more."""
        left = list(self.ready[lane])
        self.ready[lane].clear()
        return left
