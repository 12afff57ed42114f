"""How a try of a webhook ends, by what a server that misbehaves answers, or leaves unanswered."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from reminder.domain.delivery import Format, Receipt, WebhookTarget
from reminder.errors import Refused, Throttled, Unreachable
from reminder.transports.webhook import WebhookTransport
from tests.fakes import LOOPBACK, Act, Answer, WebhookSink
from tests.transports.samples import NOW, message
from tests.transports.webhook.samples import QUICK, SETTINGS, outcome, target


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_2xx_is_success(status: int) -> None:
    """Any 2xx is a receipt, whatever the body says."""
    async with WebhookSink() as hook:
        hook.behave(Answer(status, body=b"" if status == 204 else b"no!"))
        assert await outcome(target(hook)) == Receipt(str(status))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    """A redirect is a failure that may pass; the place it names sees no connection."""
    async with WebhookSink() as hook, WebhookSink() as other:
        hook.behave(Answer(status, {"Location": other.url}))
        error = await outcome(target(hook))
    assert isinstance(error, Unreachable)
    assert not error.maybe_accepted
    assert str(status) in str(error)
    assert (len(hook.requests), other.connections) == (1, 0)


@pytest.mark.parametrize("status", [400, 401, 404, 408, 418, 500, 502, 503, 504, 599])
async def test_other_statuses_may_pass(status: int) -> None:
    """Every other answer is tried again, and the sentence names the status."""
    async with WebhookSink() as hook:
        hook.behave(Answer(status))
        error = await outcome(target(hook))
    assert isinstance(error, Unreachable)
    assert str(status) in str(error)


async def test_410_ends_the_channel() -> None:
    """Gone is gone."""
    async with WebhookSink() as hook:
        hook.behave(Answer(410))
        error = await outcome(target(hook))
    assert isinstance(error, Refused)
    assert error.channel_off


async def test_a_named_time_is_kept() -> None:
    """Retry-After of the answer becomes the wait."""
    async with WebhookSink() as hook:
        hook.behave(Answer(429, {"Retry-After": "1000000000"}))
        error = await outcome(target(hook))
    assert isinstance(error, Throttled)
    assert error.retry_after == timedelta(hours=24)


async def test_a_private_answer_is_not_kept() -> None:
    """Of an answer from a private network only the status is kept."""
    async with WebhookSink() as hook:
        hook.behave(Answer(500, body=b"secret of the house"))
        error = await outcome(target(hook))
    assert isinstance(error, Unreachable)
    assert error.answer == "500"


@pytest.mark.parametrize("act", [Act.STALL, Act.DRIP_HEADERS])
async def test_the_deadline_ends_a_try_without_an_answer(act: Act) -> None:
    """Neither silence nor a dripping head holds a try; what was sent may have been taken."""
    async with WebhookSink() as hook:
        hook.behave(act)
        begun = monotonic()
        error = await outcome(target(hook), QUICK)
    assert isinstance(error, Unreachable)
    assert error.maybe_accepted
    assert monotonic() - begun < 2


async def test_a_dripping_body_changes_no_answer() -> None:
    """Once the status said yes the message counts as taken, and the body's rest is not awaited."""
    async with WebhookSink() as hook:
        hook.behave(Act.DRIP_BODY)
        begun = monotonic()
        assert await outcome(target(hook), QUICK) == Receipt("200")
    assert monotonic() - begun < 2


async def test_what_came_of_a_body_counts() -> None:
    """A chat that says all it has to say and leaves the connection open is understood: what came
    up to the deadline is read."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\n\r\n{"errcode":0}')
        await is_over.wait()
        writer.close()

    is_over = asyncio.Event()
    server = await asyncio.start_server(serve, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    url = f"http://{LOOPBACK}:{port}/cgi-bin/webhook/send?key=0"
    to = WebhookTarget(url, (), private_allowed=True, format=Format.WECOM)
    assert await outcome(to, QUICK) == Receipt("200")
    is_over.set()
    server.close()
    await server.wait_closed()


async def test_an_endless_body_is_cut() -> None:
    """Of an endless answer a little is read and the connection is closed."""
    async with WebhookSink() as hook:
        hook.behave(Act.ENDLESS)
        out = WebhookTransport(SETTINGS)
        begun = monotonic()
        with pytest.raises(Unreachable, match="500"):
            await out.send(message(), target(hook), NOW)
        assert monotonic() - begun < 2
        hook.behave(Answer(204))
        await out.send(message(), target(hook), NOW)
        await out.close()
    assert hook.connections == 2


async def test_a_lost_answer_is_unknown() -> None:
    """A connection lost after the request was sent leaves it open whether it was taken."""
    async with WebhookSink() as hook:
        hook.behave(Act.CUT)
        error = await outcome(target(hook))
    assert isinstance(error, Unreachable)
    assert error.maybe_accepted
    assert len(hook.requests) == 1


async def test_nonsense_is_unknown() -> None:
    """What is no HTTP says neither yes nor no."""
    async with WebhookSink() as hook:
        hook.behave(Answer(200, {"X": "\x00\n\n"}))
        error = await outcome(target(hook))
    assert isinstance(error, Unreachable)
    assert error.maybe_accepted
