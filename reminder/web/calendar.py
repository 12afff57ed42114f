"""``/calendar/{token}.ics``: the deadlines of one owner, for their calendar program."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from reminder.app import App
from reminder.domain.ids import LineId
from reminder.errors import NotFound
from reminder.service import calendar
from reminder.service.calendar import Feed
from reminder.web.visit import Visit

FRESH = timedelta(seconds=60)
MOST_KEPT = 256


class Feeds:
    """The feeds, each made at most once a minute however often a program asks."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._kept: dict[str, tuple[datetime, Feed]] = {}

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
        made_at, feed = self._kept.get(token, (None, None))
        if feed is not None and made_at is not None and timedelta(0) <= now - made_at < FRESH:
            return feed
        feed = await self._app.read(lambda work: calendar.read(work, owner))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[token] = (now, feed)
        return feed


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
