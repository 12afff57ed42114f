"""``/calendar/{token}.ics``: the deadlines of one owner, for their calendar program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from reminder.domain.ids import LineId
from reminder.errors import NotFound
from reminder.service import calendar
from reminder.service.calendar import Feed
from reminder.service.work import Work
from reminder.web.visit import Visit

T = TypeVar("T")
FRESH = timedelta(seconds=60)
MOST_KEPT = 256


class Door(Protocol):
    """What of the application a feed is made by."""

    def now(self) -> datetime:
        """The time."""

    async def read(self, use: Callable[[Work], T]) -> T:
        """Run a use case that changes nothing."""


class Feeds:
    """The feeds, each made at most once a minute however often, and by however many at a time, a
    program asks."""

    def __init__(self, app: Door) -> None:
        self._app = app
        self._kept: dict[str, tuple[datetime, asyncio.Task[Feed]]] = {}

    async def answer(self, request: Request) -> Response:
        """The feed at this address, or 304 for a program that has it already."""
        try:
            feed = await self._feed(str(request.path_params["token"]))
        except NotFound:
            return Response("There is no such calendar.\n", 404, media_type="text/plain")
        headers = {
            "ETag": feed.etag,
            "Cache-Control": "private, max-age=900",
            "Content-Disposition": 'inline; filename="reminder.ics"',
        }
        if _has(request.headers.get("if-none-match", ""), feed.etag):
            return Response(None, 304, headers)
        return Response(feed.content, 200, headers, "text/calendar")

    async def _feed(self, token: str) -> Feed:
        now = self._app.now()
        owner = await self._app.read(lambda work: calendar.owner_of(work, token))
        began, making = self._kept.get(token, (None, None))
        if began is None or making is None or _is_over(began, making, now):
            making = asyncio.create_task(self._app.read(lambda work: calendar.read(work, owner)))
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[token] = (now, making)
        return await asyncio.shield(making)


def _is_over(began: datetime, making: asyncio.Task[Feed], now: datetime) -> bool:
    """Whether a feed must be made anew: it was made a minute ago, or could not be made."""
    if not making.done():
        return False
    is_fresh = timedelta(0) <= now - began < FRESH
    return not is_fresh or making.cancelled() or making.exception() is not None


def _has(asked: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names this mark: one of several, or made weak by a proxy that
    packs (RFC 9110, 13.1.2)."""
    return etag in {one.strip().removeprefix("W/") for one in asked.split(",")}


async def year(visit: Visit) -> Response:
    """``/lines/{id}/year.ics``: the deadlines of one number, to be opened by a calendar program."""
    owner, line = visit.me.id, LineId(visit.part("id"))
    content = await visit.read(lambda work: calendar.of_line(work, owner, line))
    named = {"Content-Disposition": f'attachment; filename="{line}.ics"'}
    return Response(content, 200, named, "text/calendar")
