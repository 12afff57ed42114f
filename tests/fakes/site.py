"""An operator's site on loopback: each path answers as the test says, and every request is kept."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aiohttp import web


class SiteSink:
    """Answers ``status`` and ``location`` by path; ``no_head`` are paths that refuse HEAD."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str]] = {}
        self.no_head: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        place = web.TCPSite(self._runner, "127.0.0.1", 0)
        await place.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.path))
        if request.method == "HEAD" and request.path in self.no_head:
            return web.Response(status=405)
        status, location = self.answers.get(request.path, (404, ""))
        headers = {"location": location} if location else {}
        return web.Response(status=status, headers=headers, text="" if location else "a page")
