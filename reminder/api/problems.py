"""Every error as ``application/problem+json`` (RFC 9457), out of one table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from reminder import errors
from reminder.errors import (
    Fault,
    InvalidInput,
    LimitReached,
    Meaning,
    NotAllowed,
    TokenRefused,
    Unread,
)

MEDIA_TYPE = "application/problem+json"
REFERENCE = "/api/docs"


@dataclass(frozen=True, slots=True)
class Row:
    """How one class of error is answered: its status, and what that is called."""

    status: int
    title: str


TABLE: Mapping[type[errors.ReminderError], Row] = {
    errors.ReminderError: Row(500, "Something went wrong here"),
    errors.InvalidInput: Row(422, "Something in the request is not right"),
    errors.Unread: Row(422, "The text is not read for certain"),
    errors.NotFound: Row(404, "There is nothing here"),
    errors.Conflict: Row(409, "This does not fit what is there"),
    errors.NotAllowed: Row(401, "This call needs a token"),
    errors.TokenRefused: Row(403, "This link is not accepted"),
    errors.LimitReached: Row(429, "Too many calls"),
    errors.ConfigError: Row(500, "The service is not set up rightly"),
    errors.StorageError: Row(503, "The database does not answer"),
    errors.TransportError: Row(502, "A channel did not take a message"),
    errors.Refused: Row(502, "A channel did not take a message"),
    errors.Unreachable: Row(502, "A channel did not take a message"),
    errors.Throttled: Row(502, "A channel did not take a message"),
}
HTTP_CODES: Mapping[int, tuple[str, str]] = {
    400: ("malformed", "The request cannot be read"),
    404: ("not_found", "There is nothing here"),
    405: ("method_not_allowed", "This address does not take that method"),
    413: ("too_large", "The body is too large"),
    415: ("wrong_type", "The body is not JSON"),
    500: ("internal", "Something went wrong here"),
}
_DETAILS: Mapping[int, str] = {
    404: "No call of this API has this address; /api/docs lists them.",
    405: "Use one of the methods that the header Allow names.",
}


def problem(
    row: Row,
    code: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> JSONResponse:
    """Build one answer; ``type`` leads to the code's place on the reference page, ``more`` are
    members of this code alone."""
    body: dict[str, object] = {
        "type": f"{REFERENCE}#{code}",
        "title": row.title,
        "status": row.status,
        "detail": detail,
        "code": code,
        "errors": [{"pointer": pointer(f.field), "detail": f.detail} for f in faults],
        **(more or {}),
    }
    sent = {"cache-control": "no-store", **(headers or {})}
    return JSONResponse(body, row.status, media_type=MEDIA_TYPE, headers=sent)


def pointer(field: str) -> str:
    """A field's name (``balance.amount``) as a JSON pointer in a fragment (RFC 6901).

    >>> pointer("balance.amount"), pointer("")
    ('#/balance/amount', '#')
    """
    escaped = field.replace("~", "~0").replace("/", "~1").replace(".", "/")
    return f"#/{escaped}" if field else "#"


def status_of(error: errors.ReminderError) -> int:
    """The status of an error: the class's, where the error itself does not say more."""
    match error:
        case NotAllowed(signed_in=True):
            return 403
        case TokenRefused(expired=True):
            return 410
        case _:
            return TABLE[type(error)].status


def answer_error(error: errors.ReminderError) -> Response:
    """Answer an error of our own; what is our fault (500) is not told in detail."""
    status, row = status_of(error), TABLE[type(error)]
    faults = error.faults if isinstance(error, InvalidInput) else ()
    hidden = status == HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "The log of the service says more." if hidden else str(error)
    headers: dict[str, str] = {}
    more: dict[str, object] = {}
    match error:
        case LimitReached(retry_after=wait):
            headers["retry-after"] = str(max(math.ceil(wait.total_seconds()), 1))
        case Unread(why=why, meanings=meanings):
            more = {"tried": str(why), "candidates": [_meaning(one) for one in meanings]}
        case NotAllowed(signed_in=False):
            headers["www-authenticate"] = 'Bearer realm="reminder"'
        case _:
            pass
    told = Row(status, row.title)
    return problem(told, error.code, detail, faults=faults, headers=headers, more=more)


def _meaning(one: Meaning) -> dict[str, object]:
    amount = {"amount": one.amount, "currency": one.currency}
    return {"balance": amount, "on": one.on.isoformat() if one.on else None}


def answer_status(
    status: int, detail: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Answer what is wrong with the call itself: its address, its method, its body."""
    code, title = HTTP_CODES.get(status, ("error", HTTPStatus(status).phrase))
    told = detail or _DETAILS.get(status, title)
    return problem(Row(status, title), code, told, headers=headers)


def install(face: FastAPI) -> None:
    """Let every error of a FastAPI application leave as a problem."""
    face.add_exception_handler(errors.ReminderError, _ours)
    face.add_exception_handler(HTTPException, _http)
    face.add_exception_handler(RequestValidationError, _parameters)
    face.add_exception_handler(Exception, _unforeseen)


async def _ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, errors.ReminderError)
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        structlog.get_logger().error("request failed", code=error.code)
    return answer_error(error)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    standard = HTTPStatus(error.status_code).phrase
    detail = "" if error.detail == standard else error.detail
    return answer_status(error.status_code, detail, error.headers)


async def _parameters(_: Request, error: Exception) -> Response:
    """Only the query is left to FastAPI: its parameters are whole numbers within bounds."""
    assert isinstance(error, RequestValidationError)
    faults = [Fault(str(one["loc"][-1]), str(one["msg"])) for one in error.errors()]
    return answer_error(InvalidInput(*faults))


async def _unforeseen(_: Request, error: Exception) -> Response:
    structlog.get_logger().error("request failed", error=type(error).__name__)
    return answer_status(500, "The log of the service says more.")
