"""Balances over the API."""

from __future__ import annotations

import pytest

from tests.api.conftest import Site

Fields = dict[str, object]


async def _line(site: Site, line: Fields) -> str:
    made = (await site.anna.post("/lines", json=line)).json()
    site.watch.move(minutes=1)
    return f"/lines/{made['id']}/readings"


async def test_a_reading_moves_the_clocks(site: Site, line: Fields) -> None:
    """POST answers 201, the reading, and the clocks with it."""
    path = await _line(site, line)
    answer = await site.anna.post(path, json={"balance": "80.00"})
    said = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(said["id"])
    assert said["balance"] == {"amount": "80.00", "currency": "RUB"}
    assert said["on"] == "2026-11-22"
    assert said["clocks"]["renewal"]["short"]["amount"] == "220.00"
    listed = (await site.anna.get(path)).json()["items"]
    assert [one["balance"]["amount"] for one in listed] == ["80.00", "120.50"]


async def test_a_deleted_reading_is_forgotten(site: Site, line: Fields) -> None:
    """Without the latest reading the projection rests on the one before."""
    path = await _line(site, line)
    made = (
        await site.anna.post(path, json={"balance": {"amount": "80", "currency": "RUB"}})
    ).json()
    assert (await site.anna.delete(f"{path}/{made['id']}")).status_code == 204
    assert (await site.anna.delete(f"{path}/{made['id']}")).status_code == 404
    said = (await site.anna.get(path.removesuffix("/readings"))).json()
    assert said["clocks"]["balance"]["projected"]["amount"] == "120.50"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "balance"),
        ({"balance": 5}, "balance"),
        ({"balance": "5", "on": "2026-11-23"}, "on"),
        ({"balance": "5", "on": 1}, "on"),
        ({"balance": {"amount": "5", "currency": "USD"}}, "balance"),
        ({"balance": "5", "amount": "5"}, "amount"),
    ],
)
async def test_wrong_readings_are_refused(
    site: Site, line: Fields, body: Fields, field: str
) -> None:
    """A wrong field is named."""
    answer = await site.anna.post(await _line(site, line), json=body)
    assert answer.status_code == 422
    assert f"#/{field}" in [one["pointer"] for one in answer.json()["errors"]]
