"""What this process knows of itself: its clocks, and what is wrong with it right now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from reminder.engine.counts import Counts

log = structlog.get_logger(__name__)
CLOCK_MAY_MOVE = timedelta(minutes=5)
HELD_FOR = timedelta(seconds=30)


class Trouble(StrEnum):
    """What can be wrong with the service as a whole."""

    CLOCK_MOVED = "clock_moved"
    DATABASE = "database"
    MAIL_STOPPED = "mail_stopped"
    MISSING = "missing"
    OLD_TRANSACTION = "old_transaction"
    WAL = "wal"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong since an instant; ``detail`` is a sentence with no secret in it."""

    trouble: Trouble
    since: datetime
    detail: str


class Watch:
    """``now`` reads the time of all nodes; ``uptime`` how long the machine has run, sleep included:
    it never jumps. ``counts`` is what was done. ``wall`` is this node's own clock, by default the
    time of all."""

    def __init__(
        self,
        now: Callable[[], datetime],
        uptime: Callable[[], timedelta],
        wall: Callable[[], datetime] | None = None,
    ) -> None:
        self.now = now
        self.uptime = uptime
        self._wall = wall or now
        self._started = self._wall() - uptime()
        self._held_until = timedelta()
        self.counts = Counts()
        self._alarms: dict[Trouble, Alarm] = {}

    @property
    def alarms(self) -> list[Alarm]:
        """What is wrong, by its name."""
        return [self._alarms[trouble] for trouble in sorted(self._alarms)]

    def holds_still(self) -> bool:
        """Whether nothing may be planned or sent because the clock was moved by more than five
        minutes: it is waited for half a minute, and whatever the clock says then is believed."""
        uptime = self.uptime()
        moved = self._wall() - uptime - self._started
        self._started += moved
        if abs(moved) > CLOCK_MAY_MOVE:
            self._held_until = uptime + HELD_FOR
            detail = f"The clock was moved by {round(moved.total_seconds())} s; sending waits."
            self.raise_alarm(Trouble.CLOCK_MOVED, detail)
        if uptime < self._held_until:
            return True
        self.end_alarm(Trouble.CLOCK_MOVED)
        return False

    def raise_alarm(self, trouble: Trouble, detail: str) -> None:
        """Something is wrong; said once in the log, until it is over."""
        known = self._alarms.get(trouble)
        since = known.since if known else self.now()
        self._alarms[trouble] = Alarm(trouble, since, detail)
        if known is None:
            log.error("alarm", trouble=trouble.value, detail=detail)

    def end_alarm(self, trouble: Trouble) -> None:
        """It is well again."""
        if self._alarms.pop(trouble, None) is not None:
            log.warning("alarm over", trouble=trouble.value)
