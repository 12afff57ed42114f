"""What is said over a connection that is ready for mail: commands out, replies in, in order.

A connection is opened, secured and signed in by aiosmtplib, and then taken over, for what comes is
the hot path and has three needs that a general client does not serve: MAIL, RCPT and DATA leave in
one packet where the server offers PIPELINING (RFC 2920), each reply still counts for its own
command, and nothing that nobody asked for is thrown away unseen (``docs/adr/0011``).
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

from reminder.transports.replies import LATER, NEVER, START_MAIL, YES

SENSELESS = -1
LONGEST_LINE, LONGEST_REPLY, MOST_REPLIES = 8192, 32768, 16
_GOES_ON = b"-"


class Reply(NamedTuple):
    """A reply of the server; its code is :data:`SENSELESS` where it is none."""

    code: int
    text: str


class Lost(ConnectionError):
    """The connection is gone, and with it every reply that had not come."""


class Dialogue(asyncio.Protocol):
    """One connection, taken over from whoever opened it. ``pipelines``: commands may be written
    before the replies to those before them have come."""

    def __init__(self, transport: asyncio.Transport, *, pipelines: bool) -> None:
        self._transport = transport
        self.pipelines = pipelines
        self._held = b""
        self._said: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._is_over = False
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether something may still be said."""
        return not self._is_over and not self._transport.is_closing()

    @property
    def is_quiet(self) -> bool:
        """Whether the server has said nothing beyond what was read: a line that nobody asked for
        would be read as the reply to the next command."""
        return not self._said and not self._held

    def write(self, data: bytes) -> None:
        """Say this; raises :class:`Lost`."""
        if not self.is_open:
            raise Lost
        self._transport.write(data)

    async def reply(self) -> Reply:
        """The next reply, in the order of the commands; raises :class:`Lost`."""
        while not self._said:
            if self._is_over:
                raise Lost
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._said.popleft()

    async def ask(self, command: bytes) -> Reply:
        """Say this and hear the reply; raises :class:`Lost`."""
        self.write(command)
        return await self.reply()

    async def withdraw(self, behind: int) -> bool:
        """Hear the replies to so many commands that were sent behind a refused one, the last of
        them DATA; return whether they make sense.

        A server that asks for the text of a mail to nobody gets the lone dot that RFC 2920 (3.1)
        has for it; one that has taken the recipient of a mail whose sender it refused gets nothing
        more, for the dot might be delivered.
        """
        codes = [(await self.reply()).code for _ in range(behind)]
        if not codes or codes[-1] in LATER or codes[-1] in NEVER:
            return True
        if codes[-1] not in START_MAIL:
            return False
        if any(code in YES for code in codes):
            raise Lost
        await self.ask(b".\r\n")
        return True

    def close(self) -> None:
        """Let the connection go, without a word."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Keep every whole reply; what is none, or has no end, ends the connection."""
        if self._is_over:
            return
        held = self._held + data
        while found := _read(held):
            reply, held = found
            self._said.append(reply)
            if reply.code == SENSELESS or len(self._said) > MOST_REPLIES:
                break
        self._held = held
        is_endless = len(held) > LONGEST_REPLY or len(self._said) > MOST_REPLIES
        if is_endless:
            self._said.append(Reply(SENSELESS, "a reply without an end"))
        if is_endless or (self._said and self._said[-1].code == SENSELESS):
            self._is_over = True
            self._transport.abort()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's verb
        """Tell who waits; replies that have come already can still be read."""
        self._is_over = True
        self._wake()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)


def _read(held: bytes) -> tuple[Reply, bytes] | None:
    """The first reply (RFC 5321, 4.2.1), all its lines, and what is behind it; None while it has
    not come whole."""
    words, start = [], 0
    while (end := held.find(b"\n", start)) >= 0:
        line, start = held[start:end], end + 1
        if not line[:3].isdigit() or len(line) > LONGEST_LINE:
            return Reply(SENSELESS, line[:LONGEST_LINE].decode("utf-8", "replace")), held[start:]
        words.append(line[4:].strip())
        if line[3:4] != _GOES_ON:
            text = b"\n".join(words).decode("utf-8", "replace")
            return Reply(int(line[:3]), text), held[start:]
    return None
