"""What webhooks connect to: the guard's own sockets, by URLs that nobody checked before."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from reminder.transports.guard import (
    AddressBlocked,
    Resolve,
    check_url,
    guarded_socket,
    networks,
    system_resolve,
)
from reminder.transports.wire import SENT, Wire
from tests.fakes import WebhookSink
from tests.transports.test_guard import LOOPBACK_SPELLINGS


@pytest.fixture
async def sink() -> AsyncIterator[WebhookSink]:
    """A listener on loopback that counts who connects."""
    async with WebhookSink() as hook:
        yield hook


async def post(url: str, resolve: Resolve = system_resolve, allowed: Sequence[str] = ()) -> int:
    """The status of one POST by the wire alone; raises AssertionError if it sends anything that is
    not answered."""
    made = Wire(networks(allowed), ssl.create_default_context(), limit=4, resolve=resolve)
    try:
        request = httpx.Request("POST", url, stream=httpx.ByteStream(b"x"))
        request.read()
        try:
            response = await made.handle_async_request(request)
        except Exception:
            assert SENT not in request.extensions
            raise
        await response.aclose()
        return response.status_code
    finally:
        await made.aclose()


def always(*addresses: str) -> Resolve:
    """A resolver that knows nothing else."""

    async def resolve(_host: str) -> Sequence[str]:
        return addresses

    return resolve


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
async def test_no_spelling_of_loopback_is_connected(sink: WebhookSink, host: str) -> None:
    """Whatever is made of it, no connection to this machine is opened."""
    with pytest.raises((httpx.HTTPError, httpx.InvalidURL, OSError)):
        await post(f"http://{host}:{sink.port}/hook")
    assert sink.connections == 0


async def test_the_port_is_judged_with_the_address(sink: WebhookSink) -> None:
    """A name of a public address on another port is refused at connect."""
    with pytest.raises(AddressBlocked):
        await post(f"http://example.org:{sink.port}/", always("93.184.215.14"))


async def test_every_address_must_be_allowed(sink: WebhookSink) -> None:
    """One private address among those that are allowed is enough to refuse the name."""
    with pytest.raises(AddressBlocked):
        await post(
            f"http://example.org:{sink.port}/", always("127.0.0.1", "10.0.0.1"), ["127.0.0.0/8"]
        )
    assert sink.connections == 0


async def test_a_name_that_changes_its_mind_is_refused(sink: WebhookSink) -> None:
    """A name that was allowed once and turns private is refused, and the listener sees nothing."""
    answers = iter([("127.0.0.2",), ("127.0.0.1",)])

    async def resolve(_host: str) -> Sequence[str]:
        return next(answers)

    # 127.0.0.2 plays the public address; the sink listens on 127.0.0.1 only.
    for _try in range(2):
        with pytest.raises(OSError, match=r"refused|Connect call failed|may not be called"):
            await post(f"http://rebind.example.org:{sink.port}/", resolve, ["127.0.0.2/32"])
    assert sink.connections == 0


async def test_a_name_is_resolved_once_and_pinned(sink: WebhookSink) -> None:
    """The connection goes to the address that was judged; the host's name stays in the request."""
    asked: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",)

    url = f"http://hook.example.org:{sink.port}/"
    assert await post(url, resolve, ["127.0.0.0/8"]) == 204
    assert asked == ["hook.example.org"]
    assert sink.requests[0].headers["host"] == f"hook.example.org:{sink.port}"


async def test_a_name_of_other_letters_stays_as_it_was_judged(sink: WebhookSink) -> None:
    """``straße`` is looked up in the spelling that the URL was checked in, never as ``strasse``."""
    asked: list[str] = []

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",)

    url = check_url("http://straße.example.org:8080/").replace("8080", str(sink.port))
    assert await post(url, resolve, ["127.0.0.0/8"]) == 204
    assert asked == ["xn--strae-oqa.example.org"]
    assert sink.requests[0].headers["host"] == f"xn--strae-oqa.example.org:{sink.port}"


async def test_where_one_address_is_dead_the_next_is_asked(sink: WebhookSink) -> None:
    """Of several addresses the first that answers is used, of either family."""
    resolve = always("::1", "127.0.0.2", "127.0.0.1")
    url = f"http://hook.example.org:{sink.port}/"
    assert await post(url, resolve, ["127.0.0.0/8", "::1/128"]) == 204
    assert sink.connections == 1


async def test_a_name_without_an_address_is_an_error() -> None:
    """Nothing found is told as an error and is no permission."""
    with pytest.raises(OSError, match="no address"):
        await guarded_socket("example.org", 443, (), always())


async def test_a_name_too_long_for_any_name_server() -> None:
    """It leads nowhere, which is certain."""
    with pytest.raises(httpx.ConnectError):
        await post(f"https://{'a' * 64}.example.org/")
