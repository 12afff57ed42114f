"""``/operators``: the catalogue, open to everyone; how to top up, in order for one person."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from reminder.api.access import gate_of
from reminder.api.answers import listed
from reminder.api.calls import Call, router
from reminder.api.paging import MOST, Cursor, Limit, page
from reminder.app import App
from reminder.catalogue.speaker import Speaker
from reminder.domain.routes import Pay, Place
from reminder.domain.schedule import local_date
from reminder.errors import InvalidInput
from reminder.rendering.display import language_of

E = TypeVar("E", Place, Pay)
Word = Annotated[str | None, Query(max_length=40)]
_CACHED = {"cache-control": "public, max-age=300", "x-content-type-options": "nosniff"}


def routes() -> APIRouter:
    """The calls of this noun."""
    return router(
        "operators",
        Call("GET", "/operators", everything),
        Call("GET", "/operators/{operator}", get),
    )


async def everything(
    request: Request,
    language: Word = None,
    find: Word = None,
    country: Word = None,
    limit: Limit = MOST,
    cursor: Cursor = None,
) -> Response:
    """All operators, or those whose present or former names hold `find`, or of one `country` by
    its ISO code. Needs no token."""
    app = gate_of(request).app
    speaker = _speaker(app, language)
    found = app.catalogue.find(find or "", country or "")
    chosen, following = page(found, lambda one: one.id, limit, cursor)
    return listed([speaker.brief(one) for one in chosen], following)


async def get(
    operator: str, request: Request, language: Word = None, place: Word = None, pay: Word = None
) -> Response:
    """One operator: how to ask for the balance, what keeps a number, how to top up from `place`
    (`home`, `abroad`) with `pay` (`ru-bank`, `card`, `sbp`, `autopay`, `friend`, `cash`,
    `foreign`). Needs no token."""
    app = gate_of(request).app
    found = app.catalogue.get(operator)
    here, means = _choice("place", Place, place), _choice("pay", Pay, pay)
    said = _speaker(app, language).whole(found, here, means)
    return JSONResponse(said, headers=_CACHED)


def _speaker(app: App, language: str | None) -> Speaker:
    default = app.settings.reminders
    asked = language or default.language
    spoken = language_of(asked)
    if not asked.casefold().startswith(spoken):
        raise InvalidInput.of("language", "Choose one of: zh, ru, en")
    return Speaker(spoken, local_date(app.now(), default.timezone))


def _choice(name: str, kind: type[E], written: str | None) -> E | None:
    if not written:
        return None
    try:
        return kind(written)
    except ValueError as error:
        raise InvalidInput.of(name, f"Choose one of: {', '.join(kind)}") from error
