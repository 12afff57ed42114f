"""A request as it goes out: to where, and its bytes. Its host and its length are said here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WITHOUT_CONTENT = frozenset({"GET", "HEAD"})

Origin = tuple[str, str, int]


@dataclass(slots=True)
class Asking:
    """One request. ``is_sent``: it has been handed over."""

    origin: Origin
    data: bytes
    is_sent: bool = False


def plain_request(
    method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes = b""
) -> httpx.Request:
    """A request that brings its content as it is: host and length are said by the wire."""
    request = httpx.Request(method, url, headers=headers, stream=httpx.ByteStream(content))
    request.read()
    return request


def origin_of(url: httpx.URL) -> Origin:
    """Where a URL leads: scheme, host as it is written there, and port."""
    return url.scheme, url.raw_host.decode("ascii"), url.port or _DEFAULT_PORTS[url.scheme]


def head_of(method: str, url: httpx.URL, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The first lines of a request: its host is said here, its length is not."""
    return lines_of(
        b"%b %b HTTP/1.1" % (method.encode("ascii"), url.raw_path),
        b"host: %b" % url.netloc,
        *(b"%b: %b" % pair for pair in headers),
    )


def lines_of(*lines: bytes) -> bytes:
    """Lines of a head, each with its end; raises ``httpx.LocalProtocolError`` where one holds a
    line break."""
    written = b"\r\n".join((*lines, b""))
    if written.count(b"\n") != len(lines) or written.count(b"\r") != len(lines):
        raise httpx.LocalProtocolError("a line of the head holds a line break")
    return written


def asking_of(request: httpx.Request) -> Asking:
    """A request of httpx, whose content was read, as it goes out."""
    head = head_of(request.method, request.url, request.headers.raw)
    is_bare = request.method in _WITHOUT_CONTENT
    data = b"%b\r\n" % head if is_bare else with_length(head, request.content)
    return Asking(origin_of(request.url), data)


def with_length(head: bytes, content: bytes) -> bytes:
    """A whole request: the lines of its head, its length, its content."""
    return b"%bcontent-length: %d\r\n\r\n%b" % (head, len(content), content)
