"""Wire settings, clock, database, transports and engine into one App.

What is read of the world outside is read beside this module: the clock, the folder, the wiring.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from reminder.app.clock import uptime_by, utc_now
from reminder.app.wiring import own_templates, this_node, ways
from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.loading import load as load_catalogue
from reminder.config import Settings
from reminder.engine import audit, disk, living, maintenance, planner, zones
from reminder.engine.cluster import SEEN_EVERY, Cluster
from reminder.engine.desk import Desk, habits_of
from reminder.engine.disk import DiskGuard
from reminder.engine.handover import choose
from reminder.engine.heartbeat import PLAN, PLAN_EVERY, PLAN_EVERY_SHARED, Beats, Heartbeat
from reminder.engine.planning import Planning
from reminder.engine.sender import Sender
from reminder.engine.tries import Ways
from reminder.engine.watch import Watch
from reminder.errors import StorageError
from reminder.rendering.proof import proved
from reminder.service import backups, board, many
from reminder.service.many import P
from reminder.service.work import Work
from reminder.storage import claims
from reminder.storage.board import owner_of_stale
from reminder.storage.database import Database, DBAPIError, Session
from reminder.storage.keyfile import service_key
from reminder.storage.vault import Vault

T = TypeVar("T")
log = structlog.get_logger(__name__)
GLANCE_EVERY = timedelta(minutes=1)
GLANCE_REST = 3
BEAT_LATE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the service does its work: why not, and how far behind it is."""

    ready: bool
    reasons: tuple[str, ...]
    lag_seconds: float


class App:
    """Everything that runs, and the two doors to it: :meth:`read` and :meth:`write`."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = utc_now,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
        tzdata: str = "",
    ) -> None:
        self.settings = settings
        self._clock = clock
        site_files = settings.server.data_dir / "operators"
        self.catalogue: Catalogue = load_catalogue(site_files, clock().date())
        key = service_key(settings)
        templates, self._template_faults = proved(own_templates(settings), self.catalogue)
        self.desk = Desk(
            settings,
            self.catalogue,
            Vault(key),
            key,
            entropy,
            habits_of(settings),
            templates=templates,
            started_at=clock(),
        )
        # A clock that was given is everybody's: then the database does not speak its own.
        self.database = Database(settings.database_url, keeps_time=clock is utc_now)
        self.cluster = Cluster(self.database, this_node(settings, tzdata, clock()), clock)
        self.watch = Watch(self.now, uptime_by(clock), clock)
        self.planning = Planning(self.database, self.desk, self.cluster, self.watch, self._wake)
        self.guard = DiskGuard(self.database, self.watch, self.planning.go_on)
        self.local_token = secrets.token_urlsafe(32)
        self.sender: Sender | None = None
        self._ways: Ways | None = None
        self._heartbeat: Heartbeat | None = None
        self._sending: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        """The instant, aware and UTC, the same on every node."""
        return self.cluster.now()

    async def read(self, use: Callable[[Work], T]) -> T:
        """Run a use case that changes nothing."""
        now = self.now()
        return await self.database.read(lambda session: use(Work(session, self.desk, now)))

    async def write(self, use: Callable[[Work], T], *, brief: bool = False) -> T:
        """Run a use case in one transaction, as if nobody else wrote meanwhile, then have the
        engine look at what it left. It may be run more than once; ``brief``: it is soon over."""
        now, runs = self.now(), self._heartbeat is not None and self.sender is not None
        alone = runs and self.database.is_sqlite  # nobody else can write before the commit

        def run(session: Session) -> tuple[T, datetime | None]:
            result = use(Work(session, self.desk, now))
            return result, planner.next_at(session) if alone else None

        result, wake_at = await self.database.write(run, alone=True, brief=brief)
        if runs:
            if not alone:
                wake_at = await self.database.read(planner.next_at)
            self.planning.plan_by(wake_at, now)
            self._wake()
        return result

    async def planned(self, plan: Callable[[Work], P]) -> P:
        """Run a use case that computes much: it is planned while one only reads and others write;
        what it comes to is written in one short transaction."""
        seen = await self.read(plan)
        if seen.ready is None:
            return seen
        return await self.write(lambda work: many.done(work, plan, seen))

    async def plan(self) -> None:
        """The plan beat: plan what is due, and sleep until the next moment."""
        await self.planning.beat()

    async def tidy(self) -> None:
        """The hourly beat, once per cluster: let rest what fails for days, forget what is over."""
        await maintenance.tidy(self.cluster, self.database, self.desk)
        self._wake()

    async def check_zones(self) -> None:
        """When the tz data changed: compute anew, on one node, when each line wakes."""
        if await zones.check(self.cluster, self.database, self.desk):
            await self.plan()

    async def back_up(self) -> None:
        """The backup beat: a copy a night, made beside the writes."""
        made = await asyncio.to_thread(backups.nightly, self.settings, self.now())
        if made is not None:
            log.info("backed up", file=made.name)

    async def show_life(self) -> None:
        """Call the watcher outside, while all is well."""
        if (await self.readiness()).ready and not self.watch.holds_still():
            await living.call(self.desk)

    async def tell_of_life(self) -> None:
        """Tell the administrators once a month that the service lives."""
        if await living.tell(self.cluster, self.database, self.desk):
            self.ensure_sender().wake()

    async def audit(self) -> None:
        """The audit beat: once a night, on one node, look whether anything is missing."""
        if await audit.is_time(self.cluster, self.database, self.desk):
            await self.plan()
            if await audit.check(self.cluster, self.database, self.desk, self.watch):
                await self.plan()

    async def glance(self) -> None:
        """Look anew at lines that moved, so that no board has to wait for it; three quarters of the
        time are left to others."""
        clock = asyncio.get_running_loop().time
        began = clock()
        while await self.database.peek(partial(owner_of_stale, now=self.now())):
            seen = await self.read(board.stale_of_anyone)  # one state: who was seen may be gone
            await self.write(partial(board.keep, seen=seen))
            await asyncio.sleep(GLANCE_REST * (clock() - began))
            began = clock()

    async def start(self) -> None:
        """Begin the background work that this node's role asks for; on SQLite what a dead
        predecessor had claimed is due at once."""
        for fault in self._template_faults:
            log.warning("own template not used", why=str(fault))
        await self.cluster.beat()
        if self.settings.engine.role != "web":
            self.ensure_sender()
        if self.database.is_sqlite:
            await self.database.write(lambda session: claims.free_leases(session, self.now()))
        self._heartbeat = self.planning.heartbeat = Heartbeat(self._table())
        self._heartbeat.start(self._clock())
        if not self.database.is_proven:
            self.in_background(self._prove())
        if self.sender is not None:
            self._sending = asyncio.create_task(self.sender.run())

    def _table(self) -> Beats:
        """What this node does again and again, by its role, alone on SQLite or beside others."""
        alone = self.database.is_sqlite
        beats: Beats = {} if alone else {"node": (SEEN_EVERY, self.cluster.beat)}
        if self.settings.engine.role == "web":
            return beats
        if self.settings.service.watcher.get_secret_value():
            beats["watcher"] = self.settings.service.watcher_every, self.show_life
        return beats | {
            PLAN: (PLAN_EVERY if alone else PLAN_EVERY_SHARED, self.plan),
            "tidy": (maintenance.TIDY_EVERY, self.tidy),
            "zones": (zones.CHECK_EVERY, self.check_zones),
            "life": (living.LOOK_EVERY, self.tell_of_life),
            "audit": (audit.LOOK_EVERY, self.audit),
            "disk": (disk.LOOK_EVERY, self.guard.look),
            "backup": (backups.LOOK_EVERY, self.back_up),
            "glance": (GLANCE_EVERY, self.glance),
        }

    def ensure_sender(self) -> Sender:
        """The sender, made in the running loop on first need."""
        if self.sender is None:
            self._ways = ways(self.settings)
            node = self.cluster.me.name
            handover = choose(self.settings.engine, self.database, self.now, node)
            self.sender = Sender(self.guard, self.desk, self._ways, handover, self.watch, node)
        return self.sender

    def _wake(self) -> None:
        if self.sender is not None:
            self.sender.wake()

    async def stop(self) -> None:
        """Begin nothing more, let tries under way end, and close everything."""
        if self._heartbeat is not None:
            self._heartbeat.stop()
        if self.sender is not None:
            await self.sender.stop()
        if self._sending is not None:
            await self._sending
        for left in list(self._background):
            left.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        if self._ways is not None:
            await self._ways.close()
        if self._heartbeat is not None:
            await self._leave()
        await asyncio.to_thread(self.database.close)

    def in_background(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Let long work go on by itself; it is broken off when the app stops."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    @property
    def is_sending(self) -> bool:
        """Whether this process sends what is due, so that a result is worth waiting for."""
        return self._sending is not None

    async def _prove(self) -> None:
        try:
            await self.database.prove()
        except StorageError as error:
            log.error("nothing is sent", why=str(error))  # noqa: TRY400 - the sentence says it all
        self._wake()

    async def _leave(self) -> None:
        try:
            await self.cluster.leave()
        except (DBAPIError, StorageError):
            log.warning("left without a word", node=self.cluster.me.name)

    async def readiness(self) -> Readiness:
        """Whether the database can be written, the engine beats, and nothing is left lying."""
        if not await self.guard.database_is_well():
            return Readiness(False, ("the database cannot be written",), 0.0)
        now, reasons = self.now(), []
        try:
            wake_at, run_at = await self.database.write(
                lambda session: (planner.next_at(session), claims.next_run_at(session))
            )
        except Exception:  # noqa: BLE001 - whatever keeps the database from writing is the answer
            return Readiness(False, ("the database cannot be written",), 0.0)
        if self.sender is not None and self._heartbeat is not None and not self._beats(now):
            reasons.append("the engine does not beat")
        due = [m for m in (wake_at, run_at) if m is not None]
        lag = max([now - m for m in due] + [timedelta(0)]).total_seconds()
        return Readiness(not reasons, tuple(reasons), lag)

    def _beats(self, now: datetime) -> bool:
        if self._sending is not None and self.sender is not None:
            stands_still = self.watch.uptime() - self.sender.looked_at >= BEAT_LATE
            if self._sending.done() or stands_still:
                return False
        looked_at = self.planning.looked_at
        return looked_at is not None and now - looked_at < BEAT_LATE
