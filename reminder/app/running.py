"""Wire settings, clock, database, transports and engine into one App.

What is read of the world outside is read beside this module: the clock, the folder, the wiring.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from reminder.app.clock import uptime_by, utc_now
from reminder.app.wiring import own_templates, this_node, ways
from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.loading import load as load_catalogue
from reminder.config import Settings, logs
from reminder.crash import Point, reach
from reminder.domain.schedule import zone
from reminder.engine import audit, health, living, maintenance, planner, zones
from reminder.engine.cluster import KEY_PRINT, SEEN_EVERY, Cluster
from reminder.engine.desk import Desk, habits_of
from reminder.engine.disk import DiskGuard
from reminder.engine.escalation import escalate
from reminder.engine.handover import choose
from reminder.engine.heartbeat import PLAN, PLAN_EVERY, PLAN_EVERY_SHARED, Beats, Heartbeat
from reminder.engine.sender import Sender
from reminder.engine.tries import Ways
from reminder.engine.watch import Watch
from reminder.errors import StorageError
from reminder.rendering.proof import proved
from reminder.service import backups, board, keys, many
from reminder.service.folder import own_folder
from reminder.service.many import P
from reminder.service.work import Work
from reminder.storage import claims, races
from reminder.storage.database import Database, DBAPIError, Session
from reminder.storage.keyfile import service_key
from reminder.storage.vault import Vault

T = TypeVar("T")
log = structlog.get_logger(__name__)
TIDY_EVERY = timedelta(hours=1)
MARKS_KEPT = timedelta(hours=1)
GLANCE_EVERY = timedelta(minutes=1)
GLANCE_REST = 3
AUDIT_LOOK = timedelta(minutes=30)
AUDIT_AT = 3
WAL_EVERY = timedelta(minutes=1)
PROVED_LATER = 256 * 2**20
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
        self.guard = DiskGuard(self.database, self.watch, self._go_on)
        self.local_token = secrets.token_urlsafe(32)
        self.sender: Sender | None = None
        self._ways: Ways | None = None
        self._heartbeat: Heartbeat | None = None
        self._sending: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._planned_at: datetime | None = None

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
        if runs and self.sender is not None:
            if not alone:
                wake_at = await self.database.read(planner.next_at)
            self._plan_by(wake_at, now)
            self.sender.wake()
        return result

    async def planned(self, plan: Callable[[Work], P]) -> P:
        """Run a use case that computes much: it is planned while one only reads and others write;
        what it comes to is written in one short transaction."""
        seen = await self.read(plan)
        if seen.ready is None:
            return seen
        return await self.write(lambda work: many.done(work, plan, seen))

    async def plan(self) -> None:
        """The plan beat: plan until nothing is due, then sleep until the next moment. Where nothing
        can be stored the sender is asked to look at once: it tells of it."""
        try:
            await self._plan_all()
        except StorageError:
            if self.sender is not None:
                self.sender.wake()
            raise

    async def _plan_all(self) -> None:
        if self.watch.holds_still():
            return
        wake_at = await self._look_ahead()
        while wake_at is not None and wake_at <= self.now() and await self._plan_once():
            if self.sender is not None:
                self.sender.wake()
            wake_at = await self._look_ahead()
        self._plan_by(wake_at, self.now())

    async def _look_ahead(self) -> datetime | None:
        """When there is something to plan next: nothing is locked or written to find that out."""
        now = self.now()
        wake_at = await self.database.read(planner.next_at)
        self._planned_at = now
        return wake_at

    def _plan_by(self, moment: datetime | None, now: datetime) -> None:
        """Plan at that instant, which the scheduler reads on this node's own clock."""
        if self._heartbeat is not None:
            ahead = self.cluster.ahead
            self._heartbeat.plan_by(moment and moment + ahead, now + ahead)

    def _go_on(self) -> None:
        """The database is well again: what could not be planned meanwhile is planned now."""
        self._plan_by(self.now(), self.now())

    async def _plan_once(self) -> int:
        now = self.now()

        def run(session: Session) -> int:
            return planner.plan(session, self.desk, self.database.instant(session, now))

        def ask(session: Session) -> int:
            return escalate(session, self.desk, self.database.instant(session, now))

        planned = await self.database.write(run)
        if planned:
            reach(Point.PLANNED)
        asked = await self.database.write(ask)
        return planned + asked

    async def tidy(self) -> None:
        """The hourly beat, once per cluster: let rest what fails for days, forget what is over."""
        await self.cluster.run_once("tidy", TIDY_EVERY, self._tidy)
        if self.sender is not None:
            self.sender.wake()

    async def _tidy(self) -> None:
        now = self.now()
        await self.database.write(lambda s: health.rest_failing(s, self.desk, now))
        await self.database.write(lambda s: races.forget_marks(s, now - MARKS_KEPT))
        await maintenance.forget(self.database, self.desk, now)
        await self.database.checkpoint()

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
        """Once a night, on one node: is anything missing? Where it takes no time, first at once."""
        is_first = await self.database.read(audit.is_first_and_short)
        hour = self.now().astimezone(zone(self.settings.reminders.timezone)).hour
        if is_first or hour == AUDIT_AT:
            await self.plan()
            if await audit.check(self.cluster, self.database, self.desk, self.watch):
                await self.plan()

    async def look_at_disk(self) -> None:
        """Whether the write-ahead log stays small, and nobody keeps a transaction open."""
        await self.guard.look_at_wal()
        await self.guard.look_at_transactions()

    async def glance(self) -> None:
        """Look anew at lines that moved, so that no board has to wait for it; three quarters of the
        time are left to others."""
        clock = asyncio.get_running_loop().time
        began = clock()
        while seen := await self.read(board.stale_of_anyone):
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
        self._heartbeat = Heartbeat(self._table())
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
            "tidy": (TIDY_EVERY, self.tidy),
            "zones": (zones.CHECK_EVERY, self.check_zones),
            "life": (living.LOOK_EVERY, self.tell_of_life),
            "audit": (AUDIT_LOOK, self.audit),
            "disk": (WAL_EVERY, self.look_at_disk),
            "backup": (TIDY_EVERY, self.back_up),
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
        if self.sender is not None:
            self.sender.wake()

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
        return self._planned_at is not None and now - self._planned_at < BEAT_LATE


@asynccontextmanager
async def open_app(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now, careful: bool = False
) -> AsyncIterator[App]:
    """An app over a database of this version, closed at the end. Raises StorageError when another
    process has the SQLite file or it is damaged, ConfigError when other nodes work with another
    key. ``careful``: look at the whole file first, as who is going to send from it must; at a large
    one that was closed in order, while the service answers already and sends nothing yet."""
    logs.set_up(settings.server.log)
    tzdata = zones.in_force(os.environ)
    with own_folder(settings):
        await asyncio.to_thread(keys.settle, settings)
        app = App(settings, clock=clock, tzdata=tzdata)
        try:
            if not (careful and app.database.put_off_proof(PROVED_LATER)):
                await asyncio.to_thread(app.database.demand_whole, always=careful)
            await asyncio.to_thread(app.database.migrate)
            await app.cluster.agree(app.desk.vault.print(KEY_PRINT))
            await app.database.write(partial(zones.begin, version=tzdata))
            await app.write(lambda work: board.check_ground(work, tzdata))
            yield app
        finally:
            await app.stop()
