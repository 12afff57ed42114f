"""Our HTTP/1.1 against servers of every kind: what it reads, what it refuses, when a connection is
kept. What aiohttp's client makes of the same bytes is what ours must make of them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
import httpx
import pytest
from aiohttp import web

from reminder.transports import wire as wires
from reminder.transports.guard import networks
from reminder.transports.wire import LONGEST_HEAD, MOST_READ, SENT, Wire
from tests.fakes import LOOPBACK, Certificate, WebhookSink

HOME = networks(["127.0.0.0/8", "::1/128"])
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@dataclass(slots=True)
class Script:
    """A server that answers each request with the next of some bytes, in pieces; ``hangs_up``
    after each. What it is sent is kept as it came."""

    answers: Sequence[bytes]
    piece: int = 1 << 20
    hangs_up: bool = False
    connections: int = 0
    heads: list[bytes] = field(default_factory=list)
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.port}/hook?a=b%20c"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer request after request."""
        self.connections += 1
        self.writers.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.heads.append(head)
                await self._say(writer, self.answers[min(len(self.heads), len(self.answers)) - 1])
                if self.hangs_up:
                    break
        writer.close()

    async def _say(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        for start in range(0, len(answer), self.piece):
            writer.write(answer[start : start + self.piece])
            await writer.drain()
            await asyncio.sleep(0)


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[Script]:
    """The server, listening."""
    server = await asyncio.start_server(script.serve, LOOPBACK, 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for writer in script.writers:
            writer.close()


@asynccontextmanager
async def opened(limit: int = 8, context: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    """A wire that may reach this machine."""

    async def resolve(_host: str) -> Sequence[str]:
        return (LOOPBACK,)

    made = Wire(HOME, context or ssl.create_default_context(), limit=limit, resolve=resolve)
    try:
        yield made
    finally:
        await made.aclose()


def request(url: str, body: bytes = b"{}", **headers: str) -> httpx.Request:
    """A POST as the webhooks make it."""
    made = httpx.Request("POST", url, headers=headers, stream=httpx.ByteStream(body))
    made.read()
    return made


async def asked(wire: Wire, url: str) -> tuple[int, bytes]:
    """Status and body of one answer."""
    response = await wire.handle_async_request(request(url))
    return response.status_code, b"".join([part async for part in response.aiter_raw()])


async def asked_by_aiohttp(url: str) -> tuple[int, bytes] | None:
    """The same by another client; None: it is no answer."""
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        try:
            answer = await session.post(url, data=b"{}", allow_redirects=False)
            return answer.status, await answer.read()
        except aiohttp.ClientError:
            return None


READ = {
    "a body of a length": HELLO,
    "no body": NO_CONTENT,
    "not modified, with a length": b"HTTP/1.1 304 N\r\nContent-Length: 5\r\n\r\n",
    "a body in chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: t\r\n\r\n",
    "an empty body in chunks": b"HTTP/1.1 201 C\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "announced before": b"HTTP/1.1 100 Continue\r\n\r\n" + HINT + HELLO,
    "no word for the status": b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    "an error with a body": b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops",
    "a redirect": b"HTTP/1.1 302 F\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
    "packed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
    "spaces around values": b"HTTP/1.1 200 OK\r\nContent-Length:  5  \r\n\r\nhello",
    "no ASCII in a value": b"HTTP/1.1 200 OK\r\nX: \xd0\x9c\r\nContent-Length: 0\r\n\r\n",
}
TO_THE_END = {
    "a body up to the end": b"HTTP/1.1 200 OK\r\n\r\nhello",
    "an older version": b"HTTP/1.0 200 OK\r\n\r\nhello",
    "closing, with a length": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n"
    b"hello",
}
NONSENSE = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.9\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Len",
    "a zero byte": b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "no number for a length": b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
    "a name with a space": b"HTTP/1.1 200 OK\r\nContent Length: 5\r\n\r\nhello",
    "a status of no digits": b"HTTP/1.1 abc OK\r\n\r\n",
    "announcements only": b"HTTP/1.1 100 Continue\r\n\r\n",
    "other tongues": b"HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
}


@pytest.mark.parametrize("piece", [1, 1 << 20])
@pytest.mark.parametrize("answer", READ.values(), ids=READ.keys())
async def test_an_answer_is_read(answer: bytes, piece: int) -> None:
    """At once or byte by byte, as aiohttp reads it, and the next request uses the connection."""
    async with scripted(Script([answer], piece)) as server, opened() as wire:
        both = [await asked(wire, server.url) for _ in range(2)]
        assert server.connections == 1
        assert both == [await asked_by_aiohttp(server.url)] * 2


@pytest.mark.parametrize("answer", TO_THE_END.values(), ids=TO_THE_END.keys())
async def test_an_answer_that_ends_the_connection(answer: bytes) -> None:
    """Its body is what came; the next request gets a new connection."""
    async with scripted(Script([answer], hangs_up=True)) as server, opened() as wire:
        for _ in range(2):
            assert await asked(wire, server.url) == (200, b"hello")
        assert server.connections == 2
        assert await asked_by_aiohttp(server.url) == (200, b"hello")


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_is_no_answer(answer: bytes) -> None:
    """It is told as an error behind a request that was sent."""
    async with scripted(Script([answer], hangs_up=True)) as server, opened() as wire:
        sent = request(server.url)
        with pytest.raises(httpx.RemoteProtocolError):
            await wire.handle_async_request(sent)
        assert SENT in sent.extensions


async def test_a_length_and_chunks_at_once() -> None:
    """RFC 9112, 6.3: such an answer may be smuggled; it is none, or its connection ends with it."""
    both = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    async with scripted(Script([both, NO_CONTENT])) as server, opened() as wire:
        with suppress(httpx.RemoteProtocolError):
            assert (await asked(wire, server.url))[0] == 200
        assert await asked(wire, server.url) == (204, b"")
        assert server.connections == 2


async def test_a_cut_body_changes_no_status() -> None:
    """The host said what it had to say; the connection is not used again."""
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"
    async with scripted(Script([cut], hangs_up=True)) as server, opened() as wire:
        assert await asked(wire, server.url) == (200, b"hello")
        assert await asked(wire, server.url) == (200, b"hello")
        assert server.connections == 2


async def test_a_request_as_it_goes_out() -> None:
    """Host and length are said once; the path is as it was written, the content byte for byte."""
    async with scripted(Script([NO_CONTENT])) as server, opened() as wire:
        await wire.handle_async_request(request(server.url, b"\r\n\r\n", x="y"))
        lines = server.heads[0].split(b"\r\n")
        assert lines[0] == b"POST /hook?a=b%20c HTTP/1.1"
        assert sorted(lines[1:]) == sorted(
            [b"host: 127.0.0.1:%d" % server.port, b"x: y", b"content-length: 4", b"", b""]
        )


@pytest.mark.parametrize("value", ["a\r\nx: y", "a\ny", "a\ry"])
async def test_a_line_break_in_a_header_is_not_sent(value: str) -> None:
    """No value adds a line to the head."""
    async with scripted(Script([NO_CONTENT])) as server, opened() as wire:
        with pytest.raises(httpx.LocalProtocolError):
            await wire.handle_async_request(request(server.url, x=value))
        assert server.connections == 0


@pytest.mark.parametrize("more", [HELLO, b"HTTP", b"\x00"])
async def test_what_nobody_asked_for_is_never_an_answer(more: bytes) -> None:
    """An answer too many ends the connection, whether it comes with the first or later."""
    async with scripted(Script([NO_CONTENT + more, NO_CONTENT])) as server, opened() as wire:
        for _ in range(2):
            assert await asked(wire, server.url) == (204, b"")
        assert server.connections == 2
        server.writers[1].write(more)
        await until(lambda: wire.open == 0)
        assert await asked(wire, server.url) == (204, b"")
        assert server.connections == 3


async def test_a_head_without_an_end() -> None:
    """A head has a bound, announcements included."""
    for endless in (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000, HINT * 5_000):
        assert len(endless) > LONGEST_HEAD
        async with scripted(Script([endless], 4096)) as server, opened() as wire:
            with pytest.raises(httpx.RemoteProtocolError):
                await asyncio.wait_for(asked(wire, server.url), 5)


@pytest.mark.parametrize("framed", [b"Content-Length: 9999999\r\n", b""])
async def test_a_body_without_an_end(framed: bytes) -> None:
    """A little of it is read, and the connection is closed."""
    endless = b"HTTP/1.1 200 OK\r\n" + framed + b"\r\n" + b"x" * (MOST_READ * 4)
    async with scripted(Script([endless])) as server, opened() as wire:
        status, body = await asyncio.wait_for(asked(wire, server.url), 5)
        assert (status, len(body)) == (200, MOST_READ)
        assert wire.open == 0


async def test_an_answer_before_the_request_was_sent_whole() -> None:
    """A host that answers early is heard, and its connection is not used again."""
    is_heard = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await is_heard.wait()
        writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    async with opened() as wire:
        big = request(f"http://{LOOPBACK}:{port}/", b"x" * 20_000_000)
        response = await wire.handle_async_request(big)
        await response.aclose()
        assert (response.status_code, wire.open) == (413, 0)
        is_heard.set()
    server.close()
    await server.wait_closed()


async def test_a_connection_that_was_closed_in_the_meantime() -> None:
    """It is noticed before it is used: the request goes by a new one."""
    async with scripted(Script([NO_CONTENT])) as server, opened() as wire:
        await asked(wire, server.url)
        server.writers[0].close()
        await until(lambda: wire.open == 0)
        assert await asked(wire, server.url) == (204, b"")
        assert server.connections == 2


async def test_who_gives_up_frees_the_turn() -> None:
    """A try that is cancelled takes its connection with it, and the next has room."""
    async with scripted(Script([b"", NO_CONTENT])) as server, opened(limit=1) as wire:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await asked(wire, server.url)
        assert wire.open == 0
        assert await asyncio.wait_for(asked(wire, server.url), 5) == (204, b"")


async def test_no_more_at_a_time_than_allowed() -> None:
    """Two to a host, and no more than the limit in all; whoever waits gets a turn."""
    other = WebhookSink(address="127.0.0.2", host="127.0.0.2")
    async with WebhookSink() as one, other as two, opened(limit=3) as wire:
        got = await asyncio.gather(*(asked(wire, url) for url in [one.url, two.url] * 20))
        assert got == [(204, b"")] * 40
        assert (one.connections, len(one.requests)) == (2, 20)
        assert two.connections <= 2


async def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest idle is closed first; what is idle for long is closed in any case."""
    monkeypatch.setattr(wires, "MOST_KEPT", 2)
    monkeypatch.setattr(wires, "KEPT_SECONDS", 0.2)
    async with AsyncExitStack() as stack, opened() as wire:
        for number in range(4):
            address = f"127.0.0.{number + 1}"
            sink = WebhookSink(address=address, host=address)
            await asked(wire, (await stack.enter_async_context(sink)).url)
            assert wire.open == min(number + 1, 2)
        await until(lambda: wire.open == 0)


async def test_a_server_of_another_house() -> None:
    """Aiohttp's own server, many at once, over TLS and by name."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=await request.text())

    made = web.Application(client_max_size=10_000_000)
    made.router.add_post("/hook", answer)
    runner = web.AppRunner(made)
    await runner.setup()
    certificate = Certificate.make("hook.example.org")
    site = web.TCPSite(runner, LOOPBACK, 0, ssl_context=certificate.server)
    await site.start()
    port = runner.addresses[0][1]
    async with opened(context=certificate.client) as wire:

        async def one(number: int) -> bytes:
            url = f"https://hook.example.org:{port}/hook"
            response = await wire.handle_async_request(request(url, b"%d" % number * 3000))
            return b"".join([part async for part in response.aiter_raw()])

        assert await asyncio.gather(*map(one, range(20))) == [b"%d" % n * 3000 for n in range(20)]
        assert wire.open == 2
    await runner.cleanup()


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something that is about to be so."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)
