"""Promises about the order of the ways to pay, and what is said before them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.routes import (
    Hazard,
    Opening,
    Pay,
    Place,
    Route,
    hazards,
    in_order,
    known,
    opening,
)

BOTH = frozenset(Place)
ROUTES = st.lists(
    st.builds(
        Route,
        places=st.sets(st.sampled_from(Place), min_size=1).map(frozenset),
        pays=st.sets(st.sampled_from(Pay)).map(frozenset),
        percent=st.none() | st.decimals(0, 100, places=1),
        steps=st.integers(1, 5),
    ),
    max_size=8,
)
PLACES = st.none() | st.sampled_from(Place)
PAYS = st.none() | st.sampled_from(Pay)


def route(*pays: Pay, places: frozenset[Place] = BOTH, fee: str = "", steps: int = 1) -> Route:
    """A route that takes these means."""
    return Route(places, frozenset(pays), Decimal(fee) if fee else None, steps)


@pytest.mark.parametrize(
    ("word", "place"), [("home", Place.HOME), ("ru", Place.HOME), ("abroad", Place.ABROAD)]
)
def test_words_for_places(word: str, place: Place) -> None:
    """The page's ``ru`` and the API's ``home`` mean the same."""
    assert Place(word) is place


@pytest.mark.parametrize("word", ["", "Bali", "russian_card", "RU", "home ", "\n"])
def test_what_says_nothing_known_is_not_said(word: str) -> None:
    """A preference that was written otherwise than it is today stops nobody: it is none."""
    assert (known(Place, word), known(Pay, word)) == (None, None)
    assert (known(Place, "abroad"), known(Pay, "bank")) == (Place.ABROAD, Pay.BANK)


@pytest.mark.parametrize("word", ["moon", "RU", "qiwi"])
def test_unknown_words_are_refused(word: str) -> None:
    """A place or a means that does not exist is no silent default."""
    with pytest.raises(ValueError, match=word):
        Place(word)
    with pytest.raises(ValueError, match=word):
        Pay(word)


@pytest.mark.parametrize(
    ("pay", "means"),
    [
        (Pay("bank"), Pay.BANK),
        (Pay.CARD, Pay.BANK),
        (Pay.SBP, Pay.BANK),
        (Pay.AUTOPAY, Pay.BANK),
        (Pay.FRIEND, Pay.FRIEND),
        (Pay.CASH, Pay.CASH),
        (Pay.FOREIGN, Pay.FOREIGN),
    ],
)
def test_every_road_of_a_bank_is_that_bank(pay: Pay, means: Pay) -> None:
    """Card, fast payments and automatic payment are roads to one means."""
    assert pay.means is means


@pytest.mark.parametrize(
    ("one", "place", "pay", "found"),
    [
        (route(Pay.SBP), None, None, Opening.OPEN),
        (route(Pay.SBP), Place.ABROAD, Pay.CARD, Opening.OPEN),
        (route(Pay.SBP), Place.ABROAD, Pay.FOREIGN, Opening.OTHER_MEANS),
        (route(Pay.CASH, places=frozenset({Place.HOME})), Place.ABROAD, None, Opening.OTHER_PLACE),
        (route(), Place.HOME, Pay.FOREIGN, Opening.UNSURE),
        (route(), Place.HOME, None, Opening.OPEN),
    ],
)
def test_opening(one: Route, place: Place | None, pay: Pay | None, found: Opening) -> None:
    """What was not said shuts nothing out; what is not known is unsure, not shut."""
    assert opening(one, place, pay) is found


def test_the_named_road_comes_before_cheaper_ones() -> None:
    """Open before unsure before shut; the road that was named; the cheapest; the shortest."""
    routes = [
        route(Pay.FOREIGN),
        route(),
        route(Pay.CARD, fee="0"),
        route(Pay.SBP, fee="0.4", steps=3),
        route(Pay.SBP, fee="0.4", steps=2),
        route(Pay.AUTOPAY),
    ]
    named = [one.index for one in in_order(routes, Place.ABROAD, Pay.SBP)]
    assert named == [4, 3, 2, 5, 1, 0]
    assert [one.index for one in in_order(routes, Place.ABROAD, Pay.BANK)] == [2, 4, 3, 5, 1, 0]


@given(routes=ROUTES, place=PLACES, pay=PAYS)
def test_nothing_is_lost_and_shut_ways_come_last(
    routes: list[Route], place: Place | None, pay: Pay | None
) -> None:
    """Every route is in the order once, as it is judged alone, no shut one before an open one."""
    found = in_order(routes, place, pay)
    assert sorted(one.index for one in found) == list(range(len(routes)))
    assert all(one.opening is opening(routes[one.index], place, pay) for one in found)
    possible = [one.opening.is_possible for one in found]
    assert possible == sorted(possible, reverse=True)


@given(place=PLACES, pay=PAYS)
def test_biometrics_first_and_fraud_always(place: Place | None, pay: Pay | None) -> None:
    """Whoever one is: the cut-off of foreigners is said first, fraud is never left out."""
    found = hazards(place, pay)
    assert found[0] is Hazard.FOREIGNERS
    assert found[-1] is Hazard.FRAUD
    assert place is not Place.ABROAD or Hazard.RETURN in found
