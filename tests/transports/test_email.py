"""Mail over SMTP, against a server that misbehaves."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from reminder.domain.delivery import EmailTarget, Receipt
from reminder.errors import ConfigError, Refused, TransportError, Unreachable
from reminder.transports.email import EmailTransport, SmtpServer, Tls, Waits
from reminder.transports.mime import build
from tests.fakes import Act, SmtpSink, Step
from tests.transports.samples import HEAD, NOW, message

ANNA = EmailTarget("anna@example.org")
QUICK = Waits(
    connect=timedelta(seconds=0.3), handing=timedelta(seconds=0.3), deadline=timedelta(seconds=0.4)
)
USERS = {"anna": "s@fe wörd"}


def transport(smtp: SmtpSink, waits: Waits | None = None) -> EmailTransport:
    """A transport that speaks to the sink and trusts its certificate."""
    context = smtp.certificate.client if smtp.certificate else None
    return EmailTransport(SmtpServer.parse(smtp.url), HEAD, waits=waits, context=context)


async def failure(smtp: SmtpSink, waits: Waits | None = None) -> TransportError:
    """The error of one try; it never holds what the other side said in its sentence."""
    out = transport(smtp, waits)
    with pytest.raises(TransportError) as caught:
        await out.send(message(), ANNA, NOW)
    await out.close()
    return caught.value


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
async def test_a_mail_arrives_byte_for_byte(tls: Tls) -> None:
    """The server gets one envelope, one recipient and exactly the bytes that were built."""
    async with SmtpSink(tls=tls) as smtp:
        out = transport(smtp)
        assert await out.send(message(), ANNA, NOW) == Receipt("250")
        await out.close()
        (mail,) = smtp.messages
    assert (mail.sender, mail.recipients) == ("reminder@example.org", ("anna@example.org",))
    assert mail.raw == build(message(), ANNA.address, HEAD)
    assert smtp.commands[-1] == "QUIT"


async def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    """Dots at the start of lines are stuffed on the way and not lost, even a lone one."""
    dots = message(text=".\n..two\nend.\n.", html="")
    async with SmtpSink() as smtp:
        out = transport(smtp)
        await out.send(dots, ANNA, NOW)
        await out.close()
    assert smtp.messages[0].raw == build(dots, ANNA.address, HEAD)
    assert smtp.messages[0].parsed.get_content() == ".\r\n..two\r\nend.\r\n.\r\n"


async def test_a_foreign_domain_goes_out_in_ascii() -> None:
    """The envelope and the header name the domain in its ASCII form."""
    async with SmtpSink() as smtp:
        out = transport(smtp)
        await out.send(message(), EmailTarget("anna@пример.рф"), NOW)
        await out.close()
    assert smtp.messages[0].recipients == ("anna@xn--e1afmkfd.xn--p1ai",)
    assert smtp.messages[0].parsed["To"] == "anna@xn--e1afmkfd.xn--p1ai"


@pytest.mark.parametrize(
    "address", ["a@b.c\r\nRCPT TO:<eve@b.c>", "a@b.c,eve@b.c", "a@b.c> SIZE=1", "анна@b.c"]
)
async def test_a_hostile_address_opens_no_connection(address: str) -> None:
    """What is not one plain mailbox ends the channel before anything is sent."""
    async with SmtpSink() as smtp:
        with pytest.raises(Refused) as caught:
            await transport(smtp).send(message(), EmailTarget(address), NOW)
    assert caught.value.channel_off
    assert smtp.connections == 0


async def test_signs_in_after_tls() -> None:
    """Name and password go out under TLS, with signs beyond ASCII."""
    async with SmtpSink(tls="starttls", users=USERS) as smtp:
        url = smtp.url.replace("//", "//anna:s%40fe%20w%C3%B6rd@")
        assert smtp.certificate is not None
        out = EmailTransport(SmtpServer.parse(url), HEAD, context=smtp.certificate.client)
        await out.send(message(), ANNA, NOW)
        await out.close()
    assert len(smtp.messages) == 1
    assert [line[:4] for line in smtp.commands][:4] == ["EHLO", "STAR", "EHLO", "AUTH"]


async def test_a_wrong_password_stops_no_channel() -> None:
    """535 is our mistake: the mail waits, and the sentence says where to look."""
    async with SmtpSink(users=USERS) as smtp:
        url = smtp.url.replace("//", "//anna:wrong@")
        with pytest.raises(Unreachable, match=r"email\.url") as caught:
            await EmailTransport(SmtpServer.parse(url), HEAD).send(message(), ANNA, NOW)
    assert "wrong" not in str(caught.value)
    assert not caught.value.maybe_accepted
    assert smtp.messages == []


async def test_stripped_starttls_is_never_plain() -> None:
    """When TLS is demanded and not offered nothing about the mail is said."""
    async with SmtpSink(tls="starttls", starttls_offered=False) as smtp:
        error = await failure(smtp)
    assert isinstance(error, Unreachable)
    assert "STARTTLS" in str(error)
    assert [line[:4] for line in smtp.commands] == ["EHLO"]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_a_foreign_certificate_is_not_trusted(tls: Tls) -> None:
    """A certificate that no authority knows ends the try before the mail."""
    async with SmtpSink(tls=tls) as smtp:
        with pytest.raises(Unreachable, match="certificate"):
            await EmailTransport(SmtpServer.parse(smtp.url), HEAD).send(message(), ANNA, NOW)
    assert not any(line.startswith("MAIL") for line in smtp.commands)


LATER = [
    (Step.GREETING, "421 busy"),
    (Step.GREETING, "554 go away"),
    (Step.EHLO, "421 busy"),
    (Step.MAIL, "451 later"),
    (Step.MAIL, "530 5.7.0 sign in first"),
    (Step.RCPT, "450 4.2.0 greylisted"),
    (Step.RCPT, "452 4.2.2 full"),
    (Step.RCPT, "552 5.2.2 full"),
    (Step.RCPT, "550 5.2.2 full"),
    (Step.RCPT, "421 closing"),
    (Step.DATA, "451 later"),
    (Step.DATA, "250 what"),
    (Step.END, "451 4.3.0 later"),
    (Step.END, "452 4.3.1 no room"),
    (Step.GREETING, Act.CUT),
    (Step.EHLO, Act.CUT),
    (Step.MAIL, Act.CUT),
    (Step.RCPT, Act.CUT),
    (Step.DATA, Act.CUT),
    (Step.MAIL, "x" * 20),
    (Step.MAIL, "250 " + "x" * 10_000_000),
    (Step.MAIL, "250-x\r\n" * 10_000),
]


@pytest.mark.parametrize("pipelines", [True, False])
@pytest.mark.parametrize(("step", "answer"), LATER, ids=lambda value: str(value)[:20])
async def test_what_may_pass_is_tried_later(step: Step, answer: str | Act, pipelines: bool) -> None:
    """A temporary no, a lost connection or nonsense before the text is certain and not final."""
    async with SmtpSink(pipelines=pipelines) as smtp:
        smtp.behave(step, answer)
        error = await failure(smtp, Waits(handing=timedelta(seconds=2)))
    assert isinstance(error, Unreachable)
    assert not error.maybe_accepted
    assert len(error.answer) <= 210
    assert smtp.messages == []


@pytest.mark.parametrize("pipelines", [True, False])
@pytest.mark.parametrize(
    ("step", "answer", "channel_off"),
    [
        (Step.RCPT, "550 5.1.1 no such user", True),
        (Step.RCPT, "550 no", True),
        (Step.RCPT, "553 5.1.3 bad mailbox", True),
        (Step.RCPT, "554 5.7.1 relay access denied", False),
        (Step.MAIL, "553 5.7.1 not your address", False),
        (Step.DATA, "554 no valid recipients", False),
        (Step.END, "554 5.7.1 looks like spam", False),
    ],
)
async def test_a_final_no_is_final(
    step: Step, answer: str, channel_off: bool, pipelines: bool
) -> None:
    """5xx ends the message; only on the address itself it ends the channel too."""
    async with SmtpSink(pipelines=pipelines) as smtp:
        smtp.behave(step, answer)
        error = await failure(smtp)
    assert isinstance(error, Refused)
    assert error.channel_off is channel_off
    assert error.answer == answer
    assert answer not in str(error)
    assert smtp.messages == []


@pytest.mark.parametrize(
    ("step", "act"), [(Step.BODY, Act.CUT), (Step.END, Act.CUT), (Step.END, Act.STALL)]
)
async def test_no_answer_to_the_text_is_unknown(step: Step, act: Act) -> None:
    """Once the text is on its way a missing answer leaves it open whether it was taken."""
    async with SmtpSink() as smtp:
        smtp.behave(step, act)
        error = await failure(smtp, QUICK)
    assert isinstance(error, Unreachable)
    assert error.maybe_accepted
    assert len(smtp.messages) == (1 if step is Step.END else 0)


async def test_nonsense_after_the_text_is_unknown() -> None:
    """An answer that is no answer, after the text, says neither yes nor no."""
    async with SmtpSink() as smtp:
        smtp.behave(Step.END, "hello")
        assert (await failure(smtp)).maybe_accepted


async def test_an_unknown_mail_is_repeated_under_the_same_id() -> None:
    """The second try after a lost answer carries the same bytes and so the same Message-ID."""
    async with SmtpSink() as smtp:
        smtp.behave(Step.END, Act.CUT, times=1)
        await failure(smtp)
        out = transport(smtp)
        await out.send(message(), ANNA, NOW)
        await out.close()
    first, second = smtp.messages
    assert first.raw == second.raw


@pytest.mark.parametrize("pipelines", [True, False])
@pytest.mark.parametrize("step", [Step.GREETING, Step.EHLO, Step.MAIL, Step.RCPT, Step.DATA])
async def test_silence_ends_by_the_deadline(step: Step, pipelines: bool) -> None:
    """A server that falls silent before the text costs bounded time, and nothing was taken."""
    async with SmtpSink(pipelines=pipelines) as smtp:
        smtp.behave(step, Act.STALL)
        error = await failure(smtp, QUICK)
    assert isinstance(error, Unreachable)
    assert not error.maybe_accepted


async def test_no_server_is_told() -> None:
    """A port where nobody listens is a try that failed, not an error of ours."""
    async with SmtpSink() as smtp:
        url = smtp.url
    with pytest.raises(Unreachable, match="no connection"):
        await EmailTransport(SmtpServer.parse(url), HEAD).send(message(), ANNA, NOW)


@pytest.mark.parametrize("pipelines", [True, False])
@pytest.mark.parametrize(
    ("step", "extra"),
    [
        (Step.GREETING, "220 hi\r\n250 ok"),
        (Step.MAIL, "250 ok\r\n250 ok"),
        (Step.RCPT, "250 ok\r\n250 ok"),
        (Step.RCPT, "550 no\r\n250 ok"),
        (Step.DATA, "354 go on\r\n250 taken"),
    ],
)
async def test_unsolicited_lines_never_make_a_receipt(
    step: Step, extra: str, pipelines: bool
) -> None:
    """Lines that nobody asked for may cost a try, but a mail that was refused is never "sent"."""
    async with SmtpSink(pipelines=pipelines) as smtp:
        smtp.behave(step, extra)
        smtp.behave(Step.END, "554 no")
        error = await failure(smtp, QUICK)
    assert isinstance(error, Unreachable)
    assert not error.maybe_accepted
    assert smtp.messages == []


@pytest.mark.parametrize("pipelines", [True, False])
async def test_connections_are_kept_and_used_again(pipelines: bool) -> None:
    """Mails that follow each other share a connection, also after a refused recipient."""
    async with SmtpSink(pipelines=pipelines) as smtp:
        out = transport(smtp)
        await out.send(message(1), ANNA, NOW)
        smtp.behave(Step.RCPT, "550 no", times=1)
        with pytest.raises(Refused):
            await out.send(message(2), ANNA, NOW)
        smtp.behave(Step.END, "554 no", times=1)
        with pytest.raises(Refused):
            await out.send(message(3), ANNA, NOW)
        await out.send(message(4), ANNA, NOW)
        await out.close()
    assert smtp.connections == 1
    assert len(smtp.messages) == 2
    assert smtp.commands.count("RSET") == 1


@pytest.mark.parametrize("pipelines", [True, False])
@pytest.mark.parametrize("farewell", ["421 idle too long", Act.CUT])
async def test_a_kept_connection_that_closed_is_replaced(
    farewell: str | Act, pipelines: bool
) -> None:
    """When the server has closed a kept connection, the mail goes out on a new one at once."""
    async with SmtpSink(pipelines=pipelines) as smtp:
        out = transport(smtp)
        await out.send(message(1), ANNA, NOW)
        smtp.behave(Step.MAIL, farewell, times=1)
        await out.send(message(2), ANNA, NOW)
        await out.close()
    assert [mail.connection for mail in smtp.messages] == [1, 2]


async def test_a_surprise_drops_the_connection() -> None:
    """After a lost or senseless answer the next mail does not use that connection."""
    async with SmtpSink() as smtp:
        out = transport(smtp)
        smtp.behave(Step.DATA, "250 what", times=1)
        with pytest.raises(Unreachable):
            await out.send(message(1), ANNA, NOW)
        await out.send(message(2), ANNA, NOW)
        await out.close()
    assert smtp.messages[0].connection == 2


async def test_an_idle_connection_is_let_go() -> None:
    """A connection is not kept for longer than it is welcome."""
    async with SmtpSink() as smtp:
        out = transport(smtp, Waits(idle=timedelta(0)))
        await out.send(message(1), ANNA, NOW)
        for _turn in range(5):
            await asyncio.sleep(0)
        await out.send(message(2), ANNA, NOW)
        await out.close()
    assert smtp.connections == 2


async def test_many_at_once_share_few_connections() -> None:
    """Forty mails at once arrive each whole, over no more connections than allowed."""
    async with SmtpSink() as smtp:
        out = transport(smtp, Waits(connections=3))
        await asyncio.gather(*(out.send(message(each), ANNA, NOW) for each in range(40)))
        await out.close()
    assert smtp.connections == 3
    assert {str(mail.parsed["Message-ID"]) for mail in smtp.messages} == {
        f"<dlv_06h0nphc{each:08d}@sim.example.org>" for each in range(40)
    }


async def test_a_cancelled_try_leaves_nothing_behind() -> None:
    """When a try is cancelled its connection is closed and its place is free again."""
    async with SmtpSink() as smtp:
        smtp.behave(Step.RCPT, Act.STALL, times=1)
        out = transport(smtp, Waits(connections=1))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(out.send(message(1), ANNA, NOW), 0.1)
        assert await out.send(message(2), ANNA, NOW) == Receipt("250")
        await out.close()
    assert smtp.messages[0].connection == 2


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://h", SmtpServer("h", 587, "starttls")),
        ("smtp://h?tls=starttls", SmtpServer("h", 587, "starttls")),
        ("smtp://u:p%40%2F@h:2525/", SmtpServer("h", 2525, "starttls", "u", "p@/")),
        ("smtps://u@h", SmtpServer("h", 465, "implicit", "u")),
        ("smtp://[::1]:25?tls=none", SmtpServer("::1", 25, "none")),
    ],
)
def test_the_url_is_read(url: str, server: SmtpServer) -> None:
    """Every form of the manual is read, with the usual port of its kind."""
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "h:25",
        "http://h",
        "smtp://",
        "smtp://h:0x",
        "smtp://h:99999",
        "smtp://h?tls=maybe",
        "smtp://h?tls=none&tls=starttls",
        "smtp://h?x=1",
        "smtps://h?tls=none",
        "smtp://h/path",
        "smtp://user:secret/1@h",
    ],
)
def test_a_wrong_url_stops_the_start(url: str) -> None:
    """A wrong text names the key and what would be right, and never shows the password."""
    with pytest.raises(ConfigError, match=r"email\.url") as caught:
        SmtpServer.parse(url)
    assert "secret" not in str(caught.value)


def test_the_password_is_not_shown() -> None:
    """A printed server holds no password."""
    assert "hush" not in repr(SmtpServer.parse("smtp://u:hush@h"))
