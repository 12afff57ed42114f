"""What becomes of a silent number: the steps with their days, on the page of the number."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.conftest import HandClock
from tests.web.conftest import add_number
from tests.web.test_board import said

STEP = re.compile(r"<li[^>]*><b>([^<]+)</b>: ([^<]+?)(?: <span class=\"tag\">([^<]+)</span>)?<")


def steps(page: str) -> list[tuple[str, str, str]]:
    """Day, step, and whether it has come."""
    part = page.partition('id="loss"')[2].partition("</ol>")[0]
    return STEP.findall(part)


async def test_each_step_has_its_day_its_help_and_its_source(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """Beeline, silent since 1 September: the idle fee on the 90th day, then the steps whose day
    depends on the balance, told from where they count; once it is there it is marked."""
    form = {"operator": "beeline", "used": "date", "used_on": "2026-09-01"}
    line = await add_number(anna, **form)
    page = said(await anna.get(line))
    found = steps(page)
    assert found[0] == ("Mon 30 Nov", "A fee for not using it", "")
    assert "180 days after the zero" in {day for day, _, _ in found}
    assert "What still helps:" in page
    assert page.partition('id="loss"')[2].count('class="fact"') >= len(found)
    clock.set("2026-12-02T09:00")
    assert steps(said(await anna.get(line)))[0][2] == "has come"


async def test_the_owners_own_term_stands_in_our_words(anna: httpx.AsyncClient) -> None:
    """Whoever entered 60 days sees that day, not the operator's; nothing is shown unwatched."""
    form = {"used": "date", "used_on": "2026-11-01", "inactivity_days": "60"}
    page = said(await anna.get(await add_number(anna, **form)))
    assert ("31 Dec", "The operator may take the number back", "") in [
        (day.removeprefix("Thu "), what, come) for day, what, come in steps(page)
    ]
    assert "60 days after 1 Nov, by the term you entered." in page
    other = await add_number(anna, number="+7 916 123-45-68", used="none")
    assert 'id="loss"' not in said(await anna.get(other))


@pytest.mark.parametrize(("language", "word"), [("ru", "уже наступило"), ("zh", "已到")])
async def test_in_the_readers_language(
    anna: httpx.AsyncClient, clock: HandClock, language: str, word: str
) -> None:
    """The steps are told in Russian and in Chinese."""
    line = await add_number(anna, operator="beeline", used="date", used_on="2026-09-01")
    clock.set("2026-12-02T09:00")
    assert word in said(await anna.get(f"{line}?language={language}"))
