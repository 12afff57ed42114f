"""A POST under an Idempotency-Key is done once."""

from __future__ import annotations

import asyncio

import pytest

from tests.api.conftest import Site

KEY = {"Idempotency-Key": "4f9c-1"}


async def test_repeated_is_answered_the_same(site: Site, line: dict[str, object]) -> None:
    """The second POST under a key answers as the first and does nothing."""
    first = await site.anna.post("/lines", json=line, headers=KEY)
    second = await site.anna.post("/lines", json=line, headers=KEY)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.headers["location"] == second.headers["location"]
    assert (await site.anna.post("/lines", json=line)).status_code == 409


async def test_an_act_is_done_once(site: Site, line: dict[str, object]) -> None:
    """Two POSTs of one top-up under one key, even at once, add its sum once."""
    path = f"/lines/{(await site.anna.post('/lines', json=line)).json()['id']}"
    site.watch.move(minutes=1)
    send = (
        site.anna.post(f"{path}/topped-up", json={"amount": "10"}, headers=KEY) for _ in range(4)
    )
    answers = await asyncio.gather(*send)
    assert {one.status_code for one in answers} == {200}
    balance = (await site.anna.get(path)).json()["clocks"]["balance"]["projected"]
    assert balance["amount"] == "130.50"


async def test_another_request_under_a_used_key_is_refused(
    site: Site, line: dict[str, object]
) -> None:
    """The same key with another body, or at another address, is 409; for another owner it is
    free."""
    await site.anna.post("/lines", json=line, headers=KEY)
    other = {**line, "number": "+79161234568"}
    assert (await site.anna.post("/lines", json=other, headers=KEY)).status_code == 409
    body = {"name": "x"}
    assert (await site.anna.post("/tokens", json=body, headers=KEY)).status_code == 409
    assert (await site.boris.post("/lines", json=other, headers=KEY)).status_code == 201


async def test_what_was_refused_may_be_sent_again(site: Site, line: dict[str, object]) -> None:
    """A refused request uses no key up."""
    assert (await site.anna.post("/lines", json={}, headers=KEY)).status_code == 422
    assert (await site.anna.post("/lines", json=line, headers=KEY)).status_code == 201


async def test_a_key_is_free_after_a_day(site: Site) -> None:
    """After 24 hours a key means a new request."""
    body = {"name": "phone"}
    first = (await site.anna.post("/tokens", json=body, headers=KEY)).json()
    site.watch.move(hours=24, seconds=1)
    assert (await site.anna.post("/tokens", json=body, headers=KEY)).json()["id"] != first["id"]


async def test_secrets_are_not_said_again(site: Site) -> None:
    """The repeated answer leaves the secret out: it is kept nowhere."""
    body = {"name": "phone"}
    first = (await site.anna.post("/tokens", json=body, headers=KEY)).json()
    second = (await site.anna.post("/tokens", json=body, headers=KEY)).json()
    assert first["token"]
    assert second == {name: value for name, value in first.items() if name != "token"}


@pytest.mark.parametrize("key", ["x" * 256, "two words"])
async def test_wrong_keys_are_refused(site: Site, key: str) -> None:
    """A key is 1 to 255 visible signs."""
    answer = await site.anna.post("/tokens", json={"name": "x"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/Idempotency-Key"
