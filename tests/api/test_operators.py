"""The catalogue over the API, open to everyone."""

from __future__ import annotations

import pytest

from tests.api.conftest import Site


async def test_all_operators_without_a_token(site: Site) -> None:
    """The list needs no token and holds the operators and ``other``."""
    answer = await site.nobody.get("/operators", params={"language": "ru"})
    assert answer.status_code == 200
    found = {one["id"]: one for one in answer.json()["items"]}
    assert found["mts"]["name"] == "МТС"
    assert found["other"]["official"] is None


def _facts(said: object) -> list[dict[str, object]]:
    if isinstance(said, list):
        return [fact for one in said for fact in _facts(one)]
    if isinstance(said, dict):
        own = [said] if "confidence" in said else []
        return own + [fact for one in said.values() for fact in _facts(one)]
    return []


@pytest.mark.parametrize("language", ["zh", "ru", "en"])
async def test_each_fact_names_its_source(site: Site, language: str) -> None:
    """Every fact stands beside source, day and confidence, and none is of low confidence."""
    answer = await site.nobody.get("/operators/mts", params={"language": language})
    facts = _facts(answer.json())
    assert len(facts) > 10
    assert all({"source", "checked_on", "confidence"} <= set(fact) for fact in facts)
    assert all(fact["confidence"] in {"high", "medium"} for fact in facts)
    assert answer.json()["balance_check"]["code"]
    assert answer.json()["top_up"]


async def test_ways_follow_place_and_pay(site: Site) -> None:
    """From abroad with a foreign card, what is possible comes first and the rest says why not."""
    query = {"place": "abroad", "pay": "foreign", "language": "en"}
    ways = (await site.nobody.get("/operators/mts", params=query)).json()["top_up"]
    possible = [way["possible"] for way in ways]
    assert possible == sorted(possible, reverse=True)
    assert False in possible
    assert all(bool(way["reason"]) is not way["possible"] for way in ways)


@pytest.mark.parametrize(
    ("query", "field"),
    [("place=moon", "place"), ("pay=shells", "pay"), ("language=xx", "language")],
)
async def test_unknown_words_are_refused(site: Site, query: str, field: str) -> None:
    """A place, a means or a language that is none is 422."""
    answer = await site.nobody.get(f"/operators/mts?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"#/{field}"


async def test_an_unknown_operator(site: Site) -> None:
    """An operator that is none is 404."""
    assert (await site.nobody.get("/operators/nokia")).status_code == 404


async def test_the_list_is_searched(site: Site) -> None:
    """A former name finds, a country narrows; each operator brings its zone and currency."""
    found = (await site.nobody.get("/operators", params={"find": "Tele2"})).json()["items"]
    assert [one["id"] for one in found] == ["t2", "tele2-kz"]
    thai = (await site.nobody.get("/operators", params={"country": "th"})).json()["items"]
    assert [one["id"] for one in thai] == ["ais", "true-dtac"]
    assert {(one["timezone"], one["currency"], one["calling_code"]) for one in thai} == {
        ("Asia/Bangkok", "THB", "66")
    }
    everything = (await site.nobody.get("/operators")).json()["items"]
    assert len(everything) == 32


async def test_the_named_road_comes_first(site: Site) -> None:
    """``pay=sbp`` puts SBP first; what applies is warned of, the weightiest first."""
    query = {"place": "abroad", "pay": "sbp", "language": "en"}
    said = (await site.nobody.get("/operators/mts", params=query)).json()
    assert said["top_up"][0]["id"] == "sbp"
    assert said["top_up"][0]["opening"] == "open"
    assert (said["place"], said["pay"]) == ("abroad", "sbp")
    assert [note["topic"] for note in said["warnings"]][:2] == ["foreigners", "foreigners"]
    assert said["keepalive"]["services"][0]["price"] == {"amount": "349.00", "currency": "RUB"}


async def test_the_official_link_is_on_an_official_domain(site: Site) -> None:
    """Whatever names it, the address itself is the operator's own (rule 26)."""
    for one in (await site.nobody.get("/operators")).json()["items"]:
        if one["id"] == "other":
            continue
        host = one["official"]["url"].split("/")[2]
        assert any(host == d or host.endswith(f".{d}") for d in one["official_domains"]), one["id"]
