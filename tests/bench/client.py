"""A client in a process of its own, on the other core: posts what it is ordered to, over kept
connections, and says how long it took. ``python -m tests.bench.client`` reads its order as JSON."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette

from tests.bench.measure import OTHERS, pin


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@asynccontextmanager
async def serving(site: Starlette, listener: socket.socket) -> AsyncIterator[None]:
    """Serve a site over an open socket, in this loop."""
    server = _Server(uvicorn.Config(site, log_config=None, lifespan="off", access_log=False))
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def ordered(order: dict[str, Any]) -> float:
    """Have a client post; return the seconds it took. Raises RuntimeError when one was refused."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.client",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate(json.dumps(order).encode())
    if process.returncode:
        raise RuntimeError("the client was refused")
    return float(said)


async def _work(order: dict[str, Any], bodies: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", order["port"])
    head = "".join(f"{name}: {value}\r\n" for name, value in order["head"].items())
    while bodies:
        body = bodies.pop().encode()
        start = f"POST {order['path']} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        writer.write(f"{start}{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b" 201 " not in answer.split(b"\r\n", 1)[0]:
            raise RuntimeError(answer.decode())
        length = int(answer.split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()


async def _main(order: dict[str, Any]) -> float:
    bodies = list(reversed(order["bodies"]))
    start = time.perf_counter()
    await asyncio.gather(*(_work(order, bodies) for _ in range(order["slots"])))
    return time.perf_counter() - start


if __name__ == "__main__":
    pin(OTHERS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(runner.run(_main(json.load(sys.stdin))))
