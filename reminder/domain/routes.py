"""Which ways to pay come first for one person, and what to say before they pay: by where they are
and what they can pay with (PRODUCT section 4, DESIGN section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

_NOT_KNOWN = Decimal("Infinity")


class Place(StrEnum):
    """Where the person is: in the operator's country, or outside it. ``ru`` is read as home."""

    HOME = "home"
    ABROAD = "abroad"

    @classmethod
    def _missing_(cls, value: object) -> Place | None:
        return cls.HOME if value == "ru" else None


class Pay(StrEnum):
    """What the person can pay with.

    ``ru-bank`` is a bank of the operator's own country by whatever road, ``card``, ``sbp`` and
    ``autopay`` are its roads one by one. ``friend`` is somebody with such a bank, ``foreign`` a
    card of another country and no more.
    """

    BANK = "ru-bank"
    CARD = "card"
    SBP = "sbp"
    AUTOPAY = "autopay"
    FRIEND = "friend"
    CASH = "cash"
    FOREIGN = "foreign"

    @classmethod
    def _missing_(cls, value: object) -> Pay | None:
        return cls.BANK if value == "bank" else None

    @property
    def means(self) -> Pay:
        """The means behind a road: whoever has a Russian card, SBP or autopay has that bank.

        >>> Pay.SBP.means, Pay.CASH.means
        (<Pay.BANK: 'ru-bank'>, <Pay.CASH: 'cash'>)
        """
        return Pay.BANK if self in (Pay.CARD, Pay.SBP, Pay.AUTOPAY) else self


W = TypeVar("W", Place, Pay)


def known(kind: type[W], word: str) -> W | None:
    """A place or a means of paying out of what was written; None where that says nothing known: a
    preference orders what is said, and never stops it.

    >>> known(Place, "ru"), known(Pay, "russian_card"), known(Pay, "")
    (<Place.HOME: 'home'>, None, None)
    """
    try:
        return kind(word) if word else None
    except ValueError:
        return None


class Opening(StrEnum):
    """Whether a way is open to somebody, and if not, what shuts it."""

    OPEN = "open"
    UNSURE = "unsure"
    OTHER_PLACE = "other_place"
    OTHER_MEANS = "other_means"

    @property
    def is_possible(self) -> bool:
        """Whether it is worth trying; what a way takes may be not known."""
        return self in (Opening.OPEN, Opening.UNSURE)


@dataclass(frozen=True, slots=True)
class Route:
    """What the order depends on: where a way can be gone, with what, its cost and its length.

    ``pays`` empty: what it takes is not known. ``percent`` of the sum; None: not known.
    """

    places: frozenset[Place]
    pays: frozenset[Pay]
    percent: Decimal | None
    steps: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A route by its place in the list that was asked about, and whether it is open."""

    index: int
    opening: Opening


def opening(route: Route, place: Place | None, pay: Pay | None) -> Opening:
    """Judge one route; ``place`` or ``pay`` None means not said, and shuts nothing out."""
    if place is not None and place not in route.places:
        return Opening.OTHER_PLACE
    if pay is None:
        return Opening.OPEN
    if not route.pays:
        return Opening.UNSURE
    taken = {one.means for one in route.pays}
    return Opening.OPEN if pay.means in taken else Opening.OTHER_MEANS


def in_order(routes: Sequence[Route], place: Place | None, pay: Pay | None) -> list[Ranked]:
    """Order routes: open ones first, then those not known to be, the shut ones last.

    Within each: the road that was named, then the cheapest, then the fewest steps. A cost that is
    not known comes after every known one; what is equal keeps its order.
    """
    named = pay if pay and pay is not pay.means else None

    def order(one: Ranked) -> tuple[bool, bool, bool, Decimal, int]:
        route = routes[one.index]
        percent = _NOT_KNOWN if route.percent is None else route.percent
        other_road = named is not None and named not in route.pays
        unsure = one.opening is Opening.UNSURE
        return not one.opening.is_possible, unsure, other_road, percent, route.steps

    judged = [Ranked(n, opening(route, place, pay)) for n, route in enumerate(routes)]
    return sorted(judged, key=order)


class Hazard(StrEnum):
    """What somebody should know before they pay."""

    FOREIGNERS = "foreigners"
    RETURN = "return"
    CARDS = "cards"
    WIFI = "wifi"
    FRAUD = "fraud"


def hazards(place: Place | None, pay: Pay | None) -> tuple[Hazard, ...]:
    """What applies to a person, the weightiest first.

    A number without biometrics is cut off whatever its balance, so that comes before all. The
    block of texts after a journey matters to whoever travels or pays with a code from a text.
    """
    means = pay.means if pay else None
    by_bank = means in (None, Pay.BANK)
    applies = {
        Hazard.FOREIGNERS: True,
        Hazard.RETURN: by_bank or place is Place.ABROAD,
        Hazard.CARDS: means in (None, Pay.FOREIGN),
        Hazard.WIFI: means not in (Pay.CASH, Pay.FRIEND),
        Hazard.FRAUD: True,
    }
    return tuple(hazard for hazard in Hazard if applies[hazard])
