"""Every error as ``application/problem+json`` (RFC 9457), out of one table."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

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
    Taken,
    TokenRefused,
    Unread,
    step,
)
from reminder.service.fields import pointer

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
    errors.Taken: Row(409, "This is there already"),
    errors.NotAllowed: Row(403, "This token may not do that"),
    errors.TokenRefused: Row(403, "This link is not accepted"),
    errors.LimitReached: Row(429, "Too many calls"),
    errors.ConfigError: Row(500, "The service is not set up rightly"),
    errors.StorageError: Row(503, "The database does not answer"),
    errors.TransportError: Row(502, "A channel did not take a message"),
    errors.Refused: Row(502, "A channel did not take a message"),
    errors.Unreachable: Row(502, "A channel did not take a message"),
    errors.Throttled: Row(502, "A channel did not take a message"),
}
NOT_SIGNED_IN = Row(401, "This call needs a token")
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


def status_of(error: errors.ReminderError) -> int:
    """The status of an error: the class's, where the error itself does not say more."""
    return _row_of(error).status


def _row_of(error: errors.ReminderError) -> Row:
    row = TABLE[type(error)]
    match error:
        case NotAllowed(signed_in=False):
            return NOT_SIGNED_IN
        case TokenRefused(expired=True):
            return Row(410, row.title)
        case _:
            return row


def answer_error(error: errors.ReminderError) -> Response:
    """Answer an error of our own; what is our fault (500) is not told in detail."""
    row = _row_of(error)
    faults = error.faults if isinstance(error, InvalidInput) else ()
    hidden = row.status == HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "The log of the service says more." if hidden else str(error)
    headers: dict[str, str] = {}
    more: dict[str, object] = {}
    match error:
        case LimitReached(retry_after=wait):
            headers["retry-after"] = str(max(math.ceil(wait.total_seconds()), 1))
        case Unread(why=why, meanings=meanings):
            more = {"tried": str(why), "candidates": [_meaning(one) for one in meanings]}
        case Taken(line=str(line)):
            more = {"line": line}
        case NotAllowed(signed_in=False):
            headers["www-authenticate"] = 'Bearer realm="reminder"'
        case _:
            pass
    return problem(row, error.code, detail, faults=faults, headers=headers, more=more)


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
    """Only the query and the headers are left to FastAPI; a parameter has one fault as well."""
    assert isinstance(error, RequestValidationError)
    choices: dict[str, list[str]] = {}
    found: dict[str, Fault] = {}
    for one in error.errors():
        name = step(str(one["loc"][1]))
        if "expected" in one.get("ctx", {}):
            choices.setdefault(name, []).extend(re.findall(r"'([^']*)'", one["ctx"]["expected"]))
        found.setdefault(name, Fault(name, _wrong_parameter(one)))
    for name, words in choices.items():
        found[name] = Fault(name, f"Choose one of: {', '.join(words)}")
    return answer_error(InvalidInput(*found.values()))


def _wrong_parameter(one: Mapping[str, Any]) -> str:
    match one:
        case {"ctx": {"ge": least}}:
            return f"Write {least} or more"
        case {"ctx": {"le": most}}:
            return f"Write {most} at most"
        case {"ctx": {"max_length": longest}}:
            return f"At most {longest} characters"
        case {"type": "int_parsing"}:
            return "Write a whole number"
        case _:
            return str(one["msg"])


async def _unforeseen(_: Request, error: Exception) -> Response:
    structlog.get_logger().error("request failed", exc_info=error)
    return answer_status(500, "The log of the service says more.")
