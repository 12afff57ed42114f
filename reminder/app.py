"""Wire settings, clock, database, transports and engine into one App.

The clock is read here and nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from reminder import __version__
from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.loading import load as load_catalogue
from reminder.config import Settings
from reminder.crash import Point, reach
from reminder.domain.delivery import Lane
from reminder.engine import health, maintenance, planner, zones
from reminder.engine.cluster import SEEN_EVERY, Cluster
from reminder.engine.desk import Desk, habits_of
from reminder.engine.escalation import escalate
from reminder.engine.handover import choose
from reminder.engine.heartbeat import PLAN, PLAN_EVERY, PLAN_EVERY_SHARED, Heartbeat
from reminder.engine.sender import Sender, Ways
from reminder.errors import ConfigError, StorageError
from reminder.rendering.proof import proved
from reminder.service import backups, board
from reminder.service.work import Work
from reminder.storage import outbox, races
from reminder.storage.database import Database, DBAPIError, Lock, Session
from reminder.storage.keyfile import service_key
from reminder.storage.nodes import Node
from reminder.storage.vault import Vault
from reminder.transports.email import EmailTransport, SmtpServer
from reminder.transports.folder import FolderTransport
from reminder.transports.mime import Letterhead
from reminder.transports.webhook import WebhookSettings, WebhookTransport

T = TypeVar("T")
log = structlog.get_logger(__name__)
MAIL_SLOTS = 8
TIDY_EVERY = timedelta(hours=1)
MARKS_KEPT = timedelta(hours=1)
GLANCE_EVERY = timedelta(minutes=1)
GLANCES_A_BEAT = 5
BEAT_LATE = timedelta(seconds=120)


def utc_now() -> datetime:
    """The one reading of the clock, in whole milliseconds, as instants are stored."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


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
        templates, self._template_faults = proved(_own_templates(settings), self.catalogue)
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
        self.cluster = Cluster(self.database, _this_node(settings, tzdata, clock()), clock)
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

    async def write(self, use: Callable[[Work], T]) -> T:
        """Run a use case in one transaction, as if nobody else wrote meanwhile, then have the
        engine look at what it left. It may be run more than once."""
        now = self.now()

        def run(session: Session) -> T:
            return use(Work(session, self.desk, now))

        result = await self.database.write(run, alone=True)
        if self._heartbeat is not None and self.sender is not None:
            self._plan_by(await self.database.read(planner.next_at), now)
            self.sender.wake()
        return result

    async def plan(self) -> None:
        """The plan beat: plan until nothing is due, then sleep until the next moment."""
        while await self._plan_once():
            if self.sender is not None:
                self.sender.wake()
        wake_at = await self.database.read(planner.next_at)
        self._plan_by(wake_at, self.now())

    def _plan_by(self, moment: datetime | None, now: datetime) -> None:
        """Plan at that instant, which the scheduler reads on this node's own clock."""
        if self._heartbeat is not None:
            ahead = self.cluster.ahead
            self._heartbeat.plan_by(moment and moment + ahead, now + ahead)

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
        self._planned_at = now
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

    async def check_zones(self) -> None:
        """When the tz data changed: compute anew, on one node, when each line wakes."""
        if await zones.check(self.cluster, self.database, self.desk):
            await self.plan()

    async def back_up(self) -> None:
        """The backup beat: a copy a night, made beside the writes."""
        made = await asyncio.to_thread(backups.nightly, self.settings, self.now())
        if made is not None:
            log.info("backed up", file=made.name)

    async def glance(self) -> None:
        """Look anew at lines that moved, so that no board has to wait for it."""
        for _ in range(GLANCES_A_BEAT):
            seen = await self.read(board.stale_of_anyone)
            if not seen:
                return
            await self.write(partial(board.keep, seen=seen))

    async def start(self) -> None:
        """Begin the background work that this node's role asks for; on SQLite what a dead
        predecessor had claimed is due at once."""
        for fault in self._template_faults:
            log.warning("own template not used", why=str(fault))
        await self.cluster.beat()
        beats = {"node": (SEEN_EVERY, self.cluster.beat)}
        if self.settings.engine.role != "web":
            every = PLAN_EVERY if self.database.is_sqlite else PLAN_EVERY_SHARED
            beats |= {PLAN: (every, self.plan), "tidy": (TIDY_EVERY, self.tidy)}
            beats |= {"zones": (zones.CHECK_EVERY, self.check_zones)}
            beats |= {"backup": (TIDY_EVERY, self.back_up), "glance": (GLANCE_EVERY, self.glance)}
            self.ensure_sender()
        if self.database.is_sqlite:
            await self.database.write(lambda session: outbox.free_leases(session, self.now()))
        self._heartbeat = Heartbeat(beats)
        self._heartbeat.start(self._clock())
        if self.sender is not None:
            self._sending = asyncio.create_task(self.sender.run())

    def ensure_sender(self) -> Sender:
        """The sender, made in the running loop on first need."""
        if self.sender is None:
            self._ways = _ways(self.settings)
            node = self.cluster.me.name
            handover = choose(self.settings.engine, self.database, self.now, node)
            self.sender = Sender(self.database, self.desk, self._ways, handover, self.now, node)
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

    async def _leave(self) -> None:
        try:
            await self.cluster.leave()
        except (DBAPIError, StorageError):
            log.warning("left without a word", node=self.cluster.me.name)

    async def readiness(self) -> Readiness:
        """Whether the database can be written, the engine beats, and nothing is left lying."""
        now, reasons = self.now(), []
        try:
            wake_at, run_at = await self.database.write(
                lambda session: (planner.next_at(session), outbox.next_run_at(session))
            )
        except Exception:  # noqa: BLE001 - whatever keeps the database from writing is the answer
            return Readiness(False, ("the database cannot be written",), 0.0)
        if self.sender is not None and self._heartbeat is not None and not self._beats(now):
            reasons.append("the engine does not beat")
        due = [m for m in (wake_at, run_at) if m is not None]
        lag = max([now - m for m in due] + [timedelta(0)]).total_seconds()
        return Readiness(not reasons, tuple(reasons), lag)

    def _beats(self, now: datetime) -> bool:
        return self._planned_at is not None and now - self._planned_at < BEAT_LATE


def template_faults(settings: Settings) -> list[str]:
    """What is wrong with the site's own templates, one sentence each."""
    catalogue = load_catalogue(settings.server.data_dir / "operators")
    return [str(fault) for fault in proved(_own_templates(settings), catalogue)[1]]


def _own_templates(settings: Settings) -> Path:
    return settings.server.data_dir / "templates"


def _this_node(settings: Settings, tzdata: str, now: datetime) -> Node:
    name = settings.engine.node or f"{socket.gethostname()}:{os.getpid()}"
    return Node(name, settings.engine.role, __version__, tzdata, now, now)


def _ways(settings: Settings) -> Ways:
    head = Letterhead.of(settings.email.sender, settings.server.base_url)
    smtp = settings.email.url.get_secret_value()
    webhooks = WebhookSettings(
        settings.webhooks.timeout,
        settings.webhooks.concurrency,
        tuple(settings.webhooks.allow_networks),
    )
    return Ways(
        email=EmailTransport(SmtpServer.parse(smtp), head)
        if smtp
        else FolderTransport(settings.server.data_dir / "outbox", head),
        webhook=WebhookTransport(webhooks),
        slots={Lane.EMAIL: MAIL_SLOTS, Lane.WEBHOOK: settings.webhooks.concurrency},
    )


def prepare_folder(settings: Settings) -> Lock:
    """Make the data folder (0700) and return its lock, not yet taken."""
    folder = settings.server.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"server.data_dir: {folder} cannot be made: {error.strerror}") from error
    return Lock(folder / "lock")


@contextmanager
def _own_folder(settings: Settings) -> Iterator[None]:
    """The data folder; on SQLite no other process may use it meanwhile. On PostgreSQL a folder
    holds only what belongs to one node, and the command line may work beside it."""
    lock = prepare_folder(settings)
    if settings.on_sqlite:
        lock.take()
    try:
        yield
    finally:
        lock.release()


@asynccontextmanager
async def open_app(
    settings: Settings, *, clock: Callable[[], datetime] = utc_now
) -> AsyncIterator[App]:
    """An app over a database of this version, closed at the end. Raises StorageError when another
    process has the SQLite file, ConfigError when other nodes work with another key."""
    tzdata = zones.in_force(os.environ)
    with _own_folder(settings):
        app = App(settings, clock=clock, tzdata=tzdata)
        await asyncio.to_thread(app.database.migrate)
        try:
            await app.cluster.agree(app.desk.vault.print("server.key"))
            await app.write(lambda work: board.check_ground(work, tzdata))
            yield app
        finally:
            await app.stop()


def migrate(settings: Settings) -> None:
    """Bring the database to this version; raises StorageError while a service runs on the file."""
    with _own_folder(settings):
        database = Database(settings.database_url)
        database.migrate()
        database.close()


def write_service_file(settings: Settings, address: str, token: str) -> Path:
    """Tell the command line where the service runs: 0600, renamed into place whole."""
    path = settings.server.data_dir / "service.json"
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"address": address, "token": token}, file)
    draft.replace(path)
    return path


def running_service(settings: Settings) -> tuple[str, str] | None:
    """Address and local token of the service on this data folder, if one runs: the file counts
    only while the lock is held."""
    folder = settings.server.data_dir
    if not (folder / "lock").exists() or not Lock(folder / "lock").is_held_by_another:
        return None
    try:
        said = json.loads((folder / "service.json").read_text())
        return str(said["address"]), str(said["token"])
    except (OSError, ValueError, KeyError) as error:
        raise StorageError(
            "Another reminder process is using this data folder and does not answer: "
            "wait until it is done"
        ) from error
