"""A TCP proxy in front of PostgreSQL that can take the answer to a COMMIT away."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

LOOPBACK = "127.0.0.1"
CHUNK = 65536


class Proxy:
    """Forwards both ways. Of every ``every``-th COMMIT the answer is dropped, and the connection
    is cut: the server has done it, and the client is not told."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._every = 0
        self._commits = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.stolen = 0
        self.port = 0

    def steal(self, every: int) -> None:
        """From now on drop the answer to each so-and-so-manieth COMMIT; 0: to none."""
        self._every = every

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(ConnectionError, asyncio.CancelledError):
            try:
                await self._join(reader, writer)
            finally:
                writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(LOOPBACK, self._target)
        silent = asyncio.Event()
        up = asyncio.create_task(self._requests(reader, back, silent))
        down = asyncio.create_task(self._answers(there, writer, silent))
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in (up, down):
                end.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            back.close()

    async def _requests(
        self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, silent: asyncio.Event
    ) -> None:
        while content := await reader.read(CHUNK):
            if b"COMMIT" in content:
                self._commits += 1
                if self._every and self._commits % self._every == 0:
                    silent.set()
            back.write(content)
            await back.drain()

    async def _answers(
        self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, silent: asyncio.Event
    ) -> None:
        while content := await there.read(CHUNK):
            if silent.is_set():
                self.stolen += 1
                return
            writer.write(content)
            await writer.drain()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
