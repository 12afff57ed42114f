"""What this process knows of itself: its clocks, and what is wrong with it right now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

log = structlog.get_logger(__name__)


class Trouble(StrEnum):
    """What can be wrong with the service as a whole."""

    MAIL_STOPPED = "mail_stopped"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong since an instant; ``detail`` is a sentence with no secret in it."""

    trouble: Trouble
    since: datetime
    detail: str


class Watch:
    """``now`` reads the time of all nodes; ``uptime`` how long the machine has run, sleep included:
    it never jumps."""

    def __init__(self, now: Callable[[], datetime], uptime: Callable[[], timedelta]) -> None:
        self.now = now
        self.uptime = uptime
        self._alarms: dict[Trouble, Alarm] = {}

    @property
    def alarms(self) -> list[Alarm]:
        """What is wrong, by its name."""
        return [self._alarms[trouble] for trouble in sorted(self._alarms)]

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
