"""How to top up: the official address in full, and a way without a link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reminder.domain.routes import Pay, Place
from reminder.rendering.messages import reminder_message
from reminder.rendering.telling import Telling
from reminder.rendering.ways import Ways, official_url, ways_of
from tests.rendering.notices import BASE, CATALOGUE, cases, head


def of_operator(operator: str, language: str = "en") -> Ways:
    """The ways of a line at that operator."""
    one = cases()["short"]
    moved = replace(one, line=replace(one.line, operator=operator))
    return ways_of(Telling.of(moved, head(language, moved)))


@pytest.mark.parametrize("operator", [o.id for o in CATALOGUE.all() if o.official_link])
def test_official(operator: str) -> None:
    """Every operator with an official address has it, and lies on an official domain."""
    ways = of_operator(operator)
    known = CATALOGUE.get(operator)
    assert known.official_link is not None
    assert ways.official_url == known.official_link.url
    assert ways.site[0] in known.official_domains
    assert ways.ours_url == f"{BASE}/operators/{operator}?language=en"
    assert known.official_domains[0] in ways.by_hand


@pytest.mark.parametrize(
    ("place", "pay", "operator", "best"),
    [
        (None, None, "mts", ""),
        (Place.HOME, Pay.SBP, "mts", "What suits you best: Fast payments, SBP. Charge 0.4%."),
        (Place.HOME, Pay.CASH, "beeline", "What suits you best: The operator’s shop."),
        (
            Place.ABROAD,
            Pay.FOREIGN,
            "mts",
            (
                "What suits you best: Ask a friend in Russia. "
                "Back in Russia, texts do not arrive for 24 hours: pay before the journey."
            ),
        ),
        (Place.ABROAD, Pay.FOREIGN, "giffgaff", "What suits you best: Ask a friend who is there."),
        (Place.ABROAD, Pay.CARD, "other", ""),
    ],
)
def test_best(place: Place | None, pay: Pay | None, operator: str, best: str) -> None:
    """The way that suits the owner comes first, if they said where they are and what they have."""
    one = cases()["short"]
    moved = replace(one, line=replace(one.line, operator=operator))
    told = replace(head("en", moved), place=place, pay=pay)
    ways = ways_of(Telling.of(moved, told))
    assert " ".join(ways.best.split()) == best
    text = reminder_message(told, [moved]).text
    assert not best or best.split(": ")[1].split(".", maxsplit=1)[0] in text
    quiet = cases()["silence"]
    assert ways_of(Telling.of(quiet, replace(head("en", quiet), place=place, pay=pay))).best == ""


def test_typed() -> None:
    """Where only a domain is known, the words say to type it."""
    one = cases()["short"]
    bare = replace(CATALOGUE.get("mts"), links=())
    frame = replace(head("en"), operators={"mts": bare})
    ways = ways_of(Telling.of(one, frame))
    assert ways.official_url == "https://mts.ru/"
    assert "typed by hand" in ways.official_words


def test_own_link_is_not_official() -> None:
    """An address that the owner entered is shown as the owner's, in the JSON it is not official."""
    one = cases()["own_link"]
    this = Telling.of(one, head("en", one))
    assert ways_of(this).official_words == "The address that you entered yourself:"
    assert ways_of(this).official_url == "https://pay.example.net/x"
    assert official_url(this) == ""


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "https://a\nb"])
def test_unsafe_own_link(address: str) -> None:
    """An address that is no plain web address is not shown."""
    one = cases()["own_link"]
    odd = replace(one, line=replace(one.line, top_up_url=address))
    assert ways_of(Telling.of(odd, head("en", odd))).official_url == ""
