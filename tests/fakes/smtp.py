"""An SMTP server that misbehaves on request."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from typing import Literal, Self

from tests.fakes.sink import LOOPBACK, Act, Certificate, Cut, Sink


class Step(StrEnum):
    """The points of an SMTP session at which the sink can misbehave."""

    GREETING = "greeting"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    BODY = "body"  # after the first line of the text was read
    END = "end"  # after the final dot; the mail counts as accepted unless the reply says no
    RSET = "RSET"
    QUIT = "QUIT"


@dataclass(frozen=True, slots=True)
class SunkMail:
    """One mail as it came: envelope, bytes without dot-stuffing, its connection's number."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    connection: int

    @property
    def parsed(self) -> EmailMessage:
        """The mail as the standard library reads it."""
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass(slots=True)
class _Talk:
    """One SMTP connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    secure: bool
    sender: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(slots=True)
class SmtpSink(Sink):
    """An SMTP server. ``tls`` as in ``email.url``; ``users`` maps names to passwords (AUTH PLAIN).

    ``starttls_offered`` false plays the part of somebody who strips it on the way; ``pipelines``
    is whether PIPELINING is offered.
    """

    tls: Literal["none", "starttls", "implicit"] = "none"
    users: dict[str, str] = field(default_factory=dict)
    starttls_offered: bool = True
    pipelines: bool = True
    pause: float = 0.0  # seconds it thinks over each mail, taken already, before it answers
    messages: list[SunkMail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    _script: dict[Step, tuple[str | Act, int]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The text for ``email.url``, without name and password."""
        if self.tls == "implicit":
            return f"smtps://{LOOPBACK}:{self.port}"
        return f"smtp://{LOOPBACK}:{self.port}?tls={self.tls}"

    def behave(self, step: Step, answer: str | Act, *, times: int = -1) -> None:
        """At ``step`` give this reply (raw lines, CRLF added) or act; ``times`` < 0 is for ever."""
        self._script[step] = (answer, times)

    def recover(self) -> None:
        """Behave well from now on."""
        self._script.clear()

    async def __aenter__(self) -> Self:
        if self.tls != "none" and self.certificate is None:
            self.certificate = Certificate.make()
        context = self.certificate.server if self.certificate else None
        await self.listen(context if self.tls == "implicit" else None)
        return self

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session, to QUIT or the end of the connection."""
        talk = _Talk(reader, writer, self.connections, self.tls == "implicit")
        await self._reply(talk, Step.GREETING, "220 sink")
        while line := await reader.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.commands.append(command)
            await self._obey(talk, command)
            if command.upper() == "QUIT":
                return

    async def _obey(self, talk: _Talk, command: str) -> None:
        match command[:4].upper():
            case "EHLO":
                await self._reply(talk, Step.EHLO, self._hello(talk))
            case "STAR":
                await self._start_tls(talk)
            case "AUTH":
                await self._sign_in(talk, command)
            case "MAIL":
                talk.sender, talk.recipients = "", ()
                if (await self._reply(talk, Step.MAIL, "250 ok")).startswith("250"):
                    talk.sender = _path(command)
            case "RCPT":
                await self._name(talk, _path(command))
            case "DATA":
                usual = "354 go on" if talk.recipients else "503 5.5.1 nobody is named"
                if (await self._reply(talk, Step.DATA, usual)).startswith("354"):
                    await self._take_mail(talk)
            case "RSET":
                await self._reply(talk, Step.RSET, "250 ok")
            case _:
                await self._reply(talk, Step.QUIT, "221 bye")

    async def _name(self, talk: _Talk, recipient: str) -> None:
        usual = "250 ok" if talk.sender else "503 5.5.1 who writes"
        if (await self._reply(talk, Step.RCPT, usual)).startswith("250"):
            talk.recipients += (recipient,)

    def _hello(self, talk: _Talk) -> str:
        offers = ["250-sink"]
        if self.tls == "starttls" and self.starttls_offered and not talk.secure:
            offers.append("250-STARTTLS")
        if self.users and (talk.secure or self.tls == "none"):
            offers.append("250-AUTH PLAIN")
        return "\r\n".join([*offers, "250 PIPELINING" if self.pipelines else "250 SIZE"])

    async def _start_tls(self, talk: _Talk) -> None:
        reply = await self._reply(talk, Step.STARTTLS, "220 go on")
        if reply.startswith("220") and self.certificate is not None:
            await talk.writer.start_tls(self.certificate.server)
            talk.secure = True

    async def _sign_in(self, talk: _Talk, command: str) -> None:
        known = any(command == _plain(name, word) for name, word in self.users.items())
        await self._reply(talk, Step.AUTH, "235 welcome" if known else "535 5.7.8 who are you")

    async def _take_mail(self, talk: _Talk) -> None:
        lines: list[bytes] = []
        while (line := await talk.reader.readline()) != b".\r\n":
            if not line:
                return
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            if len(lines) == 1:
                await self._act(talk, Step.BODY)
        script, left = self._script.get(Step.END, ("", 0))
        if left == 0 or isinstance(script, Act) or script.startswith("2"):
            mail = SunkMail(talk.sender, talk.recipients, b"".join(lines), talk.number)
            self.messages.append(mail)
            self.accepted(str(mail.parsed["Message-ID"]))
            await asyncio.sleep(self.pause)
        await self._reply(talk, Step.END, "250 taken")

    async def _reply(self, talk: _Talk, step: Step, usual: str) -> str:
        reply = await self._act(talk, step) or usual
        talk.writer.write(reply.encode("utf-8") + b"\r\n")
        await talk.writer.drain()
        return reply

    async def _act(self, talk: _Talk, step: Step) -> str:
        script, left = self._script.get(step, ("", 0))
        if left == 0:
            return ""
        self._script[step] = (script, left - 1)
        if script is Act.CUT:
            talk.writer.transport.abort()
            raise Cut
        if script is Act.STALL:
            await asyncio.Event().wait()
        return script


def _path(command: str) -> str:
    return command[command.index("<") + 1 : command.rindex(">")]


def _plain(name: str, word: str) -> str:
    return "AUTH PLAIN " + b64encode(f"\0{name}\0{word}".encode()).decode("ascii")
