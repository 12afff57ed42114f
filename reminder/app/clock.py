"""The clocks of this process. They are read here and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """The one reading of the clock, in whole milliseconds, as instants are stored."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def uptime() -> timedelta:
    """How long the machine has run, sleep included; no change of the date moves it."""
    return timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))


def uptime_by(clock: Callable[[], datetime]) -> Callable[[], timedelta]:
    """How long the machine has run, by the clock in use: one that was given counts for all, and its
    machine began with the century."""
    return uptime if clock is utc_now else lambda: clock() - BEGINNING
