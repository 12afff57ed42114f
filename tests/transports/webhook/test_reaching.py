"""Which hosts a webhook reaches: names, certificates, and what the guard keeps out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from socket import EAI_AGAIN, EAI_NONAME, gaierror

import pytest

from reminder.domain.delivery import Receipt, WebhookTarget
from reminder.errors import Refused, Unreachable
from reminder.transports.webhook import WebhookTransport
from tests.fakes import Certificate, WebhookSink
from tests.transports.samples import NOW, message
from tests.transports.webhook.samples import QUICK, SECRET, SETTINGS, outcome, target

NAMED = WebhookTarget("https://example.org/", (SECRET,))


async def test_no_connection_is_certain() -> None:
    """Where nobody listens nothing was taken."""
    async with WebhookSink() as hook:
        to = target(hook)
    error = await outcome(to)
    assert isinstance(error, Unreachable)
    assert not error.maybe_accepted


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


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the environment sends a webhook elsewhere."""
    async with WebhookSink() as hook, WebhookSink() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await outcome(target(hook)) == Receipt("204")
    assert proxy.connections == 0
