"""Promises about looking whether a page answers: real requests to a server on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from reminder.errors import Unreachable
from reminder.transports.guard import networks
from reminder.transports.probe import Prober, Seen
from tests.fakes.site import SiteSink

LOOPBACK = networks(["127.0.0.0/8"])


@pytest.fixture
async def site() -> AsyncIterator[SiteSink]:
    """A site that answers."""
    async with SiteSink() as opened:
        yield opened


async def test_a_page_that_answers_is_asked_by_head_alone(site: SiteSink) -> None:
    """What answers HEAD is not fetched."""
    site.answers["/pay"] = (200, "")
    async with Prober(allow_networks=LOOPBACK) as prober:
        assert await prober.look(f"{site.url}/pay") == Seen(200)
    assert site.requests == [("HEAD", "/pay")]


async def test_get_follows_where_head_is_refused(site: SiteSink) -> None:
    """A server that takes no HEAD is asked again with GET, and GET's word counts."""
    site.answers["/pay"] = (200, "")
    site.no_head.add("/pay")
    async with Prober(allow_networks=LOOPBACK) as prober:
        assert (await prober.look(f"{site.url}/pay")).status == 200
        assert (await prober.look(f"{site.url}/gone")).status == 404
    assert [method for method, _ in site.requests] == ["HEAD", "GET", "HEAD", "GET"]


async def test_a_redirect_is_told_and_not_followed(site: SiteSink) -> None:
    """Where a redirect leads is said in full; nothing is asked there."""
    site.answers["/old"] = (301, "/new")
    site.answers["/away"] = (302, "https://example.net/x")
    async with Prober(allow_networks=LOOPBACK) as prober:
        assert await prober.look(f"{site.url}/old") == Seen(301, f"{site.url}/new")
        assert (await prober.look(f"{site.url}/away")).location == "https://example.net/x"
    assert [path for _, path in site.requests] == ["/old", "/away"]


async def test_a_private_address_is_not_called(site: SiteSink) -> None:
    """Neither an address written out nor a name that leads to one gets a packet."""

    async def loopback(_host: str) -> Sequence[str]:
        return ("127.0.0.1",)

    async with Prober(resolve=loopback) as prober:
        with pytest.raises(Unreachable, match="may not be called"):
            await prober.look(f"{site.url}/pay")
        with pytest.raises(Unreachable, match="may not be called"):
            await prober.look("https://pay.example.org/")
    assert site.requests == []


async def test_silence_has_a_reason(site: SiteSink) -> None:
    """A refused connection, an unknown name and a server that says nothing are told apart."""

    async def nobody(_host: str) -> Sequence[str]:
        raise OSError("no such name")

    async def mute(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await _reader.read()
        _writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Prober(allow_networks=LOOPBACK, resolve=nobody, patience=0.2) as prober:
        with pytest.raises(Unreachable, match=r"no answer within 0\.2 s"):
            await prober.look(f"http://127.0.0.1:{port}/")
        with pytest.raises(Unreachable, match="name is not known"):
            await prober.look("https://pay.example.org/")
        server.close()
        with pytest.raises(Unreachable, match="no connection"):
            await prober.look("http://127.0.0.1:1/")


async def test_no_more_than_its_limit_at_once() -> None:
    """Eight addresses are asked at once, no more, and all get their answer."""
    under_way = most = 0
    release = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        await reader.readuntil(b"\r\n\r\n")
        under_way += 1
        most = max(most, under_way)
        if under_way == 2:
            release.set()
        await release.wait()
        under_way -= 1
        writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Prober(allow_networks=LOOPBACK, limit=2) as prober:
        urls = [f"http://127.0.0.1:{port}/{n}" for n in range(6)]
        seen = await asyncio.gather(*map(prober.look, urls))
    server.close()
    assert [one.status for one in seen] == [204] * 6
    assert most == 2
