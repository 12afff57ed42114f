"""A pasted list of top-ups in the browser: looked at, recorded once, taken back."""

from __future__ import annotations

import html
import re

import httpx

from tests.conftest import HandClock
from tests.web.conftest import add_number

LIST = "number;sum\r\n8 916 123 45 67;123,45\r\n+7 999 000-00-00 300\r\n8 916 123 45 67 1,000\r\n"


def _rows(page: str) -> list[list[str]]:
    """The cells of every row that the page shows."""
    plain = html.unescape(page).replace("\u00a0", " ")
    rows = re.findall(r"<tr><td.*?</tr>", plain, re.DOTALL)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]


async def _send(anna: httpx.AsyncClient, step: str, text: str, on: str = "") -> str:
    answer = await anna.post("/lines/top-ups", data={"text": text, "step": step, "on": on})
    return html.unescape(answer.text).replace("\u00a0", " ")


async def test_a_list_is_seen_before_it_counts(anna: httpx.AsyncClient, clock: HandClock) -> None:
    """Every row says how it was read or what would be right; the good ones are recorded, the rest
    named; the same list counts nothing again, and can be taken back."""
    page = await add_number(anna)
    clock.set("2026-11-20 11:00")
    assert "Numbers and sums" in (await anna.get("/lines/top-ups")).text
    seen = await _send(anna, "look", LIST)
    wrong, unclear, heading, good = _rows(seen)
    assert wrong == ["3", "+7 999 000-00-00 300", "", "", "This number is not in your list"]
    assert unclear[4].startswith("This can be read in two ways")
    assert heading[4] == "heading, left out"
    assert good == ["2", "8 916 123 45 67;123,45", "Mum, +7 916 ••• •• 67", "123.45 ₽", "counts"]
    assert "2 rows could not be read" in seen
    assert "123.45" not in (await anna.get(page)).text
    assert "Recorded for" not in await _send(anna, "count", LIST)
    assert "1 top-up, 123.45 ₽" in await _send(anna, "good", LIST)
    assert "123.45" in (await anna.get(page)).text
    again = await _send(anna, "look", LIST)
    assert "recorded before" in again
    clock.set("2026-11-20 11:05")
    assert "Taken back: 1 top-up, 123.45 ₽" in await _send(anna, "undo", LIST)


async def test_no_list_and_a_day_to_come_are_said_at_their_field(anna: httpx.AsyncClient) -> None:
    """What was typed stays, with what would be right."""
    await add_number(anna)
    assert 'href="#text"' in await _send(anna, "look", " ")
    late = await _send(anna, "look", "8 916 123 45 67;5", "2027-01-01")
    assert 'href="#on"' in late
    assert "8 916 123 45 67;5</textarea>" in late


async def test_a_list_may_be_larger_than_other_forms(anna: httpx.AsyncClient) -> None:
    """Five thousand rows fit; what is over that is refused whole."""
    await add_number(anna)
    rows = "\n".join("+7 999 000-00-00 300" for _ in range(3000))
    assert "3000 rows could not be read" in await _send(anna, "look", rows)
    huge = await anna.post("/lines/top-ups", data={"text": "x" * 600_000})
    assert huge.status_code == 413
