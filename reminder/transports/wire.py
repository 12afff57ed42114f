"""HTTP/1.1 for webhooks, and for asking whether a page is there, as a transport of httpx: one
request, one answer, over guarded connections that are kept for the next.

It does what these need and nothing else. It follows no redirect, unpacks nothing, knows no
proxy and no cookie; a head and a body have a bound; and a connection is used again only where its
last answer leaves no doubt. What an answer says is read by llhttp, the parser of Node.js, in its
strict form. Why there is one of our own, and what it buys: ``docs/adr/0012``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ssl import SSLContext

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from reminder.crash import Point, reach
from reminder.transports.asking import Asking, Origin, asking_of
from reminder.transports.base import demand_lease
from reminder.transports.guard import (
    PER_HOST,
    Networks,
    Resolve,
    guarded_socket,
    system_resolve,
)

MOST_READ = 64 * 1024
LONGEST_HEAD = 64 * 1024
MOST_KEPT = 512
KEPT_SECONDS = 15.0
SENT = "sent"
_FINAL = 200


class Line(asyncio.Protocol):
    """One connection, and the answer that is being read from it.

    ``status`` is 0 until a head has come; ``is_whole``: its body came too, or as much of it as is
    wanted; ``is_clean``: the connection may carry another request.
    """

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._waiter: asyncio.Future[None] | None = None
        self._fault = "the connection was closed"
        self.is_over = self.is_asked = False
        self._begin()

    def _begin(self) -> None:
        self.status = self._came = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.is_whole = self.is_clean = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hold the way out."""
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # uvloop's is none by birth

    @property
    def is_open(self) -> bool:
        """Whether something may still be said."""
        return not self.is_over and not self._transport.is_closing()

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self._begin()
        self.is_asked = True
        self._transport.write(request)

    async def head(self) -> None:
        """Wait until the answer's head is read; raises ``httpx.RemoteProtocolError``."""
        while not self.status:
            if self.is_over:
                raise httpx.RemoteProtocolError(self._fault)
            await self._more()

    async def parts(self) -> AsyncIterator[bytes]:
        """The answer's body as it comes, until it is whole, too long, or ends with the
        connection."""
        read = 0
        while True:
            is_last = self.is_whole or self.is_over
            if part := bytes(self.body[read:]):
                read += len(part)
                yield part
            if is_last:
                return
            if read == len(self.body):
                await self._more()

    async def _more(self) -> None:
        if not (self.is_whole or self.is_over):
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def done(self) -> bool:
        """The answer was read; return whether the connection may be kept."""
        self.is_asked = False
        all_left = self._transport.get_write_buffer_size() == 0
        return self.is_clean and self.is_open and all_left

    def close(self) -> None:
        """Let the connection go."""
        self.is_over = True
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Read on; what nobody asked for, or what is no HTTP, ends the connection."""
        reach(Point.BODY)
        if not self.is_asked:
            self.close()
        elif not self.is_over:
            try:
                self._parser.feed_data(data)
            except (HttpParserError, HttpParserUpgrade):
                self._break("the answer is no HTTP")
            if not self.status:
                self._came += len(data)
                if self._came > LONGEST_HEAD:
                    self._break("the answer's head has no end")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's verb
        """Tell who waits; what was read stays read."""
        self.is_over = True
        self._wake()

    def _break(self, why: str) -> None:
        self._fault, self.is_clean = why, False
        self.close()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def on_message_begin(self) -> None:
        """The parser's word: an answer begins; a second ends the parsing, and the connection."""
        if self.is_whole:
            raise ValueError("more than one answer came")

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser's word: a line of the head."""
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The parser's word: a head is read. What only announces an answer is passed over."""
        status = self._parser.get_status_code()
        if status >= _FINAL:
            self.status = status
        else:
            self.headers = []

    def on_body(self, data: bytes) -> None:
        """The parser's word: a piece of the body."""
        self.body += data[: MOST_READ - len(self.body)]
        if len(self.body) >= MOST_READ:
            self.is_whole = True
            self.close()

    def on_message_complete(self) -> None:
        """The parser's word: all of an answer is read."""
        if self.status:
            self.is_clean = self._parser.should_keep_alive() and not self.is_whole
            self.is_whole = True


@dataclass(slots=True, eq=False)
class _Host:
    """One host: how many requests may go there, how many are at it, and the connections that wait
    for one, the last used last."""

    origin: Origin
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PER_HOST))
    visits: int = 0
    kept: list[Line] = field(default_factory=list)


class Visit(httpx.AsyncByteStream):
    """One request's stay at a host: its turn, its connection, and its answer. Who has it leaves."""

    def __init__(self, wire: Wire, host: _Host) -> None:
        self._wire = wire
        self.host = host
        self._held: list[asyncio.Semaphore] = []
        self._line: Line | None = None
        self._is_over = False
        host.visits += 1

    async def enter(self) -> Line:
        """Wait for a turn and for a connection."""
        for room in (self.host.room, self._wire.room):
            await room.acquire()
            self._held.append(room)
        self._line = await self._wire.line_to(self.host)
        return self._line

    @property
    def line(self) -> Line:
        """The connection, once there is one."""
        assert self._line is not None
        return self._line

    def header(self, name: bytes) -> str:
        """What the answer's head says under a name in small letters; "" for nothing."""
        said = (value for key, value in self.line.headers if key.lower() == name)
        return next(said, b"").decode("latin-1")

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body, as much of it as is read."""
        return self.line.parts()

    async def aclose(self) -> None:
        """The answer is read, or is not wanted further."""
        self.leave()

    def leave(self) -> None:
        """Give back the turn and the connection, once."""
        if self._is_over:
            return
        self._is_over = True
        for room in self._held:
            room.release()
        self._wire.left(self.host, self._line)


class Wire(httpx.AsyncBaseTransport):
    """``limit`` requests at a time, two of them to one host; ``allowed`` are the private networks
    that may be reached. A request of httpx whose extensions name :data:`SENT` was handed over."""

    def __init__(
        self,
        allowed: Networks,
        context: SSLContext,
        *,
        limit: int,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._allowed = allowed
        self._context = context
        self._resolve = resolve
        self.room = asyncio.Semaphore(limit)
        self._hosts: dict[Origin, _Host] = {}
        self._lines: set[Line] = set()
        self._idle: dict[Line, tuple[_Host, float]] = {}
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def open(self) -> int:
        """How many connections there are, busy or kept."""
        return sum(line.is_open for line in self._lines)

    async def ask(self, asking: Asking) -> Visit:
        """Send a request, and return its answer once the head is there; who leaves that gives the
        connection back. Raises ``httpx.HTTPError`` or ``OSError``."""
        visit = Visit(self, self._host(asking.origin))
        try:
            line = await visit.enter()
            demand_lease()
            asking.is_sent = True
            line.ask(asking.data)
            await line.head()
        except BaseException:
            visit.leave()
            raise
        return visit

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The same with a request of httpx whose content was read, and its answer."""
        asking = asking_of(request)
        try:
            visit = await self.ask(asking)
        finally:
            if asking.is_sent:
                request.extensions[SENT] = True
        return httpx.Response(visit.line.status, headers=visit.line.headers, stream=visit)

    async def aclose(self) -> None:
        """Close every connection."""
        for line in list(self._lines):
            line.close()
        if self._sweeping is not None:
            self._sweeping.cancel()

    def _host(self, origin: Origin) -> _Host:
        host = self._hosts.get(origin)
        if host is None:
            host = self._hosts[origin] = _Host(origin)
        return host

    async def line_to(self, host: _Host) -> Line:
        """A connection to a host: a kept one that is open still, or a new one."""
        while host.kept:
            line = host.kept.pop()
            del self._idle[line]
            if line.is_open:
                return line
            self._lines.discard(line)
        line = await self._opened(host.origin)
        self._lines.add(line)
        reach(Point.CONNECTED)
        return line

    async def _opened(self, origin: Origin) -> Line:
        scheme, name, port = origin
        is_secure = scheme == "https"
        try:
            sock = await guarded_socket(name, port, self._allowed, self._resolve)
            try:
                _, line = await asyncio.get_running_loop().create_connection(
                    Line,
                    sock=sock,
                    ssl=self._context if is_secure else None,
                    server_hostname=name if is_secure else None,
                )
            except BaseException:
                sock.close()
                raise
        except UnicodeError as error:
            raise httpx.ConnectError("the host is no name") from error
        return line

    def left(self, host: _Host, line: Line | None) -> None:
        """A visit is over; its connection is kept if it may be used again."""
        host.visits -= 1
        if line is not None:
            if line.done():
                self._keep(host, line)
            else:
                line.close()
                self._lines.discard(line)
        self._forget(host)

    def _keep(self, host: _Host, line: Line) -> None:
        loop = asyncio.get_running_loop()
        host.kept.append(line)
        self._idle[line] = host, loop.time()
        if len(self._idle) > MOST_KEPT:
            self._drop(next(iter(self._idle)))
        if self._sweeping is None:
            self._sweeping = loop.call_later(KEPT_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Close what has waited long enough; come again for what has not."""
        loop = asyncio.get_running_loop()
        since = loop.time() - KEPT_SECONDS
        for line in [line for line, (_, at) in self._idle.items() if at <= since]:
            self._drop(line)
        self._sweeping = loop.call_later(KEPT_SECONDS / 2, self._sweep) if self._idle else None

    def _drop(self, line: Line) -> None:
        host, _ = self._idle.pop(line)
        host.kept.remove(line)
        line.close()
        self._lines.discard(line)
        self._forget(host)

    def _forget(self, host: _Host) -> None:
        """A host where nothing is done and nothing waits is not remembered."""
        if not host.visits and not host.kept:
            self._hosts.pop(host.origin, None)
