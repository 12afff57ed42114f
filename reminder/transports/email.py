"""Mail over SMTP, driven step by step, so that the phase of every failure is known.

Until the server has said 354 nothing was handed over. After that nobody can tell a connection cut
in the middle of the text from one cut after the final dot (RFC 1047), so a missing answer is
*unknown* and the mail is sent again under the same ``Message-ID`` (RFC 5321, 4.5.4.1).
"""

from __future__ import annotations

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from reminder.crash import Point, reach
from reminder.domain.delivery import PATIENCE, EmailTarget, Lane, Message, Receipt
from reminder.errors import About, ConfigError, Refused, TransportError, Unreachable
from reminder.transports.base import demand_lease, excerpt
from reminder.transports.mime import Letterhead, build, mailbox

Tls = Literal["starttls", "implicit", "none"]

_PORTS: dict[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}
# Replies by their class (RFC 5321, 4.2.1) and those with a meaning of their own.
_YES, _LATER, _NEVER = range(200, 300), range(400, 500), range(500, 600)
_START_MAIL, _CLOSING, _STORAGE_EXCEEDED = 354, 421, 552
_WANTS_SIGN_IN = frozenset({530, 534, 535, 538})
_SENSELESS = -1
_QUIT = 1.0
_ENHANCED = re.compile(r"\s*5\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The relay that takes our mail, and how to speak to it."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> SmtpServer:
        """Read ``email.url``; raises :class:`ConfigError`, which never shows the password.

        >>> SmtpServer.parse("smtp://mail.example.org").tls
        'starttls'
        >>> SmtpServer.parse("smtps://anna:s%40fe@mail.example.org").port
        465
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
            wanted = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
        except ValueError:
            _wrong_url()
        tls = _tls(parts.scheme, wanted)
        if tls is None or not host or parts.path not in {"", "/"} or parts.fragment:
            _wrong_url()
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port or _PORTS[tls], tls, user, password)


def _tls(scheme: str, wanted: dict[str, list[str]]) -> Tls | None:
    match scheme, wanted:
        case "smtps", {**rest} if not rest:
            return "implicit"
        case "smtp", {**rest} if not rest or rest == {"tls": ["starttls"]}:
            return "starttls"
        case "smtp", {"tls": ["none"], **rest} if not rest:
            return "none"
        case _:
            return None


def _wrong_url() -> NoReturn:
    raise ConfigError(
        "email.url: write smtp://user:pass@host:587?tls=starttls, smtps://user:pass@host:465 "
        "or smtp://host:25?tls=none; signs such as @ or / in a password as %40 or %2F"
    )


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a try waits: for the connection, until the text is handed over, in all; and how
    long an idle connection is kept, of at most ``connections`` at once."""

    connect: timedelta = timedelta(seconds=30)
    handing: timedelta = timedelta(minutes=2)
    deadline: timedelta = PATIENCE[Lane.EMAIL].deadline
    idle: timedelta = timedelta(seconds=30)
    connections: int = 8


class Phase(StrEnum):
    """The step that a session stands in."""

    CONNECT = "connect"
    HELLO = "hello"
    STARTTLS = "starttls"
    SIGN_IN = "sign-in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    TEXT = "text"
    DONE = "done"


@dataclass(slots=True, eq=False)
class _Session:
    """One connection to the server; carries one message at a time."""

    client: aiosmtplib.SMTP
    phase: Phase = Phase.CONNECT
    kept: bool = False
    expiry: asyncio.TimerHandle | None = None


class EmailTransport:
    """Sends mail through one relay over a few kept connections."""

    def __init__(
        self,
        server: SmtpServer,
        head: Letterhead,
        *,
        waits: Waits | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._head = head
        self._waits = waits or Waits()
        self._context = context or ssl.create_default_context()
        self._slots = asyncio.Semaphore(self._waits.connections)
        self._idle: list[_Session] = []

    async def send(self, message: Message, target: EmailTarget, now: datetime) -> Receipt:  # noqa: ARG002 - the port's verb; a mail's date is the message's
        """Send one mail to one mailbox; see :class:`~reminder.transports.base.Transport`."""
        mail = build(message, target.address, self._head)
        recipient = mailbox(target.address)
        end = asyncio.get_running_loop().time() + self._waits.deadline.total_seconds()
        try:
            async with asyncio.timeout_at(end):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Unreachable("all connections to the mail server stayed busy") from error
        try:
            return await self._deliver(recipient, mail, end)
        finally:
            self._slots.release()

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        idle, self._idle = self._idle, []
        for session in idle:
            _stop(session.expiry)
            with suppress(SMTPException, OSError):
                await session.client.quit(timeout=_QUIT)
            session.client.close()

    async def _deliver(self, recipient: str, mail: bytes, end: float) -> Receipt:
        """Run one session to its answer, then keep or drop its connection."""
        session = self._take()
        try:
            async with asyncio.timeout_at(end):
                return await self._steps(session, recipient, mail)
        except SMTPResponseException as error:
            code = error.code if _is_quiet(session.client) else _SENSELESS
            failure = _refusal(session.phase, code, error.message)
            await self._settle(session, code)
            raise failure from error
        except (SMTPException, OSError, ValueError) as error:
            raise _lost(session.phase, error) from error
        finally:
            self._keep_or_drop(session)

    async def _steps(self, session: _Session, recipient: str, mail: bytes) -> Receipt:
        async with asyncio.timeout(self._waits.handing.total_seconds()):
            demand_lease()
            await self._begin(session)
            reach(Point.SENDER)
            _demand_quiet(session.client)
            session.phase = Phase.RECIPIENT
            await session.client.rcpt(recipient)
            reach(Point.RECIPIENT)
            _demand_quiet(session.client)
            session.phase = Phase.DATA
            start = await session.client.execute_command(b"DATA")
            if start.code != _START_MAIL:
                raise SMTPResponseException(start.code, start.message)
            reach(Point.DATA)
            _demand_quiet(session.client)
            demand_lease()
        session.phase = Phase.TEXT
        code = await _hand_over(session.client, mail)
        reach(Point.ANSWERED)
        if _is_quiet(session.client):
            session.phase = Phase.DONE
        return Receipt(str(code))

    async def _begin(self, session: _Session) -> None:
        """Name the sender; a kept connection that has closed meanwhile is replaced, once."""
        if session.kept and await self._begin_kept(session):
            return
        await self._open(session)
        session.phase = Phase.SENDER
        await session.client.mail(self._head.address)

    async def _begin_kept(self, session: _Session) -> bool:
        session.phase = Phase.SENDER
        try:
            await session.client.mail(self._head.address)
        except SMTPServerDisconnected:
            pass
        except SMTPSenderRefused as error:
            if error.code != _CLOSING:
                raise
        else:
            return True
        session.client.close()
        session.client = self._client()
        return False

    async def _open(self, session: _Session) -> None:
        client, server = session.client, self._server
        session.phase = Phase.CONNECT
        await client.connect(timeout=self._waits.connect.total_seconds())
        reach(Point.CONNECTED)
        session.phase = Phase.HELLO
        await client.ehlo()
        if server.tls == "starttls":
            session.phase = Phase.STARTTLS
            if not client.supports_extension("starttls"):
                raise Unreachable("the mail server offers no STARTTLS, which email.url asks for")
            await client.starttls(tls_context=self._context)
            session.phase = Phase.HELLO
            await client.ehlo()
        if server.user:
            session.phase = Phase.SIGN_IN
            if not client.supported_auth_methods:
                detail = "the mail server offers no way to sign in that we know"
                raise Unreachable(detail, about=About.SIGN_IN)
            await client.login(server.user, server.password)

    async def _settle(self, session: _Session, code: int) -> None:
        """After a clean no, make the connection ready for the next mail; else leave it to drop."""
        if (code not in _LATER and code not in _NEVER) or not session.client.is_connected:
            return
        if session.phase is Phase.TEXT:
            session.phase = Phase.DONE
        elif session.phase in {Phase.SENDER, Phase.RECIPIENT}:
            with suppress(SMTPException, OSError):
                await session.client.rset(timeout=self._waits.connect.total_seconds())
                session.phase = Phase.DONE

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.tls == "implicit",
            start_tls=False,
            tls_context=self._context,
            local_hostname=self._head.host,
            timeout=self._waits.handing.total_seconds(),
        )

    def _take(self) -> _Session:
        while self._idle:
            session = self._idle.pop()
            _stop(session.expiry)
            if session.client.is_connected:
                session.kept = True
                return session
        return _Session(self._client())

    def _keep_or_drop(self, session: _Session) -> None:
        if session.phase is not Phase.DONE or not session.client.is_connected:
            session.client.close()
            return
        self._idle.append(session)
        loop = asyncio.get_running_loop()
        session.expiry = loop.call_later(self._waits.idle.total_seconds(), self._expire, session)

    def _expire(self, session: _Session) -> None:
        if session in self._idle:
            self._idle.remove(session)
            session.client.close()


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def _is_quiet(client: aiosmtplib.SMTP) -> bool:
    """Whether the server has said nothing beyond what it was asked.

    A line too many in the packet of an answer stays in the protocol's buffer and would be read as
    the answer to the next command: a "250" too early would make a refused mail a sent one.
    """
    return not getattr(client.protocol, "_buffer", b"")


def _demand_quiet(client: aiosmtplib.SMTP) -> None:
    if not _is_quiet(client):
        raise SMTPResponseException(_SENSELESS, "lines that nobody asked for")


async def _hand_over(client: aiosmtplib.SMTP, mail: bytes) -> int:
    """Write the text and its final dot, and wait for the answer as long as the deadline lets us."""
    if client.protocol is None:
        raise SMTPServerDisconnected("Connection lost")
    client.protocol.write(re.sub(rb"(?m)^\.", b"..", mail) + b".\r\n")
    reach(Point.BODY)
    answer = await client.protocol.read_response()
    if answer.code not in _YES:
        raise SMTPResponseException(answer.code, answer.message)
    return answer.code


def _lost(phase: Phase, error: Exception) -> Unreachable:
    """Name a connection that failed or fell silent."""
    if phase is Phase.TEXT:
        detail = "the mail was handed over, but the server gave no answer"
        return Unreachable(detail, maybe_accepted=True)
    if any(isinstance(cause, ssl.SSLError) for cause in (error, error.__cause__)):
        return Unreachable("the mail server's certificate is not trusted for its name")
    if phase is Phase.CONNECT:
        return Unreachable("no connection to the mail server")
    return Unreachable(f"the connection to the mail server was lost (step: {phase})")


def _refusal(phase: Phase, code: int, text: str) -> TransportError:
    """Name a reply that says no, by its phase and its class (RFC 5321 4.2, RFC 3463)."""
    if code not in _LATER and code not in _NEVER:
        detail = f"the mail server gave a senseless answer (step: {phase})"
        return Unreachable(detail, maybe_accepted=phase is Phase.TEXT)
    answer = f"{code} {excerpt(text)}"
    if code in _LATER or phase in {Phase.CONNECT, Phase.HELLO, Phase.STARTTLS}:
        return Unreachable(f"the mail server asks for patience (step: {phase})", answer=answer)
    if code in _WANTS_SIGN_IN or phase is Phase.SIGN_IN:
        detail = "the mail server does not accept our name and password; see email.url"
        return Unreachable(detail, answer=answer, about=About.SIGN_IN)
    if phase is Phase.RECIPIENT:
        return _recipient_refused(code, text, answer)
    detail = f"the mail server refuses this mail (step: {phase})"
    return Refused(detail, answer=answer, about=About.MAIL)


def _recipient_refused(code: int, text: str, answer: str) -> TransportError:
    """A 5xx on the address: a full mailbox empties, a policy (x.7.x) is about us, else it ends."""
    enhanced = _ENHANCED.match(text)
    subject, detail = enhanced.groups() if enhanced else ("", "")
    if code == _STORAGE_EXCEEDED or (subject, detail) == ("2", "2"):
        return Unreachable("the mailbox is full", answer=answer)
    if subject == "7":
        return Refused("the mail server may not send to this address", answer=answer)
    return Refused("there is no such mailbox", answer=answer, channel_off=True)
