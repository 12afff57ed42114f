"""The pages on operators, all of them in every language: whole, official, and honest."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from reminder.app import App
from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.joining import is_official
from reminder.catalogue.loading import load
from reminder.service import people

CATALOGUE: Catalogue = load()
EVERY = [operator.id for operator in CATALOGUE.all()]
NOT_KNOWN = {
    "en": "Not known. Ask the operator.",
    "ru": "Не знаем. Спросите оператора.",
    "zh": "没有查到，请问运营商。",
}
# Names that stay Latin in every language; everything else in Latin letters is a word left over.
ENGLISH = re.compile(r"\b(the|and|your|with|not|of|to|from|is|are|known|checked|since|days?)\b")


async def page(guest: httpx.AsyncClient, operator: str, language: str, query: str = "") -> str:
    """The content of an operator's page."""
    answer = await guest.get(f"/operators/{operator}?language={language}{query}")
    assert answer.status_code == 200
    return answer.text[answer.text.index("<main") : answer.text.index("</main>")]


def words(content: str) -> str:
    """What a reader reads, addresses and the operators' own words left out."""
    own = re.sub(r'<span lang="[^"]+">[^<]*</span>', " ", content)
    text = re.sub(
        r"https?://\S+|\S+\.(?:ru|com|org|net|kz|kg|by|th|cn|uk|me|io|info|pro)\b\S*",
        " ",
        html.unescape(re.sub(r"<[^>]+>", " ", own)),
    )
    return " ".join(text.split())


def addresses(content: str) -> list[str]:
    """Where the page's links lead outside."""
    return [html.unescape(url) for url in re.findall(r'href="(https?://[^"]+)"', content)]


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
async def test_every_page_speaks_its_language(guest: httpx.AsyncClient, language: str) -> None:
    """Each operator's page is there in each language, without words of another left in it."""
    for operator in EVERY:
        said = words(await page(guest, operator, language))
        assert "{" not in said, operator
        if language == "en":
            assert not re.search(
                "[\u4e00-\u9fff]", said.replace("充值", "").replace("停机保号", "")
            )
        else:
            own = re.sub(r"pay as you go|Back to China", " ", said, flags=re.IGNORECASE)
            assert not ENGLISH.search(own), (operator, ENGLISH.search(own))


async def test_chinese_is_set_as_chinese(guest: httpx.AsyncClient) -> None:
    """No space stands between two Chinese words, nor after a full-width colon."""
    for operator in EVERY:
        content = html.unescape(re.sub(r"<[^>]+>", "", await page(guest, operator, "zh")))
        assert not re.search(r"[\u4e00-\u9fff）] +怎么充值|打电话给 [\u4e00-\u9fff]", content)
        assert not re.search(r"： +\S", content), operator


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
async def test_every_link_is_official(guest: httpx.AsyncClient, language: str) -> None:
    """No page of ours leads to a host that is not the operator's own: other sources are named,
    not linked."""
    for operator in CATALOGUE.all():
        for url in addresses(await page(guest, operator.id, language)):
            assert is_official(url, operator.official_domains), (operator.id, url)


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
async def test_what_is_missing_is_said(guest: httpx.AsyncClient, language: str) -> None:
    """Where a reader would look for the balance code, the rule, the fee, the account or the
    hotline and nobody knows, the page says so."""
    for operator in CATALOGUE.all():
        if operator.id == "other":
            continue
        keep = operator.keepalive
        known = (
            operator.balance_checks,
            keep.rule or keep.law or keep.counts,
            operator.conventions or operator.tariffs,
            operator.account_url or operator.app,
            operator.hotlines,
        )
        content = await page(guest, operator.id, language)
        missing = sum(1 for one in known if not one)
        assert content.count(NOT_KNOWN[language]) == missing, operator.id


@pytest.mark.parametrize("operator", [o.id for o in CATALOGUE.all() if o.country == "RU"])
async def test_biometrics_are_said_before_the_ways(guest: httpx.AsyncClient, operator: str) -> None:
    """A foreigner reads that money does not help before any way to pay."""
    content = await page(guest, operator, "en")
    assert 0 < content.index("biometrics come first") < content.index('id="ways"')


async def test_the_24_hours_are_said_first_only_where_they_matter(
    guest: httpx.AsyncClient,
) -> None:
    """Who pays cash in Russia needs no code from a text; who comes from abroad does."""
    cash = await page(guest, "mts", "en", "&place=home&pay=cash")
    abroad = await page(guest, "mts", "en", "&place=abroad&pay=sbp")
    first = "The first 24 hours"
    assert first not in cash[: cash.index('id="ways"')]
    assert first in abroad[: abroad.index('id="ways"')]
    foreign = await page(guest, "mts", "en", "&pay=foreign")
    assert "Which foreign cards" in foreign[: foreign.index('id="ways"')]


async def test_a_source_is_dated_no_finer_than_it_is_known(guest: httpx.AsyncClient) -> None:
    """A source of 2016 was not read on 1 January."""
    content = html.unescape(await page(guest, "t2", "en"))
    assert "not checked since 2016" in content
    assert "1\xa0Jan" not in content


@pytest.mark.parametrize(
    ("query", "found", "hidden"),
    [
        ("find=Tele2", ["t2", "tele2-kz"], ["mts", "giffgaff"]),
        ("find=%D0%B1%D0%B8%D0%BB%D0%B0%D0%B9%D0%BD", ["beeline"], ["mts"]),
        ("country=GB", ["giffgaff", "lebara-uk"], ["mts", "ais"]),
        ("country=gb&find=lebara", ["lebara-uk"], ["giffgaff"]),
        ("find=nokia", [], ["mts"]),
        ("", ["mts", "megacom-kg", "true-dtac"], []),
    ],
)
async def test_the_list_is_searched(
    guest: httpx.AsyncClient, query: str, found: list[str], hidden: list[str]
) -> None:
    """By any name, present or former, and by country."""
    content = (await guest.get(f"/operators?{query}")).text
    listed = re.findall(r'href="/operators/([a-z0-9-]+)"', content)
    assert set(found) <= set(listed)
    assert not set(hidden) & set(listed)
    assert "other" in listed


async def test_the_list_answers_the_guides(guest: httpx.AsyncClient) -> None:
    """What guides say stands beside what is so, each with its verdict."""
    content = html.unescape((await guest.get("/operators?language=en")).text)
    assert content.count("<dt>") == 31
    assert "Dial *100#; *111# is the self-service menu." in content
    assert "Out of date" in content


async def test_a_signed_in_reader_gets_their_own_order(app: App, anna: httpx.AsyncClient) -> None:
    """Where one is and what one has is remembered in the settings."""
    form = {"language": "en", "timezone": "Europe/Moscow", "place": "abroad", "pay": "sbp"}
    assert (await anna.post("/settings", data=form)).status_code == 303
    content = await page(anna, "mts", "en")
    assert 'value="sbp" checked' in content
    assert "1. Fast payments" in content
    owners = await app.read(people.everyone)
    assert (owners[0].place, owners[0].pay) == ("abroad", "sbp")
