"""Who may call what, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reminder.api.access import includes
from reminder.service.people import Scope
from tests.api.conftest import Site

READS = ["/lines", "/channels", "/deliveries", "/me", "/tokens"]
WRITES = [
    ("POST", "/lines"),
    ("PATCH", "/lines/lin_x"),
    ("DELETE", "/lines/lin_x"),
    ("POST", "/lines/lin_x/stop"),
    ("POST", "/lines/lin_x/readings"),
    ("DELETE", "/lines/lin_x/readings/rdg_x"),
    ("POST", "/channels"),
    ("PATCH", "/channels/chn_x"),
    ("DELETE", "/channels/chn_x"),
    ("POST", "/channels/chn_x/test"),
    ("POST", "/deliveries/dlv_x/retry"),
    ("PATCH", "/me"),
    ("POST", "/tokens"),
    ("DELETE", "/tokens/tok_x"),
]
ADMINS = [
    ("GET", "/owners"),
    ("POST", "/owners"),
    ("POST", "/owners/own_x/link"),
    ("POST", "/invitations"),
]


@pytest.mark.parametrize("path", READS)
async def test_without_a_token_nothing_is_told(site: Site, path: str) -> None:
    """No token, or one that is not ours: 401 that says how to send one."""
    for client in (site.nobody, site.client("rmd_wrong")):
        answer = await client.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "not_signed_in"


@pytest.mark.parametrize(("method", "path"), [*WRITES, *ADMINS])
async def test_read_does_not_write(site: Site, method: str, path: str) -> None:
    """A token of scope read may change nothing: 403."""
    reader = await site.token("anna", "read")
    assert (await reader.request(method, path, json={})).status_code == 403


@pytest.mark.parametrize(("method", "path"), ADMINS)
async def test_write_does_not_administer(site: Site, method: str, path: str) -> None:
    """A token of scope write, even an administrator's, does not see owners: 403."""
    assert (await site.anna.request(method, path, json={})).status_code == 403


async def test_admin_adds_owners_and_sees_no_lines(site: Site, line: dict[str, object]) -> None:
    """Scope admin adds owners and makes their links; other owners' lines stay hidden."""
    await site.boris.post("/lines", json=line)
    admin = await site.token("anna", "admin")
    answer = await admin.post("/owners", json={"address": "carl@example.org"})
    assert answer.status_code == 201
    assert answer.json()["address"] == "carl@example.org"
    link = await admin.post(f"/owners/{answer.json()['id']}/link")
    assert link.status_code == 201
    assert link.json()["url"].startswith("https://sim.example/r/sign-in/")
    assert len((await admin.get("/owners")).json()["items"]) == 3
    assert (await admin.get("/lines")).json()["items"] == []


async def test_anothers_ids_are_unknown(site: Site, line: dict[str, object]) -> None:
    """Every call with another owner's id answers 404, like an id that never was."""
    mine = (await site.anna.post("/lines", json=line)).json()["id"]
    channel = (await site.anna.get("/channels")).json()["items"][0]["id"]
    sent = (await site.anna.post(f"/channels/{channel}/test")).json()["id"]
    reading = (await site.anna.get(f"/lines/{mine}/readings")).json()["items"][0]["id"]
    token = (await site.anna.get("/tokens")).json()["items"][0]["id"]
    calls = [
        ("GET", f"/lines/{mine}"),
        ("PATCH", f"/lines/{mine}"),
        ("DELETE", f"/lines/{mine}"),
        ("GET", f"/lines/{mine}/schedule"),
        ("GET", f"/lines/{mine}/preview"),
        ("GET", f"/lines/{mine}/readings"),
        ("DELETE", f"/lines/{mine}/readings/{reading}"),
        ("POST", f"/lines/{mine}/stop"),
        ("GET", f"/channels/{channel}"),
        ("PATCH", f"/channels/{channel}"),
        ("DELETE", f"/channels/{channel}"),
        ("POST", f"/channels/{channel}/test"),
        ("GET", f"/deliveries/{sent}"),
        ("POST", f"/deliveries/{sent}/retry"),
        ("DELETE", f"/tokens/{token}"),
    ]
    for method, path in calls:
        answer = await site.boris.request(method, path)
        assert (path, answer.status_code) == (path, 404)
    assert (await site.anna.get(f"/lines/{mine}")).status_code == 200


async def test_the_machines_token_acts_for_whom_it_names(
    site: Site, line: dict[str, object]
) -> None:
    """With several owners the machine's own token must name one; then it acts for them."""
    await site.boris.post("/lines", json=line)
    machine = site.client(site.app.local_token)
    assert (await machine.get("/lines")).status_code == 409
    named = {"x-reminder-owner": "boris@example.org"}
    assert len((await machine.get("/lines", headers=named)).json()["items"]) == 1
    named = {"x-reminder-owner": "dora@example.org"}
    assert (await machine.get("/lines", headers=named)).status_code == 404


async def test_a_token_of_ones_own_cannot_name_another(site: Site, line: dict[str, object]) -> None:
    """An ordinary token that names another owner is refused, one that names its own is not."""
    await site.boris.post("/lines", json=line)
    admin = await site.token("anna", "admin")
    named = {"x-reminder-owner": "boris@example.org"}
    assert (await admin.get("/lines", headers=named)).status_code == 403
    named = {"x-reminder-owner": "anna@example.org"}
    assert (await admin.get("/lines", headers=named)).json()["items"] == []


async def test_no_token_above_ones_own(site: Site) -> None:
    """A token makes tokens up to its own scope, and shows the secret once."""
    answer = await site.boris.post("/tokens", json={"name": "phone"})
    assert answer.status_code == 201
    said = answer.json()
    assert said["scope"] == "write"
    assert said["token"].startswith("rmd_")
    assert all("token" not in one for one in (await site.boris.get("/tokens")).json()["items"])
    refused = await site.boris.post("/tokens", json={"name": "x", "scope": "admin"})
    assert refused.status_code == 403
    fresh = site.client(said["token"])
    assert (await fresh.get("/me")).status_code == 200
    assert (await site.boris.delete(f"/tokens/{said['id']}")).status_code == 204
    assert (await fresh.get("/me")).status_code == 401


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "scope": "root"}, {"name": 5}])
async def test_wrong_tokens_are_refused(site: Site, body: dict[str, object]) -> None:
    """A token needs a name and a known scope."""
    assert (await site.boris.post("/tokens", json=body)).status_code == 422


@pytest.mark.parametrize(
    ("sent", "status"), [({"content": "{"}, 400), ({"json": {}}, 422), ({"content": "x" * 9}, 400)]
)
async def test_who_may_not_call_is_told_that_first(
    site: Site, sent: dict[str, Any], status: int
) -> None:
    """Whatever a body holds, who may not send it hears only that."""
    reader = await site.token("anna", "read")
    assert (await site.client("rmd_wrong").post("/lines", **sent)).status_code == 401
    assert (await reader.post("/lines", **sent)).status_code == 403
    assert (await site.anna.post("/lines", **sent)).status_code == status


@pytest.mark.parametrize(("method", "path"), [("GET", "/me"), ("POST", "/lines")])
async def test_wrong_tokens_run_into_a_limit(site: Site, method: str, path: str) -> None:
    """After 20 wrong tokens a minute from one address: 429 with the seconds to wait."""
    stranger = site.client("rmd_wrong")
    statuses = [(await stranger.request(method, path)).status_code for _ in range(20)]
    assert statuses == [401] * 20
    answer = await stranger.request(method, path)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["code"] == "limit_reached"
    assert (await site.anna.get("/me")).status_code == 200
    site.watch.now += timedelta(seconds=3)
    assert (await stranger.get("/me")).status_code == 401


async def test_who_tries_tokens_holds_up_no_writer(site: Site) -> None:
    """After a first wrong token what comes from there takes the writer's turn only with a good
    one."""
    stranger, writes = site.client("rmd_wrong"), site.app.database.writes
    assert (await stranger.post("/lines", json={})).status_code == 401
    before = len(writes)
    assert (await stranger.post("/lines", json={})).status_code == 401
    assert len(writes) == before
    assert (await site.anna.post("/tokens", json={"name": "mine"})).status_code == 201
    assert len(writes) > before


def test_scopes_include_those_before_them() -> None:
    """Read is in write, write is in admin, and not the other way."""
    assert includes(Scope.ADMIN, Scope.WRITE)
    assert includes(Scope.WRITE, Scope.READ)
    assert not includes(Scope.READ, Scope.WRITE)
    assert not includes(Scope.WRITE, Scope.ADMIN)
