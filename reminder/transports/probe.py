"""Look whether a page answers: HEAD, then GET where a server will not take HEAD; over the same wire
and by the same guard as webhooks, never redirected, and nothing of the page is read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from reminder import __version__
from reminder.errors import InvalidInput, Unreachable
from reminder.transports.asking import plain_request
from reminder.transports.base import system_trust
from reminder.transports.guard import (
    Networks,
    Resolve,
    check_url,
    system_resolve,
    why_unconnected,
)
from reminder.transports.wire import Wire

_NO_HEAD = 400
_HEADERS = {
    "accept": "text/html,*/*",
    "accept-encoding": "identity",
    "user-agent": f"reminder/{__version__}",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one request met: the status, and where a redirect leads, in full."""

    status: int
    location: str = ""


class Prober:
    """Asks pages whether they are there, ``limit`` at once, each within ``patience`` seconds.

    An asynchronous context: its connections are closed at the end.
    """

    def __init__(
        self,
        *,
        limit: int = 8,
        patience: float = 20.0,
        allow_networks: Networks = (),
        resolve: Resolve = system_resolve,
    ) -> None:
        self._slots = asyncio.Semaphore(limit)
        self._patience = patience
        self._allowed = allow_networks
        self._wire = Wire(allow_networks, system_trust(), limit=limit, resolve=resolve)

    async def __aenter__(self) -> Self:
        """Nothing is connected yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._wire.aclose()

    async def look(self, url: str) -> Seen:
        """Ask for a page once; raises Unreachable with the reason when nobody answers."""
        async with self._slots:
            try:
                plain = check_url(url, self._allowed, private_allowed=bool(self._allowed))
                async with asyncio.timeout(self._patience):
                    seen = await self._ask("HEAD", plain)
                    return seen if seen.status < _NO_HEAD else await self._ask("GET", plain)
            except InvalidInput as error:
                raise Unreachable(f"the address may not be called: {error}") from error
            except TimeoutError as error:
                raise Unreachable(f"no answer within {self._patience:g} s") from error
            except (httpx.HTTPError, OSError) as error:
                raise Unreachable(why_unconnected(error)) from error

    async def _ask(self, method: str, url: str) -> Seen:
        request = plain_request(method, httpx.URL(url), _HEADERS)
        answer = await self._wire.handle_async_request(request)
        await answer.aclose()
        location = answer.headers.get("location", "")
        return Seen(answer.status_code, urljoin(url, location) if location else "")
