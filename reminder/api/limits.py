"""How often one caller may come: buckets that fill with time, in the memory of this process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from reminder.errors import LimitReached

MOST_KEYS = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls each ``span``, of which ``burst`` may come at once."""

    calls: int
    span: timedelta
    burst: int

    @property
    def wait(self) -> timedelta:
        """How long one call takes to come back."""
        return self.span / self.calls


A_TOKEN = Rate(50, timedelta(seconds=1), 500)
WRONG_TOKENS = Rate(20, timedelta(minutes=1), 20)


class Buckets:
    """One bucket a key, all of one rate; ``detail`` is what a caller is told when it is empty.

    A bucket is kept as the instant at which it will be full again: what is full needs no entry. A
    clock that is put back empties it at most.
    """

    def __init__(self, rate: Rate, detail: str) -> None:
        self._rate = rate
        self._detail = detail
        self._full_at: dict[str, datetime] = {}

    def take(self, key: str, now: datetime) -> None:
        """Take one call out of a bucket; raise LimitReached when there is none."""
        rate = self._rate
        empty = now + rate.wait * rate.burst
        held = self._full_at[key] = min(max(self._full_at.get(key, now), now), empty)
        full_at = held + rate.wait
        over = full_at - empty
        if over > timedelta():
            raise LimitReached(self._detail, over)
        self._full_at[key] = full_at
        if len(self._full_at) > MOST_KEYS:
            self._forget(now)

    def has_taken(self, key: str, now: datetime) -> bool:
        """Whether calls were taken out of a bucket that have not all come back."""
        return self._full_at.get(key, now) > now

    def _forget(self, now: datetime) -> None:
        """Drop what is full, and, where that is not enough, what is the nearest to it."""
        waiting = sorted((at, key) for key, at in self._full_at.items() if at > now)
        self._full_at = {key: at for at, key in waiting[-MOST_KEYS // 2 :]}
