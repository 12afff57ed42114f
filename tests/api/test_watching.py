"""Watchers over the API: a few fields to be seen, and 404 for all the rest."""

from __future__ import annotations

from tests.api.conftest import Site

ASKED = {"address": "boris@example.org", "tag": "office"}


async def test_a_watcher_sees_a_tag_and_nothing_else(site: Site, line: dict[str, object]) -> None:
    """Invited, agreed, seen masked; the line itself is not there for them; ended at once."""
    one = (await site.anna.post("/lines", json={**line, "tags": ["office"]})).json()["id"]
    made = (await site.anna.post("/watchers", json=ASKED)).json()
    assert (made["state"], made["tag"]) == ("invited", "office")
    [offer] = (await site.boris.get("/watching")).json()["items"]
    assert (offer["owner"], offer["state"]) == ("anna@example.org", "invited")
    path = f"/watching/{made['id']}"
    assert (await site.boris.get(f"{path}/lines")).status_code == 404
    assert (await site.boris.post(f"{path}/agree")).status_code == 204
    assert (await site.anna.get("/watchers")).json()["items"][0]["state"] == "watches"
    seen = (await site.boris.get(f"{path}/lines")).json()
    assert (seen["total"], seen["items"][0]["number"]) == (1, "+7 916 ••• •• 67")
    assert not {"note", "channels", "readings"} & set(seen["items"][0])
    for method, where in (
        ("GET", f"/lines/{one}"),
        ("PATCH", f"/lines/{one}"),
        ("POST", f"/lines/{one}/stop"),
        ("GET", f"/lines/{one}/schedule"),
    ):
        answer = await site.boris.request(method, where, json={} if method != "GET" else None)
        assert answer.status_code == 404, where
    assert (await site.anna.get(f"{path}/lines")).status_code == 404
    assert (await site.anna.delete(f"/watchers/{made['id']}")).status_code == 204
    assert (await site.boris.get(f"{path}/lines")).status_code == 404
    assert (await site.boris.delete(path)).status_code == 404
