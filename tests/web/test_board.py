"""The board and its table, as a browser without a window asks for them."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from reminder.app import App
from reminder.service import lines, people
from tests.conftest import HandClock, line_fields
from tests.web.conftest import add_number


def said(answer: httpx.Response) -> str:
    """The page with its entities read and its no-break spaces as spaces."""
    return html.unescape(answer.text).replace("\xa0", " ")


async def _three(anna: httpx.AsyncClient) -> list[str]:
    router = {"label": "Router", "number": "+7 926 123-45-07", "operator": "megafon"}
    router["next"] = "2026-12-02"
    return [
        await add_number(anna, tags="family, bank"),
        await add_number(anna, **router),
        await add_number(anna, label="Склад", number="+7 903 123-45-18", balance="900"),
    ]


async def test_the_answer_names_the_first_number_and_what_to_press(anna: httpx.AsyncClient) -> None:
    """How many, which first, how much, by when, and the button for it."""
    first, *_ = await _three(anna)
    page = said(await anna.get("/lines"))
    assert "<title>2 of 3 numbers need you" in page
    assert "Top up at least 179.50 ₽" in page
    assert f'<a class="btn primary" href="{first}/topped-up">I topped up' in page
    assert "Next message: Tue 24 Nov, 09:00, about Mum and 1 more." in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=8 (926) 123", ["Router"]),
        ("q=склад", ["Склад"]),
        ("q=megafon", ["Router"]),
        ("q=bank", ["Mum"]),
        ("needs=me", ["Mum", "Router"]),
        ("tag=family", ["Mum"]),
        ("sort=-name&view=table", ["Склад", "Router", "Mum"]),
        ("state=stopped", []),
    ],
)
async def test_numbers_are_found(anna: httpx.AsyncClient, query: str, names: list[str]) -> None:
    """By number, name, operator, tag; what is narrowed is said in words, with a way back."""
    await _three(anna)
    page = said(await anna.get(f"/lines?{query}"))
    shown = re.findall(
        r'<a (?:class="name" )?href="/lines/lin_[^"/]+">([^<]+)</a>(?=</h3>|<p|<br>)', page
    )
    assert shown == names
    assert ("No number fits." in page) is (not names)
    if "sort" not in query:
        assert "Show all" in page


async def test_many_numbers_come_page_by_page(anna: httpx.AsyncClient) -> None:
    """Thirty on a page of cards, the narrowing kept in the links; past the end leads back."""
    for n in range(31):
        await add_number(anna, number=f"+7916000{n:04d}", label=f"N{n:02d}", balance="900")
    first = said(await anna.get("/lines?q=N&sort=name"))
    assert "Page 1 of 2" in first
    following = re.findall(r'rel="next" href="([^"]+)"', first)[0]
    second = said(await anna.get(following))
    assert "N30" in second
    assert "N29" not in second
    assert 'href="/lines?q=N&sort=name&page=1"' in second
    beyond = await anna.get("/lines?q=N&page=9")
    assert beyond.headers["location"] == "/lines?q=N&page=2"
    assert (await anna.get("/lines?page=-1&q=%25&state=x&clock=y")).status_code == 200


async def test_the_table_shows_what_is_there_today(
    anna: httpx.AsyncClient, app: App, clock: HandClock
) -> None:
    """A fee that was taken since counts, and a balance that is not known any more is not shown."""
    await add_number(anna, balance="900")
    await add_number(anna, number="+7 926 123-45-07", label="Short", balance="120.50")
    table = said(await anna.get("/lines?view=table"))
    assert ('<td class="num">900 ₽</td>' in table, '<td class="num">120.50 ₽</td>' in table) == (
        True,
        True,
    )
    for moment in ("2026-12-02T08:00", "2026-12-26T08:00"):
        clock.set(moment)
        await app.plan()
    table = said(await anna.get("/lines?view=table"))
    assert '<td class="num">about 600 ₽</td>' in table
    assert "120.50" not in table


async def test_several_numbers_are_stopped_and_tagged_from_the_table(
    anna: httpx.AsyncClient,
) -> None:
    """Ticked in the table, done at once, and back to where one was."""
    lines = [path.rsplit("/", 1)[1] for path in await _three(anna)]
    back = "/lines?view=table&q=m"
    form = {"line": lines, "do": "tag", "tag": "abroad", "back": back}
    answer = await anna.post("/lines/together", data=form)
    assert answer.headers["location"] == f"{back}&said=together&count=3"
    assert "Done for 3 numbers." in said(await anna.get(answer.headers["location"]))
    again = await anna.post("/lines/together", data=form)
    assert "they stand so already" in said(await anna.get(again.headers["location"]))
    assert said(await anna.get("/lines?view=table&tag=abroad")).count('name="line"') == 3
    form = {"line": lines[:1], "do": "stop", "back": "//evil.test/"}
    answer = await anna.post("/lines/together", data=form)
    assert answer.headers["location"] == "/lines?view=table&said=together&count=1"
    assert "We do not write about these" in said(await anna.get("/lines"))
    none = await anna.post("/lines/together", data={"do": "stop"})
    assert (none.status_code, "Tick at least one number" in said(none)) == (422, True)


async def test_an_empty_board_leads_to_the_first_number(app: App, anna: httpx.AsyncClient) -> None:
    """One sentence, what to have at hand, one button; the table too."""
    for path in ("/lines", "/lines?view=table&q=x"):
        assert 'href="/lines/new"' in (await anna.get(path)).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"last_active_on": "2026-08-20", "inactivity_days": 90},
            "Use it at once. It has been silent for 92 days: from 18 Nov on",
        ),
        ({"last_active_on": "2026-08-20", "inactivity_days": 90}, "92 days silent"),
        ({"balance": "40", "low_balance": "50"}, "Top up at least 10 ₽. Less than 50 ₽ is left."),
        (
            {"balance": "-1", "low_balance": "50"},
            "Top up at least 51 ₽. By our count the money is used up.",
        ),
    ],
)
async def test_what_is_past_is_said_as_past(
    app: App, anna: httpx.AsyncClient, changes: dict[str, object], words: str
) -> None:
    """The day of a silence that is over, and a balance under the floor that is not yet nothing."""
    fields = line_fields(**{"balance": None, "fee": None, "renews_on": None, **changes})
    owner = await app.read(lambda work: people.by_email(work, "anna@example.org"))
    await app.write(lambda work: lines.register(work, owner.id, fields))
    plain = re.sub(r"<[^>]+>", "", said(await anna.get("/lines")))
    assert words in re.sub(r"\s+", " ", plain)


async def test_how_much_is_said_where_money_is_what_matters(anna: httpx.AsyncClient) -> None:
    """What makes a daily fee's money last longer; what carries the first fee that is not covered,
    beside one that is; on the page of a number, what brings it back to the owner's floor."""
    daily = {"cycle": "daily", "fee": "10", "next": ""}
    await add_number(anna, balance="105", **daily)
    other = {"number": "+7 916 123-45-68", "label": "Dad"}
    await add_number(anna, balance="450", **other)
    third = {"number": "+7 916 123-45-69", "label": "Spare", "fee": "", "next": ""}
    line = await add_number(anna, balance="40", low_balance="50", **third)
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", said(await anna.get("/lines"))))
    assert "To make it last until 31 Dec, top up at least 295 ₽." in plain
    assert "Top up at least 150 ₽ before 1 Jan 2027, when a fee of 300 ₽ is charged." in plain
    page = said(await anna.get(line))
    assert "At least 10 ₽: then 50 ₽ is there." in page
    assert "We cannot count a sum" not in page


async def test_a_number_without_any_date_is_not_called_fine(anna: httpx.AsyncClient) -> None:
    """Nothing will come about it: what is missing is said, not that nothing is to be done."""
    await add_number(anna, fee="", next="", balance="")
    shown = said(await anna.get("/lines"))
    assert "No date is known" in shown
    assert "Nothing to do" not in shown
