"""Mail over SMTP, each reply counted for its own step, so that the phase of every failure is known.

Until the server has said 354 nothing was handed over. After that nobody can tell a connection cut
in the middle of the text from one cut after the final dot (RFC 1047), so a missing answer is
*unknown* and the mail is sent again under the same ``Message-ID`` (RFC 5321, 4.5.4.1).
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NoReturn, cast
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from reminder.crash import Point, reach
from reminder.domain.delivery import PATIENCE, EmailTarget, Lane, Message, Receipt
from reminder.errors import About, ConfigError, Unreachable
from reminder.transports.base import demand_lease, system_trust
from reminder.transports.dialogue import SENSELESS, Dialogue, Lost, Reply
from reminder.transports.mime import Letterhead, build, mailbox, stuffed
from reminder.transports.replies import (
    CLOSING,
    GRANTED,
    LATER,
    NEVER,
    START_MAIL,
    YES,
    Phase,
    lost,
    refusal,
)

Tls = Literal["starttls", "implicit", "none"]

_PORTS: dict[Tls, int] = {"starttls": 587, "implicit": 465, "none": 25}
_QUIT = 1.0
# The steps before the text, in the order of their commands: what is reached by which reply.
_ENVELOPE = (
    (Phase.SENDER, Point.SENDER, GRANTED),
    (Phase.RECIPIENT, Point.RECIPIENT, GRANTED),
    (Phase.DATA, Point.DATA, START_MAIL),
)
_BEHIND = {Phase.SENDER: 2, Phase.RECIPIENT: 1}  # commands of a group after a refused one


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


@dataclass(slots=True, eq=False)
class _Session:
    """One connection to the server; carries one message at a time. ``talk`` is there once it is
    ready for mail; until then it is aiosmtplib's."""

    client: aiosmtplib.SMTP
    phase: Phase = Phase.CONNECT
    talk: Dialogue | None = None
    good_until: float = 0.0

    @property
    def can_be_used(self) -> bool:
        """Whether it is open, and the server has said nothing that nobody asked for."""
        return self.talk is not None and self.talk.is_open and self.talk.is_quiet

    def close(self) -> None:
        """Let go of the connection."""
        if self.talk is not None:
            self.talk.close()
        self.talk = None
        self.client.close()


class _No(Exception):
    """The server gave another reply than the one wanted."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


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
        if context is None and server.tls != "none":
            context = system_trust()
        self._context = context
        self._slots = asyncio.Semaphore(self._waits.connections)
        self._idle: list[_Session] = []
        self._sweep: asyncio.TimerHandle | None = None

    async def send(self, message: Message, target: EmailTarget, now: datetime) -> Receipt:  # noqa: ARG002 - the port's verb; a mail's date is the message's
        """Send one mail to one mailbox; see :class:`~reminder.transports.base.Transport`."""
        mail = build(message, target.address, self._head)
        recipient = mailbox(target.address)
        end = asyncio.get_running_loop().time() + self._waits.deadline.total_seconds()
        await self._wait_for_a_slot(end)
        try:
            return await self._deliver(recipient, mail, end)
        finally:
            self._slots.release()

    async def _wait_for_a_slot(self, end: float) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        try:
            async with asyncio.timeout_at(end):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Unreachable("all connections to the mail server stayed busy") from error

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        idle, self._idle = self._idle, []
        if self._sweep is not None:
            self._sweep.cancel()
        for session in idle:
            assert session.talk is not None
            with suppress(OSError):
                async with asyncio.timeout(_QUIT):
                    await session.talk.ask(b"QUIT\r\n")
            session.close()

    async def _deliver(self, recipient: str, mail: bytes, end: float) -> Receipt:
        """Run one session to its answer, then keep or drop its connection."""
        session = self._take()
        try:
            return await self._steps(session, recipient, mail, end)
        except _No as no:
            phase = session.phase
            is_sane = await self._settle(session, phase, no.reply)
            code = no.reply.code if is_sane else SENSELESS
            raise refusal(phase, code, no.reply.text) from no
        except SMTPResponseException as error:
            raise refusal(session.phase, error.code, error.message) from error
        except (SMTPException, OSError, ValueError) as error:
            raise lost(session.phase, error) from error
        finally:
            self._keep_or_drop(session)

    async def _steps(self, session: _Session, recipient: str, mail: bytes, end: float) -> Receipt:
        handing = asyncio.get_running_loop().time() + self._waits.handing.total_seconds()
        async with asyncio.timeout_at(min(handing, end)) as limit:
            demand_lease()
            talk = await self._begin(session, recipient)
            demand_lease()
            limit.reschedule(end)
            session.phase = Phase.TEXT
            talk.write(stuffed(mail))
            reach(Point.BODY)
            answer = await talk.reply()
        if answer.code not in YES:
            raise _No(answer)
        reach(Point.ANSWERED)
        if talk.is_quiet:
            session.phase = Phase.DONE
        return Receipt(str(answer.code))

    async def _begin(self, session: _Session, recipient: str) -> Dialogue:
        """Come to where the text may follow; a kept connection that has closed meanwhile is
        replaced, once."""
        if session.talk is not None:
            try:
                return await self._envelope(session, session.talk, recipient)
            except Lost:
                if session.phase is not Phase.SENDER:
                    raise
            except _No as no:
                if session.phase is not Phase.SENDER or no.reply.code != CLOSING:
                    raise
            session.close()
            session.client = self._client()
        talk = session.talk = await self._open(session)
        return await self._envelope(session, talk, recipient)

    async def _envelope(self, session: _Session, talk: Dialogue, recipient: str) -> Dialogue:
        """Name sender and recipient and ask for the text; at once, where the server lets us."""
        session.phase = Phase.SENDER
        commands = (
            f"MAIL FROM:<{self._head.address}>\r\n".encode("ascii"),
            f"RCPT TO:<{recipient}>\r\n".encode("ascii"),
            b"DATA\r\n",
        )
        if talk.pipelines:
            talk.write(b"".join(commands))
        for command, (phase, point, wanted) in zip(commands, _ENVELOPE, strict=True):
            session.phase = phase
            if not talk.pipelines:
                _demand_quiet(talk)
                talk.write(command)
            reply = await talk.reply()
            if reply.code not in wanted:
                raise _No(reply)
            reach(point)
        _demand_quiet(talk)
        return talk

    async def _open(self, session: _Session) -> Dialogue:
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
        return _take_over(client)

    async def _settle(self, session: _Session, phase: Phase, no: Reply) -> bool:
        """After a clean no, make the connection ready for the next mail; else leave it to drop.
        Return whether all that the server said makes sense."""
        talk = session.talk
        if talk is None or no.code == CLOSING or (no.code not in LATER and no.code not in NEVER):
            return talk is not None and talk.is_quiet
        is_sane = True
        with suppress(OSError):
            async with asyncio.timeout(self._waits.connect.total_seconds()):
                if talk.pipelines:
                    is_sane = await talk.withdraw(_BEHIND.get(phase, 0))
                is_sane = is_sane and talk.is_quiet
                if is_sane and _BEHIND.get(phase, 0):
                    is_sane_again = (await talk.ask(b"RSET\r\n")).code in YES
                    session.phase = Phase.DONE if is_sane_again else phase
                elif is_sane and phase is Phase.TEXT:
                    session.phase = Phase.DONE
        return is_sane

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
            if session.can_be_used:
                return session
            session.close()
        return _Session(self._client())

    def _keep_or_drop(self, session: _Session) -> None:
        if session.phase is not Phase.DONE or not session.can_be_used:
            session.close()
            return
        loop, idle = asyncio.get_running_loop(), self._waits.idle.total_seconds()
        session.good_until = loop.time() + idle
        self._idle.append(session)
        if self._sweep is None:
            self._sweep = loop.call_later(idle, self._let_go)

    def _let_go(self) -> None:
        """Close what was idle for too long, the oldest first; look again when the next will be."""
        loop = asyncio.get_running_loop()
        while self._idle and self._idle[0].good_until <= loop.time():
            self._idle.pop(0).close()
        self._sweep = None
        if self._idle:
            self._sweep = loop.call_at(self._idle[0].good_until, self._let_go)


def _take_over(client: aiosmtplib.SMTP) -> Dialogue:
    """Go on by ourselves on a connection that is open, secured and signed in."""
    held = getattr(client.protocol, "_buffer", b"")
    if held:
        raise _No(Reply(SENSELESS, "lines that nobody asked for"))
    if client.transport is None:
        raise Lost
    transport = cast("asyncio.Transport", client.transport)  # uvloop's is none by birth
    return Dialogue(transport, pipelines=client.supports_extension("pipelining"))


def _demand_quiet(talk: Dialogue) -> None:
    if not talk.is_quiet:
        raise _No(Reply(SENSELESS, "lines that nobody asked for"))
