"""The talk with a mail server, byte by byte: every reply counts for its own command, whoever
speaks, in whatever pieces it comes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import uvloop
from aiosmtpd.handlers import Sink as TakesAll
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.delivery import EmailTarget, Receipt
from reminder.errors import Refused, Unreachable
from reminder.transports.dialogue import SENSELESS, Dialogue, Lost, Reply
from reminder.transports.email import EmailTransport, SmtpServer, Tls, Waits
from reminder.transports.mime import build, stuffed
from tests.fakes import Act, SmtpSink, Step
from tests.transports.samples import HEAD, NOW, message

ANNA = EmailTarget("anna@example.org")
PIPELINES = "250-odd\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n"
PLAIN = "250-odd\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n"
FEW = Waits(connect=timedelta(seconds=2), handing=timedelta(seconds=2), connections=1)


@dataclass(slots=True)
class Odd:
    """A server that answers each verb with the bytes it is given; ``""`` ends the connection.

    ``piece`` is how many bytes of an answer leave at a time, 0 for all. ``packets`` are the
    commands as they came, those of one read in one.
    """

    hello: str = PIPELINES
    answers: dict[str, str] = field(default_factory=dict)
    piece: int = 0
    connections: int = 0
    packets: list[bytes] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        await self._say(writer, "220 odd\r\n")
        try:
            await self._listen(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while packet := await reader.read(65536):
            self.packets.append(packet)
            for line in packet.split(b"\r\n")[:-1]:
                verb = line[:4].decode("ascii")
                usual = {"EHLO": self.hello, "DATA": "354 go on\r\n"}.get(verb, "250 ok\r\n")
                answer = self.answers.get(verb, usual)
                await self._say(writer, answer)
                if not answer:
                    return
                if verb == "DATA" and answer.startswith("354"):
                    self.texts.append(await _text(reader))
                    await self._say(writer, self.answers.get("END", "250 taken\r\n"))

    async def _say(self, writer: asyncio.StreamWriter, answer: str) -> None:
        raw, step = answer.encode(), self.piece or len(answer) or 1
        for start in range(0, len(raw), step):
            writer.write(raw[start : start + step])
            await writer.drain()
            await asyncio.sleep(0)


async def _text(reader: asyncio.StreamReader) -> bytes:
    """A text with its final dot; the lone dot of an empty one."""
    read = await reader.readexactly(3)
    return read if read == b".\r\n" else read + await reader.readuntil(b"\r\n.\r\n")


@asynccontextmanager
async def listening(odd: Odd) -> AsyncIterator[EmailTransport]:
    """A transport that speaks to the odd server over one connection."""
    server = await asyncio.start_server(odd.serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    out = EmailTransport(SmtpServer.parse(f"smtp://127.0.0.1:{port}?tls=none"), HEAD, waits=FEW)
    try:
        yield out
    finally:
        await out.close()
        server.close()
        await server.wait_closed()


async def sent(out: EmailTransport, number: int = 1) -> Receipt:
    """Send one mail."""
    return await out.send(message(number), ANNA, NOW)


def wire(number: int = 1) -> bytes:
    """A mail as it goes over the wire."""
    return stuffed(build(message(number), ANNA.address, HEAD))


ENVELOPE = (
    b"MAIL FROM:<reminder@example.org>\r\n",
    b"RCPT TO:<anna@example.org>\r\n",
    b"DATA\r\n",
)


async def test_the_envelope_leaves_in_one_packet() -> None:
    """Where PIPELINING is offered the three commands are one packet, DATA the last of it."""
    odd = Odd()
    async with listening(odd) as out:
        await sent(out)
        await sent(out, 2)
    assert odd.packets[1:3] == [b"".join(ENVELOPE)] * 2
    assert odd.texts == [wire(), wire(2)]


async def test_without_pipelining_each_command_waits() -> None:
    """Where PIPELINING is not offered no command leaves before the reply to the one before it."""
    odd = Odd(PLAIN)
    async with listening(odd) as out:
        await sent(out)
    assert odd.packets[1:4] == list(ENVELOPE)
    assert odd.texts == [wire()]


@pytest.mark.parametrize("hello", [PIPELINES, PLAIN])
@pytest.mark.parametrize("piece", [1, 2, 3, 7])
async def test_replies_in_pieces_of_many_lines(hello: str, piece: int) -> None:
    """Replies of many lines that come a few bytes at a time are read like any other."""
    many = {
        "MAIL": "250-2.1.0 one\r\n250-two\r\n250 three\r\n",
        "RCPT": "250-2.1.5 one\r\n250\r\n",
        "DATA": "354-one\r\n354 two\r\n",
        "END": "250-2.0.0 one\r\n250-two 550\r\n250 three\r\n",
    }
    odd = Odd(hello, many, piece)
    async with listening(odd) as out:
        assert await sent(out) == await sent(out, 2) == Receipt("250")
    assert odd.connections == 1
    assert odd.texts == [wire(), wire(2)]


@pytest.mark.parametrize("hello", [PIPELINES, PLAIN])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    "answer", ["421 4.3.2 closing\r\n", "450 4.2.0 later\r\n", "no\r\n", "99\r\n", ""]
)
async def test_no_text_leaves_without_a_yes_to_all(hello: str, verb: str, answer: str) -> None:
    """Whatever one of the three is answered but its yes: nothing of the mail leaves, and it is
    known that nothing did, by the step at which it failed."""
    odd = Odd(hello, {verb: answer})
    async with listening(odd) as out:
        with pytest.raises(Unreachable) as caught:
            await sent(out)
        assert not caught.value.maybe_accepted
        step = {"MAIL": "sender", "RCPT": "recipient", "DATA": "data"}[verb]
        assert f"(step: {step})" in str(caught.value)
    assert set(odd.texts) <= {b".\r\n"}


async def test_data_granted_to_nobody_is_closed_by_a_dot() -> None:
    """A server that asks for the text though it refused the recipient gets the lone dot, and the
    next mail goes over the same connection."""
    odd = Odd(answers={"RCPT": "550 5.1.1 no\r\n", "END": "554 nobody\r\n"})
    async with listening(odd) as out:
        with pytest.raises(Refused) as caught:
            await sent(out)
        assert caught.value.channel_off
        odd.answers.clear()
        assert await sent(out, 2) == Receipt("250")
    assert odd.texts == [b".\r\n", wire(2)]
    assert odd.connections == 1


async def test_a_recipient_without_a_sender_gets_no_dot() -> None:
    """A server that refuses the sender and still takes the recipient and asks for the text gets
    nothing more: the dot might be delivered. The next mail goes over a new connection."""
    odd = Odd(answers={"MAIL": "553 5.7.1 not yours\r\n"})
    async with listening(odd) as out:
        with pytest.raises(Refused) as caught:
            await sent(out)
        assert not caught.value.channel_off
        odd.answers.clear()
        await sent(out, 2)
    assert odd.texts == [wire(2)]
    assert odd.connections == 2


async def test_a_line_behind_the_last_reply_ends_the_connection() -> None:
    """A mail that was taken is sent; but nothing else is read off a connection on which more was
    said than asked for."""
    odd = Odd(answers={"END": "250 taken\r\n250 and again\r\n"})
    async with listening(odd) as out:
        assert await sent(out) == Receipt("250")
        assert await sent(out, 2) == Receipt("250")
    assert odd.connections == 2


@pytest.mark.parametrize("hello", [PIPELINES, PLAIN])
async def test_a_server_of_another_house(hello: str) -> None:
    """aiosmtpd, which offers no PIPELINING by itself, takes the very bytes either way."""
    taken: list[Envelope] = []

    class Handler(TakesAll):
        async def handle_EHLO(  # noqa: N802 - the name that aiosmtpd calls
            self, server: SMTP, session: Session, envelope: Envelope, host: str, said: list[str]
        ) -> list[str]:
            del server, envelope
            session.host_name = host
            return ["250-PIPELINING", *said] if hello is PIPELINES else said

        async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
            self, server: SMTP, session: Session, envelope: Envelope
        ) -> str:
            del server, session
            taken.append(envelope)
            return "250 2.0.0 taken"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), loop=loop), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}?tls=none"
    out = EmailTransport(SmtpServer.parse(url), HEAD, waits=FEW)
    dots = message(text=".\n..two\n.", html="")
    await out.send(dots, ANNA, NOW)
    await out.send(message(2), ANNA, NOW)
    await out.close()
    server.close()
    assert [one.rcpt_tos for one in taken] == [["anna@example.org"]] * 2
    assert [one.mail_from for one in taken] == ["reminder@example.org"] * 2
    assert [one.original_content for one in taken] == [
        build(dots, ANNA.address, HEAD),
        build(message(2), ANNA.address, HEAD),
    ]


class Wire(asyncio.Transport):
    """A transport that goes nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Whoever reads is called by the test."""

    def is_closing(self) -> bool:
        """Whether it was cut."""
        return self.is_cut

    def abort(self) -> None:
        """Be cut."""
        self.is_cut = True


replies = st.lists(
    st.tuples(
        st.integers(200, 599), st.lists(st.text("ab 5-", max_size=9), min_size=1, max_size=3)
    ),
    max_size=6,
)


@given(replies, st.data())
def test_replies_are_read_however_they_are_cut(
    said: list[tuple[int, list[str]]], data: st.DataObject
) -> None:
    """Any cut of a stream of replies gives the same replies, whole and in order; then the
    connection's end is told."""
    lines = [
        f"{code}{' ' if number == len(words) - 1 else '-'}{word}\r\n"
        for code, words in said
        for number, word in enumerate(words)
    ]
    raw = "".join(lines).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))

    async def read() -> list[Reply]:
        talk = Dialogue(Wire(), pipelines=True)
        for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
            talk.data_received(raw[start:end])
        talk.connection_lost(None)
        found = [await talk.reply() for _ in said]
        assert talk.is_quiet
        with pytest.raises(Lost):
            await talk.reply()
        return found

    expected = [Reply(code, "\n".join(word.strip() for word in words)) for code, words in said]
    assert asyncio.run(read()) == expected


@pytest.mark.parametrize(
    "flood",
    [b"250-" + b"x" * 40_000, b"250-x\r\n" * 8000, b"250 ok\r\n" * 100, b"hello\r\n", b"25\r\n"],
)
async def test_what_is_no_reply_ends_the_connection(flood: bytes) -> None:
    """A reply without an end, or that is none, is senseless, and nothing more is taken in."""
    wire = Wire()
    talk = Dialogue(wire, pipelines=True)
    for start in range(0, len(flood), 1000):
        talk.data_received(flood[start : start + 1000])
    assert wire.is_cut
    with pytest.raises(Lost):
        talk.write(b"NOOP\r\n")
    codes = []
    while SENSELESS not in codes:
        codes.append((await talk.reply()).code)
    assert len(codes) < 20


@given(st.lists(st.binary(max_size=6).map(lambda line: re.sub(rb"[\r\n]", b".", line))))
def test_stuffing_is_undone_by_who_reads(lines: list[bytes]) -> None:
    """However many dots lines begin with, the reader takes off exactly those that were added, and
    sees no end before the end."""
    mail = b"".join(line + b"\r\n" for line in lines)
    *sent_lines, last, rest = stuffed(mail).split(b"\r\n")
    assert (last, rest) == (b".", b"")
    assert b"." not in sent_lines
    assert [line.removeprefix(b".") for line in sent_lines] == lines


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_the_connection_is_taken_over_on_the_loop_that_serves(tls: Tls) -> None:
    """On uvloop, whose transports are its own, mails go over one connection that was taken over,
    also under TLS, and one that closed meanwhile is replaced."""

    async def talk() -> None:
        async with SmtpSink(tls=tls) as smtp:
            context = smtp.certificate.client if smtp.certificate else None
            server = SmtpServer.parse(smtp.url)
            out = EmailTransport(server, HEAD, waits=FEW, context=context)
            for number in (1, 2):
                assert await sent(out, number) == Receipt("250")
            assert smtp.connections == 1
            smtp.behave(Step.MAIL, Act.CUT, times=1)
            assert await sent(out, 3) == Receipt("250")
            await out.close()
            assert [mail.raw for mail in smtp.messages] == [
                build(message(number), ANNA.address, HEAD) for number in (1, 2, 3)
            ]
            assert smtp.commands[-1] == "QUIT"

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(talk())
