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
        ({"balance": {"amount": "5", "currency": "USD"}}, "balance/currency"),
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


async def test_a_text_is_read_and_the_answer_says_how(site: Site, line: Fields) -> None:
    """An operator's answer becomes a reading of its own day; the part read and how sure is said."""
    path = await _line(site, line)
    text = "Баланс на 21.11.2026: 80,00 р. Бонусы: 15 р."
    answer = await site.anna.post(path, json={"text": text})
    said = answer.json()
    assert answer.status_code == 201
    assert said["balance"] == {"amount": "80.00", "currency": "RUB"}
    assert said["on"] == "2026-11-21"
    assert said["understood"] == {"matched": "80,00 р", "confidence": "high"}
    typed = (await site.anna.post(path, json={"balance": "81"})).json()
    assert typed["understood"] is None


@pytest.mark.parametrize(
    ("text", "tried", "sums"),
    [
        ("Баланс 1: 100 р. Баланс 2: 45 р.", "several", ["100.00", "45.00"]),
        ("Баланс - 12 р.", "doubtful", ["12.00", "-12.00"]),
        ("Бонусы 30 р.", "unnamed", ["30.00"]),
        ("Balance: $5", "currency", []),
        ("Баланс на 01.12.2026: 5 р.", "to_come", ["5.00"]),
        ("до завтра", "nothing", []),
        ("", "nothing", []),
        ("Баланс 5 р. " * 500, "too_long", []),
    ],
)
async def test_a_text_that_is_not_certain_is_asked_about(
    site: Site, line: Fields, text: str, tried: str, sums: list[str]
) -> None:
    """422 says what was tried and what the text may mean; nothing is recorded."""
    path = await _line(site, line)
    answer = await site.anna.post(path, json={"text": text})
    said = answer.json()
    assert answer.status_code == 422
    assert (said["code"], said["tried"]) == ("unread", tried)
    assert [one["balance"]["amount"] for one in said["candidates"]] == sums
    assert [one["pointer"] for one in said["errors"]] == ["#/text"]
    assert len((await site.anna.get(path)).json()["items"]) == 1


async def test_a_candidate_can_be_sent_back(site: Site, line: Fields) -> None:
    """What a refused text offers is good as it stands for the next call."""
    path = await _line(site, line)
    refused = await site.anna.post(path, json={"text": "Баланс 1: 100 р. Баланс 2: 45 р."})
    chosen = refused.json()["candidates"][1]
    made = await site.anna.post(path, json={"balance": chosen["balance"]})
    assert made.status_code == 201
    assert made.json()["balance"]["amount"] == "45.00"


@pytest.mark.parametrize("body", [{"text": 5}, {"text": "Баланс 5 р.", "balance": "5"}])
async def test_a_text_is_a_text_and_alone(site: Site, line: Fields, body: Fields) -> None:
    """A text of another type, or beside a balance, is refused by its name."""
    answer = await site.anna.post(await _line(site, line), json=body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/text"]


async def test_a_day_that_is_given_outweighs_the_texts(site: Site, line: Fields) -> None:
    """The caller's own day is taken, whatever the text says."""
    path = await _line(site, line)
    text = "Баланс на 21.11.2026: 80,00 р."
    said = (await site.anna.post(path, json={"text": text, "on": "2026-11-19"})).json()
    assert said["on"] == "2026-11-19"
