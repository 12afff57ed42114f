"""An HTTP server that misbehaves on request."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Self

from tests.fakes.sink import LOOPBACK, Act, Cut, Sink


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class SunkRequest:
    """One request as it came; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass(slots=True)
class WebhookSink(Sink):
    """An HTTP/1.1 server; with a certificate it speaks TLS under ``host``."""

    host: str = LOOPBACK
    requests: list[SunkRequest] = field(default_factory=list)
    _script: Answer | Act = field(default_factory=Answer)
    _times: int = -1

    @property
    def url(self) -> str:
        """The URL to post to."""
        return f"{'https' if self.certificate else 'http'}://{self.host}:{self.port}/hook"

    def behave(self, script: Answer | Act, *, times: int = -1) -> None:
        """Answer so, the next ``times`` requests or, below 0, for ever."""
        self._script, self._times = script, times

    async def __aenter__(self) -> Self:
        await self.listen(self.certificate.server if self.certificate else None)
        return self

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer request after request on one connection."""
        number = self.connections
        while head := await reader.readuntil(b"\r\n\r\n"):
            first, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
            pairs = (line.split(": ", 1) for line in rest)
            headers = {name.lower(): value for name, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            method, path, _ = first.split(" ")
            self.requests.append(SunkRequest(method, path, headers, body, number))
            script = self._script if self._times else Answer()
            self._times -= 1
            await self._answer(writer, script, headers.get("webhook-id", ""))

    async def _answer(self, writer: asyncio.StreamWriter, script: Answer | Act, name: str) -> None:
        match script:
            case Answer(status, headers, body):
                if 200 <= status < 300:
                    self.accepted(name)
                writer.write(_head(status, {"Content-Length": str(len(body))} | headers) + body)
                await writer.drain()
            case Act.CUT:
                writer.transport.abort()
                raise Cut
            case Act.STALL:
                await asyncio.Event().wait()
            case Act.DRIP_HEADERS:
                await _drip(writer, b"HTTP/1.1 200 OK\r\nX-Long: ", pause=0.02)
            case Act.DRIP_BODY:
                self.accepted(name)
                await _drip(writer, _head(200, {"Content-Length": "99999"}), pause=0.02)
            case Act.ENDLESS:
                await _drip(writer, _head(500, {}), pause=0, piece=b"x" * 65536)


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _drip(
    writer: asyncio.StreamWriter, start: bytes, *, pause: float, piece: bytes = b"x"
) -> None:
    writer.write(start)
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
