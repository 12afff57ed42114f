"""Serve the pages and the API over one App, in one process and one loop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import re
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from email.utils import formatdate
from ipaddress import ip_address
from pathlib import Path

import structlog
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reminder import api, web
from reminder.app import App, open_app, prepare_folder, write_service_file
from reminder.config import Settings, logs
from reminder.errors import ConfigError
from reminder.service import people

log = structlog.get_logger(__name__)
DRAIN_SECONDS = 25
TURN_SECONDS = 0.001
"""How long a thread works before another that waits has its turn; Python's own 5 ms add up where a
request takes several turns while messages are planned beside it."""
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
PLAIN = re.compile(r"(?:[a-z][a-z_-]{0,19}(?:\.[a-z]{2,4})?|v1)?")


def create(app: App) -> Starlette:
    """The whole site: health, the API under /api, the pages under /. A worker has only health."""

    async def healthz(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> JSONResponse:
        state = await app.readiness()
        body = {"ready": state.ready, "reasons": state.reasons, "lag_seconds": state.lag_seconds}
        return JSONResponse(body, status_code=200 if state.ready else 503)

    routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz)]
    if app.settings.access.metrics != "off":
        routes.append(Route("/metrics", api.metrics(app)))
    if app.settings.engine.role != "worker":
        routes += [_mounted("/api", api.create(app)), _mounted("/", web.create(app))]
    return Starlette(routes=routes, middleware=[Middleware(Watch)])


def _mounted(path: str, face: ASGIApp) -> Mount:
    """A face under a path, addresses with a line break in them included: they too are answered in
    the face's own way."""
    mount = Mount(path, face)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


class Watch:
    """Gives each answer its date and an id, ``X-Request-Id``, by which its lines in the log are
    found; and logs it in short. The path is a secret where it ends in one: only plain words of it
    are kept."""

    def __init__(self, face: ASGIApp) -> None:
        self._face = face

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell how it was answered."""
        if scope["type"] != "http":
            await self._face(scope, receive, send)
            return
        identity, status, began = uuid.uuid4().hex[:12], 500, time.monotonic()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["date"] = formatdate(usegmt=True)
                headers["x-request-id"] = identity
            await send(message)

        with structlog.contextvars.bound_contextvars(request=identity):
            try:
                await self._face(scope, receive, answer)
            finally:
                if scope["path"] not in UNWATCHED:
                    ms = round((time.monotonic() - began) * 1000)
                    asked = {"method": scope["method"], "path": _plain(scope["path"])}
                    log.debug("request", **asked, status=status, ms=ms)


def _plain(path: str) -> str:
    parts = path.split("/")
    return "/".join(part if PLAIN.fullmatch(part) else "…" for part in parts)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process decides when to stop. Nor does it wake
    ten times a second to date its answers: an idle service did little else."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._over = asyncio.Event()

    def stop(self) -> None:
        """Take nothing more, and end when what is under way is answered."""
        self.should_exit = True
        self._over.set()

    async def main_loop(self) -> None:
        """Wait to be stopped."""
        await self._over.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to :func:`serve`."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"server.port: {host}:{port} cannot be used ({error.strerror}): stop what uses it, "
            "or choose another with --port"
        ) from error
    listener.listen(512)
    listener.setblocking(False)
    return listener


def serve(settings: Settings, host: str | None = None, port: int | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return within 30 s. Raises ConfigError when
    the port is taken, StorageError when another process has the SQLite file."""
    logs.take_in(settings.server.log)
    lock = prepare_folder(settings)
    if settings.on_sqlite:
        lock.take()
        lock.release()
    listener = _listen(host or settings.server.host, port or settings.server.port)
    sys.setswitchinterval(TURN_SECONDS)
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with runner, contextlib.closing(listener):
        runner.run(_serve(settings, listener, print))


async def _serve(settings: Settings, listener: socket.socket, say: Callable[[str], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    async with open_app(settings, careful=True) as app:
        server = _Server(_config(create(app), settings))
        host, port = listener.getsockname()[:2]
        address = f"http://{'localhost' if ip_address(host).is_unspecified else host}:{port}"
        gc.freeze()  # what is there now stays: no later search for garbage walks through it
        await app.start()
        serving = asyncio.create_task(server.serve([listener]))
        with _announced(app, address):
            await _greet(app, address, say)
            me = app.cluster.me
            log.info("serving", node=me.name, role=me.role, version=me.version, tzdata=me.tzdata)
            await asyncio.wait(
                {serving, asyncio.create_task(stopping.wait())},
                return_when=asyncio.FIRST_COMPLETED,
            )
            server.stop()
            await serving


@contextlib.contextmanager
def _announced(app: App, address: str) -> Iterator[None]:
    """Tell the command line where the service is, while it is there. Of several nodes on one data
    folder the first that answers the API is told of."""
    settings = app.settings
    lock = prepare_folder(settings)
    if settings.engine.role == "worker" or not (settings.on_sqlite or lock.take_if_free()):
        yield
        return
    path = write_service_file(settings, address, app.local_token)
    try:
        yield
    finally:
        _forget(path)
        lock.release()


def _config(site: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        site,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=False,
        proxy_headers=bool(settings.server.trusted_proxies),
        forwarded_allow_ips=[str(n) for n in settings.server.trusted_proxies] or None,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


async def _greet(app: App, address: str, say: Callable[[str], None]) -> None:
    say(f"Reminder listens on {address}")
    for warning in app.settings.warnings():
        say(f"Note: {warning}")
    for fault in app.catalogue.faults:
        say(f"Note: {fault}")
    first = await app.write(people.first_link) if app.settings.engine.role != "worker" else None
    if first is not None:
        say(f"Sign in: {app.settings.server.base_url}{first}")
    sys.stdout.flush()


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
