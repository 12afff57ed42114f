"""The API as one application: ``/v1`` holds its calls, ``/docs`` explains them."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from reminder import __version__
from reminder.api import (
    channels,
    deliveries,
    lines,
    many,
    operators,
    people,
    readings,
    reference,
    transfer,
    watching,
)
from reminder.api.access import Gate
from reminder.api.bodies import SmallBodies
from reminder.api.calls import WRONG, Described
from reminder.api.problems import answer_status, install
from reminder.app import App

ABOUT = """Reminders before a mobile number's fee, balance or use runs out.

Dates are `YYYY-MM-DD`, instants RFC 3339 in UTC, money `{"amount": "120.50", "currency": "RUB"}`
(a bare decimal text is read in the line's currency), periods and lead times ISO 8601. Lists answer
`{"items": […], "next": cursor or null}`. A POST takes an `Idempotency-Key`, kept for 24 hours; a
secret is said in the first answer only. Errors are `application/problem+json`."""


def create(app: App) -> Starlette:
    """The API over one App, to be mounted under ``/api``."""
    calls = calls_of(app)
    pages = reference.routes(calls)
    return Starlette(
        routes=[*pages, Mount("/v1", calls)], exception_handlers={HTTPException: _nowhere}
    )


async def _nowhere(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answer_status(error.status_code, headers=error.headers)


def calls_of(app: App) -> FastAPI:
    """The calls of version 1."""
    calls = Described(
        title="Reminder",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[Middleware(SmallBodies, streamed=frozenset({"import"}))],
        responses={"default": dict(WRONG)},
    )
    calls.state.gate = Gate(app)
    install(calls)
    for router in _routers():
        calls.include_router(router)
    return calls


@cache
def _routers() -> tuple[APIRouter, ...]:
    """The calls of every noun: the same whichever App answers them."""
    nouns = (lines, many, readings, channels, deliveries, people, operators, transfer, watching)
    return tuple(noun.routes() for noun in nouns)
