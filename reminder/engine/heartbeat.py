"""One table of beats: what is done again and again, and how often. APScheduler lives here only.

It keeps nothing: the database knows what is due (ARCHITECTURE, decision 4). Its jobs are interval
jobs in UTC, added at each start; the *plan* beat is moved to the moment something falls due.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger(__name__)
PLAN = "plan"
PLAN_EVERY = timedelta(seconds=30)
PLAN_EVERY_SHARED = timedelta(seconds=5)  # another node may have written what is due


class Heartbeat:
    """The beats of one process."""

    def __init__(
        self, beats: Mapping[str, tuple[timedelta, Callable[[], Awaitable[None]]]]
    ) -> None:
        self._beats = beats
        # A beat that is moved while it runs is left out once: it moves itself on when it ends.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self, now: datetime) -> None:
        """Begin; every beat runs once at once."""
        for name, (every, beat) in self._beats.items():
            trigger = IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC)
            self._scheduler.add_job(_guarded, trigger, (name, beat), id=name, next_run_time=now)
        self._scheduler.start()

    def plan_by(self, moment: datetime | None, now: datetime) -> None:
        """Have the plan beat run at ``moment``, or after its interval if that is sooner."""
        if not self._scheduler.running or self._scheduler.get_job(PLAN) is None:
            return
        latest = now + self._beats[PLAN][0]
        at = latest if moment is None else max(min(moment, latest), now)
        self._scheduler.modify_job(PLAN, next_run_time=at)

    def stop(self) -> None:
        """No more beats; one that runs is let finish."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


async def _guarded(name: str, beat: Callable[[], Awaitable[None]]) -> None:
    """The one guard of the beats: one that fails is logged, and beats again."""
    try:
        await beat()
    except Exception:
        log.exception("beat failed", beat=name)
