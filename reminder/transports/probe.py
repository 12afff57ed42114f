"""Look whether a page answers: HEAD, then GET where a server will not take HEAD; by the same guard
as webhooks, never redirected, nothing of the page is kept."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp

from reminder import __version__
from reminder.errors import InvalidInput, Unreachable
from reminder.transports.guard import (
    Networks,
    Resolve,
    check_url,
    guarded_connector,
    system_resolve,
    why_refused,
)

_NO_HEAD = 400


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
        self._resolve = resolve
        self._limit = limit
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open; no connection is made yet."""
        connector = guarded_connector(
            self._allowed, ssl.create_default_context(), limit=self._limit, resolve=self._resolve
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"user-agent": f"reminder/{__version__}", "accept": "text/html,*/*"},
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

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
            except (aiohttp.ClientError, ssl.SSLError, OSError) as error:
                raise Unreachable(_reason(error)) from error

    async def _ask(self, method: str, url: str) -> Seen:
        if self._session is None:
            raise RuntimeError("a Prober is used as a context")
        async with self._session.request(method, url, allow_redirects=False) as answer:
            location = answer.headers.get("location", "")
            return Seen(answer.status, urljoin(url, location) if location else "")


def _reason(error: Exception) -> str:
    refused = why_refused(error)
    if refused:
        return refused
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host's name is not known"
    return "no connection to the host"
