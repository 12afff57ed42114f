"""The log over the API."""

from __future__ import annotations

import pytest

from tests.api.conftest import Site


async def _sent(site: Site, count: int) -> list[str]:
    mine = (await site.anna.get("/channels")).json()["items"][0]["id"]
    made = []
    for _ in range(count):
        made.append((await site.anna.post(f"/channels/{mine}/test")).json()["id"])
        site.watch.move(seconds=1)
    return made


async def test_pages_go_back_in_time(site: Site) -> None:
    """The newest come first, and the cursor leads on without a gap."""
    made = await _sent(site, 5)
    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        said = (await site.anna.get("/deliveries", params=query)).json()
        seen += [one["id"] for one in said["items"]]
        if said["next"] is None:
            break
        query["cursor"] = said["next"]
    assert seen == made[::-1]


async def test_filters(site: Site) -> None:
    """Channel and state narrow the list; a state that is none is 422."""
    await _sent(site, 1)
    found = await site.anna.get("/deliveries", params={"state": "pending"})
    assert len(found.json()["items"]) == 1
    found = await site.anna.get("/deliveries", params={"channel": "chn_0000000000000000"})
    assert found.json()["items"] == []
    assert (await site.anna.get("/deliveries", params={"state": "lost"})).status_code == 422


@pytest.mark.parametrize("path", ["/deliveries/dlv_x", "/deliveries/dlv_x/retry"])
async def test_unknown_deliveries(site: Site, path: str) -> None:
    """A delivery that is not there is 404."""
    method = "POST" if path.endswith("retry") else "GET"
    assert (await site.anna.request(method, path)).status_code == 404


async def test_retry_of_what_is_pending(site: Site) -> None:
    """A pending delivery may be tried again at once."""
    (one,) = await _sent(site, 1)
    answer = await site.anna.post(f"/deliveries/{one}/retry")
    assert (answer.status_code, answer.json()["state"]) == (200, "pending")
