"""What went wrong, in one sentence with one way on (DESIGN section 2)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reminder.errors import (
    Conflict,
    InvalidInput,
    LimitReached,
    NotAllowed,
    NotFound,
    ReminderError,
    StorageError,
    TokenRefused,
)
from reminder.web.faults import words_of
from reminder.web.visit import Site, Visit, choose_language
from reminder.web.words import mark

log = structlog.get_logger(__name__)
_PAGES: Mapping[int, tuple[str, str]] = {
    403: (
        mark("This was not done"),
        mark("The form was sent from another site. Open our page and press its button there."),
    ),
    404: (
        mark("There is no such page"),
        mark("The address is cut short, or what it led to is gone."),
    ),
    405: (
        mark("There is no such page"),
        mark("The address is cut short, or what it led to is gone."),
    ),
    409: (
        mark("This was not done"),
        mark("Something was recorded in the meantime. Look at the number, then decide."),
    ),
    410: (
        mark("This link is too old"),
        mark("It was used already or its time is over. Open the number instead; sign in if asked."),
    ),
    413: (mark("This is too much at once"), mark("A form may hold 64 kB. Send less.")),
    422: (
        mark("This was not done"),
        mark("Something in the form is not right. Go back and check."),
    ),
    429: (mark("Too many tries"), mark("Wait a little, then try again.")),
    500: (
        mark("Something went wrong with us"),
        mark("It is written down for whoever runs this service. Try again later."),
    ),
    503: (
        mark("Nothing can be stored just now"),
        mark("What was stored before is safe and can be read. Try again in a few minutes."),
    ),
}

_ABOUT_NUMBERS = frozenset({409, 410, 422})


def _status(error: Exception) -> int:
    match error:
        case NotAllowed():
            return 403
        case NotFound():
            return 404
        case Conflict():
            return 409
        case TokenRefused():
            return 410 if error.expired else 404
        case LimitReached():
            return 429
        case InvalidInput():
            return 422
        case StorageError():
            return 503
        case HTTPException():
            return error.status_code
        case _:
            return 500


def _page(request: Request, status: int, detail: str = "") -> Response:
    site: Site = request.app.state.site
    language = choose_language(request, None, site.app.settings.reminders.language)
    visit = Visit(site, request, None, language, site.app.now())
    title, sentence = _PAGES.get(status, _PAGES[404 if status < HTTPStatus(500) else 500])
    words = detail or visit.t(sentence)
    way = ("/lines", visit.t("Open your numbers")) if status in _ABOUT_NUMBERS else None
    way = way or ("/", visit.t("To the first page"))
    return visit.render("refusal.html", status, title=visit.t(title), words=words, way=way)


async def refused(request: Request, error: Exception) -> Response:
    """Answer an error of ours, or of the router."""
    status = _status(error)
    site: Site = request.app.state.site
    detail = ""
    if isinstance(error, InvalidInput) and error.faults:
        language = choose_language(request, None, site.app.settings.reminders.language)
        visit = Visit(site, request, None, language, site.app.now())
        detail = words_of(visit, error.faults[0])
    if isinstance(error, LimitReached):
        return _wait(request, error)
    return _page(request, status, detail)


def _wait(request: Request, error: LimitReached) -> Response:
    seconds = max(math.ceil(error.retry_after.total_seconds()), 1)
    site: Site = request.app.state.site
    language = choose_language(request, None, site.app.settings.reminders.language)
    visit = Visit(site, request, None, language, site.app.now())
    minutes = math.ceil(seconds / 60)
    words = visit.n("Try again in {n} minute.", "Try again in {n} minutes.", minutes)
    response = _page(request, 429, words)
    response.headers["Retry-After"] = str(seconds)
    return response


async def broken(request: Request, error: Exception) -> Response:
    """Answer what nobody foresaw; the log has it, the reader has a sentence."""
    log.error("page failed", exc_info=error)
    return _page(request, 500)


class Refuse:
    """Answers what the guard turned away, as an ASGI application."""

    def __init__(self, site: Site, app: object) -> None:
        self._site = site
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the page of ``scope["refused"]``."""
        request = Request({**scope, "app": self._app}, receive)
        await _page(request, int(scope["refused"]))(scope, receive, send)


HANDLERS = {ReminderError: refused, HTTPException: refused, Exception: broken}
