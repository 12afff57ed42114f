"""``/metrics`` for Prometheus: open, or for who sends an administrator's token of scope admin."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi.security import HTTPAuthorizationCredentials
from fastapi.security.utils import get_authorization_scheme_param
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from reminder.api.access import Gate, administrator_of
from reminder.app import App, prometheus
from reminder.errors import LimitReached, NotAllowed

FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def metrics(app: App) -> Callable[[Request], Awaitable[Response]]:
    """The route, for a service whose config names it."""
    gate = Gate(app)

    async def answer(request: Request) -> Response:
        if app.settings.access.metrics == "token":
            try:
                await administrator_of(gate, request, _shown(request)).admit()
            except NotAllowed as error:
                bearer = {"www-authenticate": "Bearer"}
                return PlainTextResponse(f"{error}\n", 403 if error.signed_in else 401, bearer)
            except LimitReached as error:
                wait = str(int(error.retry_after.total_seconds()) + 1)
                return PlainTextResponse(f"{error}\n", 429, {"retry-after": wait})
        text = await prometheus(app)
        return PlainTextResponse(text, media_type=FORMAT, headers={"cache-control": "no-store"})

    return answer


def _shown(request: Request) -> HTTPAuthorizationCredentials | None:
    scheme, secret = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer" or not secret:
        return None
    return HTTPAuthorizationCredentials(scheme=scheme, credentials=secret)
