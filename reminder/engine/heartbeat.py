"""One table of beats: what is done again and again, and how often. APScheduler lives here only.

It keeps nothing: the database knows what is due (ARCHITECTURE, decision 4). Its jobs are interval
jobs in UTC, added at each start; the *plan* beat is moved to the moment something falls due.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger(__name__)
PLAN = "plan"
PLAN_EVERY = timedelta(seconds=30)
PLAN_EVERY_SHARED = timedelta(seconds=5)  # another node may have written what is due
Beat = Callable[[], Awaitable[None]]
Beats = dict[str, tuple[timedelta, Beat]]
"""Each beat by its name, and how often it comes."""


class Heartbeat:
    """The beats of one process."""

    def __init__(self, beats: Beats) -> None:
        self._beats = beats
        self._is_planning = False
        self._wish: datetime | None = None
        # A plan beat whose moment comes while it runs is left out: it is moved again when it ends.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self, now: datetime) -> None:
        """Begin; every beat runs once at once."""
        for name, (every, beat) in self._beats.items():
            trigger = IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC)
            words = (name, beat)
            self._scheduler.add_job(self._guarded, trigger, words, id=name, next_run_time=now)
        self._scheduler.add_listener(self._ended, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
        self._scheduler.start()

    def plan_by(self, moment: datetime | None, now: datetime) -> None:
        """Have the plan beat run at ``moment``, or after its interval if that is sooner. While it
        runs the soonest moment that anybody names counts: it may have looked before them."""
        if not self._scheduler.running or self._scheduler.get_job(PLAN) is None:
            return
        latest = now + self._beats[PLAN][0]
        at = latest if moment is None else max(min(moment, latest), now)
        if self._is_planning:
            self._wish = at if self._wish is None else min(self._wish, at)
        else:
            self._scheduler.modify_job(PLAN, next_run_time=at)

    async def _guarded(self, name: str, beat: Beat) -> None:
        """The one guard of the beats: one that fails is logged, and beats again. One that the end
        breaks off is no failure."""
        if name == PLAN:
            self._is_planning = True
        try:
            await beat()
        except asyncio.CancelledError:
            log.debug("beat broken off", beat=name)
        except Exception:
            log.exception("beat failed", beat=name)

    def _ended(self, event: JobExecutionEvent) -> None:
        """A beat is over, and may run again: the plan beat when it was wished for meanwhile."""
        if event.job_id == PLAN:
            self._is_planning = False
            wish, self._wish = self._wish, None
            if wish is not None and self._scheduler.running:
                self._scheduler.modify_job(PLAN, next_run_time=wish)

    def stop(self) -> None:
        """No more beats; one that runs is broken off where it waits. What it has begun to write is
        written: that is not the beat's to break off."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
