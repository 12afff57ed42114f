"""The form of a balance: typed, or pasted as the operator answered it."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.web.conftest import add_number

DOUBTFUL = "Баланс 1: 100 р. Баланс 2: 45 р. (на 18.11.2026)"


async def test_a_pasted_answer_is_read(anna: httpx.AsyncClient) -> None:
    """The text of an SMS becomes the balance of the day that it names."""
    path = await add_number(anna)
    form = {"balance": "", "on": "2026-11-20", "text": "Баланс на 19.11.2026: 80,00 р."}
    answer = await anna.post(f"{path}/balance", data=form)
    assert answer.status_code == 303
    page = (await anna.get(path)).text
    assert "19\u00a0Nov" in page
    assert "80\u00a0₽" in page


async def test_a_doubtful_answer_offers_its_meanings(anna: httpx.AsyncClient) -> None:
    """Nothing is recorded: what was pasted stays in the form, each meaning is a choice, and the
    chosen one is taken."""
    path = await add_number(anna)
    form = {"balance": "", "on": "2026-11-20", "text": DOUBTFUL}
    answer = await anna.post(f"{path}/balance", data=form)
    assert answer.status_code == 422
    assert DOUBTFUL in answer.text
    offered = re.findall(r'name="meaning" value="([^"]+)"', answer.text)
    assert offered == ["100.00", "45.00"]
    answer = await anna.post(f"{path}/balance", data={**form, "meaning": offered[1]})
    assert answer.status_code == 303
    assert "45\u00a0₽" in (await anna.get(path)).text


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
@pytest.mark.parametrize("text", ["-", "Balance: $5", "Баланс на 01.12.2026: 5 р.", "5 р " * 2000])
async def test_what_is_wrong_is_said_in_the_readers_words(
    anna: httpx.AsyncClient, text: str, language: str
) -> None:
    """Each reason has a sentence of its own, in each language."""
    path = await add_number(anna)
    answer = await anna.post(f"{path}/balance?language={language}", data={"text": text})
    assert answer.status_code == 422
    assert 'id="text-err"' in answer.text
    assert not re.search(r"Check this answer|Проверьте этот ответ", answer.text)


async def test_a_typed_balance_goes_first(anna: httpx.AsyncClient) -> None:
    """Where both were filled in, what was typed counts."""
    path = await add_number(anna)
    form = {"balance": "61", "on": "2026-11-20", "text": DOUBTFUL}
    assert (await anna.post(f"{path}/balance", data=form)).status_code == 303
    assert "61\u00a0₽" in (await anna.get(path)).text


async def test_a_top_up_that_may_not_count_asks_for_use(anna: httpx.AsyncClient) -> None:
    """Where the operator does not count a top-up as use the form asks, and records the answer."""
    path = await add_number(anna, operator="megafon", used="date", used_on="2026-10-01")
    assert "Did you also make a call or send a text?" in (await anna.get(f"{path}/topped-up")).text
    form = {"sum": "other", "other": "50", "on": "2026-11-20", "used": "sms"}
    assert (await anna.post(f"{path}/topped-up", data=form)).status_code == 303
    assert "18\u00a0Feb" in (await anna.get(path)).text
    unwatched = await add_number(anna, number="+7 916 765-43-21")
    assert "Did you also" not in (await anna.get(f"{unwatched}/topped-up")).text
