"""Bodies: at most 64 kB, JSON in UTF-8, one object; a file to import has its own limit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Never

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reminder.api.problems import answer_status
from reminder.errors import InvalidInput

LARGEST = 64 * 1024
_NO_ZERO = "An address holds no zero byte."
_TOO_LARGE = "A body holds 64 kB at most."
_NO_JSON = "Send the body as JSON, with Content-Type: application/json."


@dataclass(frozen=True, slots=True)
class SmallBodies:
    """Read each body whole before the application sees it, and refuse one that is too large; refuse
    an address with a zero byte, which no text column takes. Calls whose path ends in one of
    ``streamed`` read their bodies themselves."""

    inner: ASGIApp
    streamed: frozenset[str] = frozenset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await answer_status(400, _NO_ZERO)(scope, receive, send)
            return
        if scope["method"] == "POST" and scope["path"].rpartition("/")[2] in self.streamed:
            await self.inner(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and len(length) < len(str(LARGEST)) + 1 and int(length) <= LARGEST:
            body = await _whole(receive)
        else:
            body = None
        if body is None:
            await answer_status(413, _TOO_LARGE)(scope, receive, send)
            return
        await self.inner(scope, _again(body, receive), send)


async def _whole(receive: Receive) -> bytes | None:
    """The body, or None as soon as it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > LARGEST:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A source that gives the body once, then whatever comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give


async def json_object(request: Request) -> dict[str, object]:
    """The object in a request's body; an empty body is an empty object."""
    raw = await request.body()
    if not raw.strip():
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise HTTPException(415, _NO_JSON)
    try:
        found = json.loads(raw.decode("utf-8"), parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, _where(error)) from error
    if not isinstance(found, dict):
        raise InvalidInput.of("", "Send one JSON object, such as {}")
    return found


def _no_number(name: str) -> Never:
    raise ValueError(name)


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"The body is not valid JSON: line {error.lineno}, column {error.colno}."
    return "The body is not valid JSON in UTF-8."


Body = Annotated[dict[str, object], Depends(json_object)]
