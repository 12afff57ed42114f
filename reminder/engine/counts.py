"""What this process has done since it began, counted: claims, tries, what was lost, how late."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta

from reminder.domain.delivery import Lane, Outcome
from reminder.storage.claims import Claimed

KEPT = 1000


@dataclass(frozen=True, slots=True)
class Spread:
    """How some durations are spread: half are no longer than ``half``, 99 of 100 no longer than
    ``most``; over how many."""

    half: timedelta = timedelta()
    most: timedelta = timedelta()
    longest: timedelta = timedelta()
    count: int = 0


def spread(durations: list[timedelta]) -> Spread:
    """Sort them out.

    >>> spread([timedelta(seconds=n) for n in range(1, 101)]).most
    datetime.timedelta(seconds=99)
    """
    if not durations:
        return Spread()
    ordered = sorted(durations)
    last = len(ordered) - 1
    return Spread(ordered[last // 2], ordered[last * 99 // 100], ordered[-1], len(ordered))


@dataclass(slots=True)
class Counts:
    """Only ever growing, but for ``lateness``: that of the last thousand first tries."""

    claims: Counter[Lane] = field(default_factory=Counter)
    empty_claims: Counter[Lane] = field(default_factory=Counter)
    claimed: Counter[Lane] = field(default_factory=Counter)
    tries: Counter[tuple[Lane, Outcome]] = field(default_factory=Counter)
    not_called: int = 0
    lost_leases: int = 0
    after_lost: int = 0
    lateness: deque[timedelta] = field(default_factory=lambda: deque(maxlen=KEPT))

    def note_claims(self, lane: Lane, got: list[Claimed]) -> None:
        """A claim was made, and gave so much; some may have been lost by a try before."""
        self.claims[lane] += 1
        self.empty_claims[lane] += not got
        self.claimed[lane] += len(got)
        self.after_lost += sum(1 for one in got if one.lost)
