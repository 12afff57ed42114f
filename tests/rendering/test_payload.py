"""The JSON of the webhook is that of the contract."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.line import Clock
from reminder.rendering.messages import reminder_payload
from reminder.rendering.naming import clean
from reminder.rendering.payload import rfc3339
from tests.rendering.notices import BASE, LANGUAGES, cases, head

LINKS = {
    "how_to_top_up", "official", "topped_up", "renewed", "used", "balance", "acknowledge",
    "snooze", "stop",
}  # fmt: skip


def parsed(case: str, language: str = "en") -> dict[str, Any]:
    """The payload of one case, read back."""
    one = cases()[case]
    found: dict[str, Any] = json.loads(reminder_payload(head(language, one), [one]))
    return found


def test_whole() -> None:
    """Every key of the contract is there with its value."""
    found = parsed("short")
    (one,) = found["data"].pop("reminders")
    links = one.pop("links")
    assert one == {
        "id": "rem_1",
        "clock": "renewal",
        "also": [],
        "deadline": "2026-11-27",
        "days_left": 3,
        "late": False,
        "line": {"id": "lin_1", "number": "+79161234542", "label": "Mum’s phone"},
        "operator": {"id": "mts", "name": "MTS"},
        "fee": {"amount": "550.00", "currency": "RUB"},
        "balance": {"amount": "250.00", "currency": "RUB", "on": "2026-11-21"},
        "short": {"amount": "330.00", "currency": "RUB"},
        "next_due_at": "2026-11-26T01:00:00Z",
    }
    assert set(links) == LINKS
    assert links["how_to_top_up"] == f"{BASE}/operators/mts?language=en"
    assert links["topped_up"].startswith(f"{BASE}/a/topped-up/")
    title, text = found["data"].pop("title"), found["data"].pop("text")
    assert title.startswith("Mum’s phone: 330")
    assert links["official"] in text
    assert links["how_to_top_up"] in text
    assert found == {
        "type": "reminder.due",
        "timestamp": "2026-11-24T01:00:00Z",
        "data": {"owner": "own_1", "language": "en"},
    }


def test_unknown_is_null() -> None:
    """What is not known is null, never missing."""
    one = cases()["other"]
    bare = replace(one, seen=None, next_due_at=None, line=replace(one.line, fee=None))
    (found,) = json.loads(reminder_payload(head("en"), [bare]))["data"]["reminders"]
    assert [found[k] for k in ("fee", "balance", "short", "next_due_at")] == [None] * 4
    assert found["links"]["official"] is None
    assert found["links"]["stop"] is None
    assert set(found["links"]) == LINKS


def test_also() -> None:
    """Other clocks with the same deadline are listed."""
    (one,) = parsed("also")["data"]["reminders"]
    assert one["also"] == [Clock.BALANCE, Clock.INACTIVITY]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_mask_the_number(language: str) -> None:
    """The number is whole in its own field only."""
    for name in cases():
        found = parsed(name, language)
        assert "1234542" not in found["data"]["title"] + found["data"]["text"], name


@given(label=st.text(max_size=200))
def test_any_label(label: str) -> None:
    """Whatever the label, the payload is JSON and gives the cleaned label back."""
    one = cases()["short"]
    named = replace(one, line=replace(one.line, label=label))
    (found,) = json.loads(reminder_payload(head("en", named), [named]))["data"]["reminders"]
    assert found["line"]["label"] == clean(label)


def test_instants_are_utc() -> None:
    """An instant is written in UTC with a Z and no fraction."""
    there = datetime(2026, 11, 24, 9, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    assert rfc3339(there) == "2026-11-24T01:00:00Z" == rfc3339(there.astimezone(UTC))
