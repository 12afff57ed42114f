"""What stands before every page: the rule on foreign posts, the limit of a body, safe headers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024
LARGE_BODIES = {"/lines/top-ups": 512 * 1024}
"""Pages that take more than others."""
ANY_ORIGIN = "/a/unsubscribe/"
UPLOADS = "/lines/import"
POLICY = (
    "default-src 'self'; script-src 'none'; style-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(headers: Headers, ours: Iterable[str]) -> bool:
    """Whether a post comes from a page that is not ours: by ``Sec-Fetch-Site``, or, without that
    header, by a sent ``Origin`` that is neither in ``ours`` nor the request's own host."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None:
        return False
    host = headers.get("host", "")
    return origin not in {*ours, f"http://{host}", f"https://{host}"}


def origin_of(base_url: str) -> str:
    """Scheme and host of an address, as browsers send it in ``Origin``.

    >>> origin_of("https://reminder.example.org/at/home")
    'https://reminder.example.org'
    """
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Guard:
    """Wraps the pages: refuses foreign posts, bodies over 64 kB and addresses with a zero byte
    (which no text column takes), sets the safe headers. A file to import has a limit of its own,
    kept where it is read.

    What it refuses goes to ``refuse``, an ASGI application that reads ``scope["refused"]``.
    """

    app: ASGIApp
    refuse: ASGIApp
    origin: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _with_headers(send)
        refused, replay = await self._judge(scope, receive)
        if refused:
            await self.refuse({**scope, "refused": refused}, replay, answer)
        else:
            await self.app(scope, replay, answer)

    async def _judge(self, scope: Scope, receive: Receive) -> tuple[int, Receive]:
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            return 404, receive
        if scope["method"] in _SAFE:
            return 0, receive
        headers = Headers(scope=scope)
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        if not path.startswith(ANY_ORIGIN) and is_foreign(headers, [self.origin]):
            return 403, receive
        if path == UPLOADS and headers.get("content-type", "").startswith("multipart/"):
            return 0, receive
        length = headers.get("content-length", "0")
        largest = LARGE_BODIES.get(path, LARGEST_BODY)
        if not length.isdecimal() or int(length) > largest:
            return 413, receive
        body = await _read(receive, largest)
        return (413, receive) if body is None else (0, _replayed(body, receive))


async def _read(receive: Receive, largest: int) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > largest:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
