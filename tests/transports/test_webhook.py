"""Webhooks, against a server that misbehaves."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from socket import EAI_AGAIN, EAI_NONAME, gaierror
from time import monotonic

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from reminder import __version__
from reminder.domain.delivery import Format, Message, Receipt, WebhookTarget
from reminder.errors import Refused, Throttled, TransportError, Unreachable
from reminder.transports.guard import Resolve, networks
from reminder.transports.sign import new_secret
from reminder.transports.webhook import WebhookSettings, WebhookTransport
from tests.fakes import LOOPBACK, Act, Answer, Certificate, WebhookSink
from tests.transports.samples import NOW, message

SECRET, OLD_SECRET = new_secret(b"n" * 32), new_secret(b"o" * 32)
HOME = networks(["127.0.0.0/8"])
SETTINGS = WebhookSettings(deadline=timedelta(seconds=5), allow_networks=HOME)
QUICK = WebhookSettings(deadline=timedelta(seconds=0.3), allow_networks=HOME)


def target(hook: WebhookSink, *secrets: str) -> WebhookTarget:
    """The sink as an administrator's channel."""
    return WebhookTarget(hook.url, secrets or (SECRET,), private_allowed=True)


async def resolve_home(_host: str) -> Sequence[str]:
    """Every name leads to this machine."""
    return (LOOPBACK,)


async def outcome(
    to: WebhookTarget,
    settings: WebhookSettings = SETTINGS,
    certificate: Certificate | None = None,
    resolve: Resolve = resolve_home,
) -> Receipt | TransportError:
    """How one try ends."""
    context = certificate.client if certificate else None
    out = WebhookTransport(settings, resolve=resolve, context=context)
    try:
        return await out.send(message(), to, NOW)
    except TransportError as error:
        return error
    finally:
        await out.close()


async def test_a_webhook_arrives_as_the_contract_says() -> None:
    """Headers are those of Standard Webhooks, and the body is the payload byte for byte."""
    async with WebhookSink() as hook:
        assert await outcome(target(hook)) == Receipt("204")
    (request,) = hook.requests
    assert (request.method, request.path, request.body) == ("POST", "/hook", message().payload)
    signature = request.headers.pop("webhook-signature")
    assert signature.startswith("v1,")
    assert request.headers == {
        "host": f"127.0.0.1:{hook.port}",
        "accept": "*/*",
        "accept-encoding": "identity",
        "content-length": str(len(message().payload)),
        "content-type": "application/json",
        "user-agent": f"reminder/{__version__}",
        "webhook-id": message().id,
        "webhook-timestamp": str(int(NOW.timestamp())),
    }


async def test_both_secrets_verify_and_no_other() -> None:
    """While a secret rotates the reference accepts the request with the old and the new one."""
    async with WebhookSink() as hook:
        await outcome(target(hook, SECRET, OLD_SECRET))
    request = hook.requests[0]
    with time_machine.travel(NOW, tick=False):
        for secret in (SECRET, OLD_SECRET):
            assert Webhook(secret).verify(request.body, request.headers) == json.loads(request.body)
        with pytest.raises(WebhookVerificationError):
            Webhook(new_secret(b"x" * 32)).verify(request.body, request.headers)


async def test_a_retry_keeps_the_id_and_renews_the_timestamp() -> None:
    """The id stands for the message, the timestamp for the try."""
    async with WebhookSink() as hook:
        out = WebhookTransport(SETTINGS)
        for after in (timedelta(), timedelta(minutes=5)):
            await out.send(message(), target(hook), NOW + after)
        await out.close()
    first, second = (request.headers for request in hook.requests)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 300
    assert first["webhook-signature"] != second["webhook-signature"]


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


async def test_no_connection_is_certain() -> None:
    """Where nobody listens nothing was taken."""
    async with WebhookSink() as hook:
        to = target(hook)
    error = await outcome(to)
    assert isinstance(error, Unreachable)
    assert not error.maybe_accepted


NAMED = WebhookTarget("https://example.org/", (SECRET,))


async def test_a_name_that_is_not_found_in_time_is_certain() -> None:
    """Name servers that hang cost the deadline and nothing else."""

    async def resolve(_host: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    error = await outcome(NAMED, QUICK, resolve=resolve)
    assert isinstance(error, Unreachable)
    assert not error.maybe_accepted


@pytest.mark.parametrize("found", [None, ()])
async def test_a_name_that_is_not_known_is_told(found: Sequence[str] | None) -> None:
    """Who mistyped a host reads that its name is not known; it may be known later."""

    async def resolve(_host: str) -> Sequence[str]:
        if found is None:
            raise gaierror(EAI_NONAME, "Name or service not known")
        return found

    error = await outcome(NAMED, resolve=resolve)
    assert isinstance(error, Unreachable)
    assert str(error) == "the host's name is not known"
    assert not error.maybe_accepted


async def test_name_servers_that_are_away_are_not_a_wrong_name() -> None:
    """Who wrote the host rightly is not told to look at its spelling."""

    async def resolve(_host: str) -> Sequence[str]:
        raise gaierror(EAI_AGAIN, "Temporary failure in name resolution")

    error = await outcome(NAMED, resolve=resolve)
    assert isinstance(error, Unreachable)
    assert str(error) == "no connection to the host"
    assert not error.maybe_accepted


async def test_the_right_certificate_is_accepted() -> None:
    """TLS is verified for the host's name although the address was pinned."""
    certificate = Certificate.make("hook.example.org")
    async with WebhookSink(certificate=certificate, host="hook.example.org") as hook:
        assert await outcome(target(hook), certificate=certificate) == Receipt("204")


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_wrong_certificate_is_refused(trusted: bool) -> None:
    """A certificate for another name, or from nobody we trust, ends the try before the request."""
    certificate = Certificate.make("other.example.org" if trusted else "hook.example.org")
    async with WebhookSink(certificate=certificate, host="hook.example.org") as hook:
        error = await outcome(target(hook), certificate=certificate if trusted else None)
    assert isinstance(error, Unreachable)
    assert "certificate" in str(error)
    assert not error.maybe_accepted
    assert hook.requests == []


async def test_a_private_answer_is_not_kept() -> None:
    """Of an answer from a private network only the status is kept."""
    async with WebhookSink() as hook:
        hook.behave(Answer(500, body=b"secret of the house"))
        error = await outcome(target(hook))
    assert isinstance(error, Unreachable)
    assert error.answer == "500"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "0x7f.1"])
async def test_an_owner_reaches_no_private_network(host: str) -> None:
    """Without the permission a private URL ends the channel, and nobody sees a connection."""
    async with WebhookSink() as hook:
        error = await outcome(WebhookTarget(f"http://{host}:{hook.port}/", (SECRET,)))
    assert isinstance(error, Refused)
    assert error.channel_off
    assert hook.connections == 0


async def test_a_public_name_that_leads_home_is_tried_later() -> None:
    """A name that leads to a private address is not called; it may be mended, so it may pass."""
    error = await outcome(WebhookTarget("http://hook.example.org:8080/", (SECRET,)))
    assert isinstance(error, Unreachable)
    assert "may not be called" in str(error)
    assert not error.maybe_accepted


async def test_a_kept_private_connection_is_not_lent() -> None:
    """A connection opened for an administrator never carries another owner's webhook."""
    # An address of its own, so that one of the ports that are open to everybody is free on it.
    address = f"127.5.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"

    async def resolve(_host: str) -> Sequence[str]:
        return (address,)

    async with WebhookSink(address=address, port=8443, host="hook.example.org") as hook:
        out = WebhookTransport(SETTINGS, resolve=resolve)
        assert await out.send(message(), target(hook), NOW) == Receipt("204")
        with pytest.raises(Unreachable, match="may not be called"):
            await out.send(message(), WebhookTarget(hook.url, (SECRET,)), NOW)
        await out.close()
    assert len(hook.requests) == 1


async def test_cookies_are_not_kept() -> None:
    """What one answer sets no later request carries."""
    async with WebhookSink() as hook:
        hook.behave(Answer(204, {"Set-Cookie": "who=you; Path=/"}))
        out = WebhookTransport(SETTINGS, resolve=resolve_home)
        named = WebhookTarget(
            f"http://hook.example.org:{hook.port}/", (SECRET,), private_allowed=True
        )
        for _try in range(2):
            await out.send(message(), named, NOW)
        await out.close()
    assert len(hook.requests) == 2
    assert not any("cookie" in request.headers for request in hook.requests)


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the environment sends a webhook elsewhere."""
    async with WebhookSink() as hook, WebhookSink() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await outcome(target(hook)) == Receipt("204")
    assert proxy.connections == 0


async def test_one_host_gets_two_connections() -> None:
    """Many webhooks to one host share two connections, and each arrives once."""
    async with WebhookSink() as hook:
        out = WebhookTransport(SETTINGS)
        await asyncio.gather(*(out.send(message(each), target(hook), NOW) for each in range(30)))
        await out.close()
    assert hook.connections == 2
    assert len({request.headers["webhook-id"] for request in hook.requests}) == 30


@pytest.mark.parametrize("secret", ["", "whsec_AAAA", "plain"])
async def test_a_damaged_secret_is_told(secret: str) -> None:
    """A channel whose secret cannot sign is ended, and the secret is not shown."""
    async with WebhookSink() as hook:
        error = await outcome(target(hook, secret))
    assert isinstance(error, Refused)
    assert not secret or secret not in str(error)
    assert hook.connections == 0


async def test_time_zones_change_no_signature() -> None:
    """The timestamp is the instant, in whichever zone it was handed down."""
    zoned = datetime.fromisoformat("2026-11-24T09:00:00+03:00")
    assert zoned == NOW.astimezone(UTC)
    async with WebhookSink() as hook:
        out = WebhookTransport(SETTINGS)
        sent: Message = message()
        await out.send(sent, target(hook), zoned)
        await out.close()
    assert hook.requests[0].headers["webhook-timestamp"] == str(int(NOW.timestamp()))
