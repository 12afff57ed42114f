"""Webhooks: signed after Standard Webhooks 1.0 or as a chat wants them, never redirected, within
one deadline in all.

The bytes go over a wire of ours (:mod:`reminder.transports.wire`): no client stands between that
could follow a redirect, keep a cookie or read a proxy from the environment.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import httpx

from reminder import __version__
from reminder.crash import Point, reach
from reminder.domain.delivery import (
    PATIENCE,
    SIGNED_CHATS,
    Lane,
    Message,
    Receipt,
    WebhookTarget,
)
from reminder.errors import InvalidInput, Refused, TransportError, Unreachable
from reminder.transports.answers import Answer, judge
from reminder.transports.asking import (
    Asking,
    Origin,
    head_of,
    lines_of,
    origin_of,
    with_length,
)
from reminder.transports.base import demand_lease, system_trust
from reminder.transports.guard import (
    Networks,
    Resolve,
    check_url,
    system_resolve,
    why_unconnected,
)
from reminder.transports.places import addressed, place_of, secrets_of, signed
from reminder.transports.sign import signature
from reminder.transports.wire import Wire

KNOWN = 2048
_HEADERS = (
    ("accept", "*/*"),
    ("accept-encoding", "identity"),
    ("content-type", "application/json"),
    ("user-agent", f"reminder/{__version__}"),
)


@dataclass(slots=True)
class _Heard:
    """What was heard of an answer before the deadline; status 0: nothing."""

    status: int = 0
    retry_after: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """How webhooks leave: the deadline of a whole exchange, connections in all, private networks
    that targets with ``private_allowed`` may reach."""

    deadline: timedelta = PATIENCE[Lane.WEBHOOK].deadline
    concurrency: int = 128
    allow_networks: Networks = ()


class WebhookTransport:
    """Posts a message's payload to a URL, signed with each of the target's secrets."""

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        resolve: Resolve = system_resolve,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._resolve = resolve
        self._context = context or system_trust()
        self._seconds = settings.deadline.total_seconds()
        # Kept connections of a private target are never lent to one that may not reach it.
        self._public = self._wire(())
        self._private = self._wire(settings.allow_networks)

    async def send(self, message: Message, target: WebhookTarget, now: datetime) -> Receipt:
        """Post once. For the standard 2xx is success, 410 ends the channel and everything else may
        be tried again; a chat's answer is read as that chat means it."""
        asking = self._asking(message, target, now)
        wire = self._private if target.private_allowed else self._public
        heard = _Heard()
        try:
            async with asyncio.timeout(self._seconds):
                await _exchange(wire, asking, heard)
        except (TimeoutError, httpx.HTTPError, OSError) as error:
            if not heard.status:
                raise _failure(error, was_sent=asking.is_sent) from error
        answer = Answer(heard.status, heard.retry_after, _without_secrets(heard.body, target))
        return judge(target.format, answer, now, keep=not target.private_allowed)

    async def close(self) -> None:
        """Close every kept connection."""
        await self._public.aclose()
        await self._private.aclose()

    def _asking(self, message: Message, target: WebhookTarget, now: datetime) -> Asking:
        try:
            allowed = self._settings.allow_networks if target.private_allowed else ()
            place = place_of(target.format, _checked(target.url, allowed))
            if target.format in SIGNED_CHATS and target.secrets:
                place = signed(target.format, place, target.secrets[0], now)
            origin, head = _beginning(place.url, tuple(place.headers.items()))
            proof = _proof(message, target, now)
        except (InvalidInput, httpx.LocalProtocolError) as error:
            raise Refused(f"the channel is wrong: {error}", channel_off=True) from error
        return Asking(origin, with_length(head + proof, addressed(message.payload, place)))

    def _wire(self, allowed: Networks) -> Wire:
        limit = self._settings.concurrency
        return Wire(allowed, self._context, limit=limit, resolve=self._resolve)


@lru_cache(maxsize=KNOWN)
def _checked(url: str, allowed: Networks) -> str:
    """A channel's address in its plain form; what it leads to is judged at each connect."""
    return check_url(url, allowed, private_allowed=bool(allowed))


@lru_cache(maxsize=KNOWN)
def _beginning(url: str, more: tuple[tuple[str, str], ...]) -> tuple[Origin, bytes]:
    """Where an address leads, and what the head of every request to it begins with."""
    where, headers = httpx.URL(url), (*_HEADERS, *more)
    lines = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers]
    return origin_of(where), head_of("POST", where, lines)


def _without_secrets(body: bytes, target: WebhookTarget) -> bytes:
    """A chat's answer as it may be kept: some repeat the key that they were asked with."""
    if target.format.is_chat:
        for secret in sorted(secrets_of(target.url), key=len, reverse=True):
            body = body.replace(secret.encode(), "…".encode())
    return body


def _proof(message: Message, target: WebhookTarget, now: datetime) -> bytes:
    """Id, time and signatures after Standard Webhooks; chats have none of it."""
    if target.format.is_chat:
        return b""
    timestamp = int(now.timestamp())
    signed_so = signature(message.id, timestamp, message.payload, target.secrets)
    return lines_of(
        b"webhook-id: %b" % message.id.encode("ascii"),
        b"webhook-timestamp: %d" % timestamp,
        b"webhook-signature: %b" % signed_so.encode("ascii"),
    )


async def _exchange(wire: Wire, asking: Asking, heard: _Heard) -> None:
    demand_lease()
    visit = await wire.ask(asking)
    try:
        heard.retry_after = visit.header(b"retry-after")
        heard.status = visit.line.status
        reach(Point.ANSWERED)
        async for part in visit:
            heard.body += part
    finally:
        visit.leave()


def _failure(error: Exception, *, was_sent: bool) -> TransportError:
    """Name a failure without an answer. A name that leads astray may be mended: tried again."""
    if was_sent:
        detail = "the request was sent, but no whole answer came in time"
        return Unreachable(detail, maybe_accepted=True)
    if isinstance(error, TimeoutError):
        return Unreachable("no connection within the deadline")
    return Unreachable(why_unconnected(error))
