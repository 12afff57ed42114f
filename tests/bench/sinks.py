"""Receivers that do next to nothing, in a process of their own: ``python -m tests.bench.sinks``.

Protocols of uvloop (libuv, in C) that look for the end of a request or of a mail in the bytes as
they came; no parser, no streams, no task for each connection. Several times as fast as any sender
here, so that the sender is what is measured. The first line of output names the port.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import uvloop

from tests.bench.measure import OTHERS, pin

OK = b"HTTP/1.1 204 No Content\r\n\r\n"
DOWN = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
_LENGTH = b"ontent-length: "
_FAILING_PATH = b"POST /down"


class Http(asyncio.Protocol):
    """Answers each request 204, those to ``/down`` 503, after ``delay`` seconds."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hold the way back."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by birth

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        held = self._held + data
        while (end := held.find(b"\r\n\r\n")) >= 0:
            head = held[:end].lower()
            at = head.find(_LENGTH)
            length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(held) < end + 4 + length:
                break
            answer = DOWN if held.startswith(_FAILING_PATH) else OK
            held = held[end + 4 + length :]
            self._say(answer)
        self._held = held

    def _say(self, answer: bytes) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
        else:
            self._transport.write(answer)


class Smtp(asyncio.Protocol):
    """Takes every mail; offers PIPELINING."""

    def __init__(self) -> None:
        self._held = b""
        self._in_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by birth
        self._transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every whole command, and every whole text."""
        held, said = self._held + data, []
        while True:
            mark = b"\r\n.\r\n" if self._in_text else b"\r\n"
            end = held.find(mark)
            if end < 0:
                break
            line, held = held[:end], held[end + len(mark) :]
            said.append(self._answer(line))
        self._held = held
        if said:
            self._transport.write(b"".join(said))

    def _answer(self, line: bytes) -> bytes:
        if self._in_text:
            self._in_text = False
            return b"250 2.0.0 taken\r\n"
        verb = line[:4].upper()
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 10000000\r\n"
        if verb == b"DATA":
            self._in_text = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 2.0.0 ok\r\n"


async def serve(kind: str, delay: float) -> None:
    """Listen on every address of loopback until the parent closes our input."""
    loop = asyncio.get_running_loop()
    made = (lambda: Http(delay)) if kind == "http" else Smtp
    listener = socket.socket()
    listener.bind(("0.0.0.0", 0))
    server = await loop.create_server(made, sock=listener, backlog=4096)
    print(listener.getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def sink(kind: str, delay: float = 0.0) -> Iterator[int]:
    """A sink in its own process, on the other core; yields its port."""
    command = [sys.executable, "-m", "tests.bench.sinks", kind, str(delay)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(timeout=10)


if __name__ == "__main__":
    pin(OTHERS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(sys.argv[1], float(sys.argv[2])))
