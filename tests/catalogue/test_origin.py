"""Promises about where the catalogue comes from: every shown fact goes back to an entry of the
research kept beside this file, ``facts.toml``, and every entry fit to be shown is shown."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.claims import Verdict
from reminder.catalogue.fact import Evidence, Fact, Text
from reminder.catalogue.operator import Operator

ORIGIN = Path(__file__).parent / "facts.toml"
RANKS = {"low": 0, "medium": 1, "high": 2}
NOT_PUBLIC = "public source code"
# What is said with a number that no source has to give: a day for a month, a half for a year.
WORDS = {"six months": "6", "half": "6", "two months": "2", "four months": "4", "4 weeks": "28"}

# Fit to be shown by its confidence, and not shown, each for its reason.
NOT_SHOWN = {
    ("t2", "transfer"): "money that leaves the number keeps nothing",
    ("megafon", "roaming.cooling_off"): "the country's caution tells of the block",
}

Entry = dict[str, Any]


@cache
def research() -> dict[str, Any]:
    """The whole research."""
    return tomllib.loads(ORIGIN.read_text(encoding="utf-8"))


def researched(operator: str) -> list[Entry]:
    """What the research says of one operator, with each fact's key."""
    found = next(one for one in research()["operator"] if one["id"] == operator)
    return [{"key": key, **fact} for key, fact in found.get("facts", {}).items()]


def general() -> list[Entry]:
    """What the research says of all, of Russia, and of the guides' claims."""
    claims = [{"confidence": "medium", **claim} for claim in research()["seed_claim"]]
    return [*research()["general"], *(claim for claim in claims if claim.get("source"))]


def said_in(entry: Entry) -> str:
    """All that an entry says, as one text."""
    named = (entry.get(part, "") for part in ("value", "note", "statement", "claim", "comment"))
    return " ".join((*named, entry.get("verdict", ""), " ".join(entry.get("also", []))))


def sources(entry: Entry) -> set[str]:
    """The addresses that an entry rests on; ``""`` where one of them is not public."""
    found = {entry["source"], *entry.get("also", [])}
    text = said_in(entry)
    if NOT_PUBLIC in entry["source"] or NOT_PUBLIC in text:
        found.add("")
    return {"" if source.startswith(NOT_PUBLIC) else source for source in found}


def date_of(entry: Entry) -> str:
    """The date of an entry's source as far as it is a date: ``2024 or later`` is 2024."""
    return str(entry.get("source_date", "")).partition(" ")[0]


@cache
def dates_of(source: str) -> set[str]:
    """The dates that the research gives one address, wherever it names it."""
    found = [entry for one in research()["operator"] for entry in researched(one["id"])]
    return {
        date_of(entry) for entry in (*found, *research()["general"]) if entry["source"] == source
    }


def rests_on(fact: Fact[object], entry: Entry) -> bool:
    """Whether source, date, evidence and confidence of a shown fact are those of an entry."""
    hidden = fact.source == ""
    first = fact.source == entry["source"]
    dates = {date_of(entry)} if first else dates_of(fact.source)
    dated = fact.source_date in (dates | {date_of(entry), ""} if hidden else dates)
    seen = fact.evidence.value == entry.get("evidence", "seen")
    if hidden and NOT_PUBLIC not in entry["source"]:
        seen = fact.evidence is Evidence.CITED
    sure = RANKS[fact.confidence.value] <= RANKS[entry["confidence"]]
    return fact.source in sources(entry) and dated and seen and sure


def strings(value: object) -> Iterator[str]:
    """Every string in a value, all languages of its texts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from strings(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in ("id", "link", "price", "period", "percent"):
                yield from strings(getattr(value, field.name))


def hard(value: object) -> set[str]:
    """What of a value can be looked up: numbers of two digits and more, codes, addresses."""
    written = re.sub(r"\d+月", "", " ".join(strings(value)))
    text = written.replace("\u00a0", "").replace(",", ".")
    codes = re.findall(r"[*#][\d*#]+#", text)
    numbers = re.findall(r"\d[\d.]*\d|\d{2,}", re.sub(r"[*#][\d*#]+#", " ", text))
    links = re.findall(r"https://\S+", text)
    return {*codes, *(number.rstrip(".") for number in numbers), *links}


def starts_told(starts: tuple[str, ...], told: str) -> bool:
    """Whether the first digits of numbers are those of an entry: 910-919, 92x, 903."""
    known = set(re.findall(r"\b\d{3}\b", told))
    for first, last in re.findall(r"(\d{3})-(\d{3})", told):
        known |= {str(n) for n in range(int(first), int(last) + 1)}
    for first in re.findall(r"(\d\d)x", told):
        known |= {f"{first}{n}" for n in range(10)}
    return {start[1:] for start in starts} <= known


def digits(text: str) -> str:
    """A text with its numbers run together as people write them apart: 15 000, 8-800-250."""
    return re.sub(r"(?<=\d)[ \u00a0-](?=\d)", "", text.replace(",", "."))


def is_told(fact: Fact[object], entry: Entry) -> bool:
    """Whether each number, code and address of a shown value stands in the entry."""
    told = said_in(entry)
    for words, number in WORDS.items():
        told += f" {number}" if words in told else ""
    months = re.findall(r"(\d+) months", told)
    told += " ".join(
        f" {int(month) * 30}" for month in [*months, *(["6"] if "six" in told else [])]
    )
    source = [fact.source] if fact.source else []
    plain = digits(" ".join([told, str(entry.get("source_date", "")), *source]))
    if isinstance(fact.value, tuple):
        return starts_told(fact.value, said_in(entry))
    return all(digits(token) in plain for token in hard(fact.value))


def origins(operator: Operator, fact: Fact[object]) -> list[Entry]:
    """The entries that a shown fact of an operator may go back to."""
    near = [entry for entry in researched(operator.id) if rests_on(fact, entry)]
    far = [entry for one in research()["operator"] for entry in researched(one["id"])]
    return near or [entry for entry in [*general(), *far] if rests_on(fact, entry)]


def own_advice(operator: Operator) -> list[Fact[object]]:
    """The facts of an operator that are our own advice."""
    return [fact for _, fact in operator.facts() if fact.advice]


RESEARCHED = [str(one["id"]) for one in research()["operator"]]


def test_all_that_was_researched_ships(shipped: Catalogue) -> None:
    """Thirty-one operators, fourteen of them Russian, and the one that is none of them."""
    ids = {operator.id for operator in shipped.all()}
    assert ids == {*RESEARCHED, "other"}
    assert len(RESEARCHED) == 31
    assert sum(shipped.get(name).country == "RU" for name in RESEARCHED) == 14


@pytest.mark.parametrize("name", RESEARCHED)
def test_who_an_operator_is(shipped: Catalogue, name: str) -> None:
    """Country, kind and official domains are those of the research."""
    operator = shipped.get(name)
    found = next(one for one in research()["operator"] if one["id"] == name)
    assert operator.country == found["country"]
    assert operator.kind.value == found["kind"]
    assert list(operator.official_domains) == found["official_domains"]
    assert operator.unconfirmed is ("not confirmed" in found["status"])


@pytest.mark.parametrize("name", RESEARCHED)
def test_every_shown_fact_goes_back_to_the_research(shipped: Catalogue, name: str) -> None:
    """Source, date, evidence and confidence are an entry's, and so is each number, code and
    address that is told; nothing low is shown, and nothing is surer than its source."""
    operator = shipped.get(name)
    for section, fact in operator.facts():
        if fact.advice:
            continue
        found = origins(operator, fact)
        assert found, (section, fact)
        assert any(is_told(fact, entry) for entry in found), (section, hard(fact.value), fact)


@pytest.mark.parametrize("name", RESEARCHED)
def test_what_is_fit_to_be_shown_is_shown(shipped: Catalogue, name: str) -> None:
    """Each entry of medium or high confidence stands behind some fact of its operator."""
    operator = shipped.get(name)
    facts = [fact for _, fact in operator.facts() if not fact.advice]
    missing = [
        entry["key"]
        for entry in researched(name)
        if entry["confidence"] != "low"
        and (name, entry["key"]) not in NOT_SHOWN
        and not any(rests_on(fact, entry) for fact in facts)
    ]
    assert missing == []


def test_advice_claims_nothing(shipped: Catalogue) -> None:
    """Our own advice holds no figure that would want a source."""
    for name in RESEARCHED:
        for fact in own_advice(shipped.get(name)):
            assert hard(fact.value) == set(), fact


def test_the_count(shipped: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    """How many entries are shown, hidden as low, and how many things nobody found."""
    shown = hidden = unknown = facts = 0
    for found in research()["operator"]:
        entries = found.get("facts", {}).values()
        hidden += sum(entry["confidence"] == "low" for entry in entries)
        shown += sum(entry["confidence"] != "low" for entry in entries)
        unknown += len([part for part in found.get("missing", "").split(";") if part.strip()])
        facts += sum(1 for _ in shipped.get(found["id"]).facts())
    with capsys.disabled():
        print(
            f"\ncatalogue: {facts} facts shown on {len(RESEARCHED)} pages; of the research "
            f"{shown} entries shown, {hidden} hidden as low, {unknown} things not known"
        )
    assert (shown, hidden) == (170, 31)


TEN = {
    "card-voucher": {"vouchers"},
    "terminal": {"terminal"},
    "operator-site": {"site", "card", "account"},
    "supermarket": {"supermarket"},
    "operator-app": {"app", "card"},
    "auto-debit": {"autopay"},
    "e-wallet": {"qiwi", "yoomoney"},
    "hotline": {"by-phone"},
    "salon": {"salon"},
    "sbp": {"sbp", "site"},
}
SIX = {
    "watch-balance": {"watch-balance"},
    "official-only": {"official-only"},
    "no-public-wifi": {"public-wifi"},
    "promotions": {"promotions"},
    "roaming": {"roaming", "return"},
    "never-ask-code": {"never-tell", "fraud"},
}


@pytest.mark.parametrize("name", RESEARCHED)
def test_all_ten_ways_and_all_six_cautions_have_their_state(shipped: Catalogue, name: str) -> None:
    """On each Russian operator's page every way that guides name is open, or said to be no use;
    every caution is told."""
    operator = shipped.get(name)
    assert {one["id"] for one in research()["payment_method"]} == set(TEN)
    assert {one["id"] for one in research()["caution"]} == set(SIX)
    if operator.country != "RU":
        return
    ways = {fact.value.id for fact in operator.methods} | {
        fact.value.id for fact in operator.not_working
    }
    for way, names in TEN.items():
        assert ways & names, way
    cautions = {fact.value.id for fact in operator.cautions}
    for caution, names in SIX.items():
        assert names <= cautions, caution


VERDICTS = {
    Verdict.TRUE: ("confirmed", "endorsed"),
    Verdict.PARTLY: ("partly", "confirmed, incomplete", "incomplete", "see A12"),
    Verdict.OUTDATED: ("outdated", "superseded", "partly outdated"),
    Verdict.WRONG: ("wrong", "contradicted", "partly wrong"),
    Verdict.NOT_CONFIRMED: ("not confirmed",),
    Verdict.ADVICE: ("neutral", "general advice"),
}


def test_every_claim_of_the_guides_is_answered(shipped: Catalogue) -> None:
    """Each claim stands with its verdict, its source, and no figure that the research lacks."""
    claims = {claim.id: claim for claim in shipped.claims}
    assert set(claims) == {entry["id"] for entry in research()["seed_claim"]}
    for entry in research()["seed_claim"]:
        claim = claims[entry["id"]]
        assert entry["verdict"].startswith(VERDICTS[claim.verdict]), claim
        assert claim.source == entry.get("source", "")


def test_texts_agree_on_their_figures(shipped: Catalogue) -> None:
    """A figure of days or of money is the same in the three languages of a text."""
    for name in RESEARCHED:
        for _, fact in shipped.get(name).facts():
            for text in texts(fact.value):
                zh = re.sub(r"\d+月", "", text.zh)
                said = [set(re.findall(r"\d{2,}", digits(t))) for t in (text.en, text.ru, zh)]
                assert said[0] == said[1] == said[2], text


def texts(value: object) -> Iterator[Text]:
    """Every text in a value."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from texts(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
