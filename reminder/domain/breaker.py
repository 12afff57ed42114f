"""When a destination that does not answer is left alone, and when it is asked again.

Time is counted from when the machine started: no change of the calendar's clock opens or shuts
anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

FAILURES = 5
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
NOT_ASKED = "this host has not answered others for a while: it was not called this time"


@dataclass(frozen=True, slots=True)
class Breaker:
    """``failures`` in a row; at five it is open, and nothing goes there ``until`` then one try
    asks how it is. Each such try that fails makes the pause twice as long, up to ten minutes."""

    failures: int = 0
    until: timedelta | None = None
    most: int = FAILURES
    first_pause: timedelta = FIRST_PAUSE

    @property
    def is_open(self) -> bool:
        """Whether the destination is known not to answer."""
        return self.until is not None

    def lets_through(self, under_way: int, now: timedelta) -> bool:
        """Whether a try may begin while so many are under way: any, or the one that asks.

        >>> shut = Breaker(failures=5, until=timedelta(minutes=1))
        >>> shut.lets_through(0, timedelta()), shut.lets_through(0, timedelta(minutes=1))
        (False, True)
        """
        if self.until is None:
            return True
        return now >= self.until and under_way == 0

    def after_failure(self, now: timedelta, *, at_once: bool = False) -> Breaker:
        """A try failed; what ends during the pause was begun before it and says nothing new.
        ``at_once``: one failure is enough."""
        if self.until is not None and now < self.until:
            return self
        failures = max(self.failures + 1, self.most if at_once else 0)
        if failures < self.most:
            return Breaker(failures, None, self.most, self.first_pause)
        pause = min(self.first_pause * 2 ** min(failures - self.most, 10), LONGEST_PAUSE)
        return Breaker(failures, now + pause, self.most, self.first_pause)

    def after_success(self) -> Breaker:
        """A try was answered."""
        return Breaker(0, None, self.most, self.first_pause)
