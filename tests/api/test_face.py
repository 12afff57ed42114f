"""The API as a whole: addresses, and its place in the server."""

from __future__ import annotations

import httpx
import pytest

from reminder import server
from reminder.api.problems import MEDIA_TYPE
from reminder.app import App
from tests.api.conftest import Site


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/lines/", 404),
        ("GET", "/lines/lin_x", 404),
        ("PUT", "/lines", 405),
        ("DELETE", "/me", 405),
    ],
)
async def test_wrong_addresses(site: Site, method: str, path: str, status: int) -> None:
    """An unknown address is 404 and a wrong method 405, both as problems."""
    answer = await site.anna.request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert bool(answer.headers.get("allow")) is (status == 405)
    assert set(answer.json()) == {"type", "title", "status", "detail", "code", "errors"}


async def test_beside_version_one_there_is_nothing(site: Site) -> None:
    """An address under /api that is not of version 1 is a problem too."""
    answer = await site.anna.get("http://test/api/v2/lines")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_server_mounts_it(bare: App) -> None:
    """Behind the real server the catalogue, the description and the page have their addresses."""
    transport = httpx.ASGITransport(server.create(bare))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for path in ("/api/v1/operators", "/api/v1/openapi.json", "/api/docs", "/readyz"):
            assert (await client.get(path)).status_code == 200, path
