"""What a webhook sends: headers, body and signatures, over which connections."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from standardwebhooks import Webhook, WebhookVerificationError

from reminder import __version__
from reminder.domain.delivery import Message, Receipt, WebhookTarget
from reminder.errors import Refused
from reminder.transports.sign import new_secret
from reminder.transports.webhook import WebhookTransport
from tests.fakes import Answer, WebhookSink
from tests.transports.samples import NOW, message
from tests.transports.webhook.samples import SECRET, SETTINGS, outcome, resolve_home, target

OLD_SECRET = new_secret(b"o" * 32)


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


@pytest.mark.parametrize("secret", ["", "whsec_AAAA", "plain"])
async def test_a_damaged_secret_is_told(secret: str) -> None:
    """A channel whose secret cannot sign is ended, and the secret is not shown."""
    async with WebhookSink() as hook:
        error = await outcome(target(hook, secret))
    assert isinstance(error, Refused)
    assert not secret or secret not in str(error)
    assert hook.connections == 0


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


async def test_one_host_gets_two_connections() -> None:
    """Many webhooks to one host share two connections, and each arrives once."""
    async with WebhookSink() as hook:
        out = WebhookTransport(SETTINGS)
        await asyncio.gather(*(out.send(message(each), target(hook), NOW) for each in range(30)))
        await out.close()
    assert hook.connections == 2
    assert len({request.headers["webhook-id"] for request in hook.requests}) == 30
