"""The ways to top up, in order for one person: where they are, and what they can pay with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reminder.catalogue.fact import Fact, Text
from reminder.catalogue.operator import Method, Operator, Pay, Place

_WHERE = {
    Place.HOME: Text(
        "只能在运营商所在的国家办理。",
        "Только в стране оператора.",
        "Only in the operator’s own country.",
    ),
    Place.ABROAD: Text(
        "只用于境外。",
        "Только за границей.",
        "Only from abroad.",
    ),
}
_WITH = {
    Pay.BANK: Text(
        "运营商所在国家的银行",
        "банк страны оператора",
        "a bank of the operator’s own country",
    ),
    Pay.FRIEND: Text("有人代付", "кто-то, кто заплатит за вас", "somebody who pays for you"),
    Pay.CASH: Text("现金", "наличные", "cash"),
    Pay.FOREIGN: Text("外国银行卡", "иностранная карта", "a foreign card"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A method, whether it is open to this person, and if not, why."""

    method: Fact[Method]
    possible: bool
    reason: Text | None = None


def ways(operator: Operator, place: Place | None, pay: Pay | None) -> list[Way]:
    """Order the methods: possible first, then the cheapest, then the fewest steps.

    A cost that is not known comes after every known one; what is equal keeps the file's order.
    ``place`` or ``pay`` None means not known, and shuts nothing out.
    """
    judged = [_judge(method, place, pay) for method in operator.methods]
    return sorted(judged, key=_order)


def _judge(fact: Fact[Method], place: Place | None, pay: Pay | None) -> Way:
    method = fact.value
    if place is not None and place not in method.places:
        return Way(fact, possible=False, reason=_only(method.places))
    if pay is not None and pay not in method.pays:
        return Way(fact, possible=False, reason=_needs(method.pays))
    return Way(fact, possible=True)


def _only(places: frozenset[Place]) -> Text:
    return next(text for place, text in _WHERE.items() if place in places)


def _needs(pays: frozenset[Pay]) -> Text:
    """Name everything that would do."""
    wanted = [text for pay, text in _WITH.items() if pay in pays]
    return Text(
        zh=f"需要{'或'.join(text.zh for text in wanted)}。",
        ru=f"Для этого нужно: {' или '.join(text.ru for text in wanted)}.",
        en=f"Needs {' or '.join(text.en for text in wanted)}.",
    )


def _order(way: Way) -> tuple[bool, Decimal, int]:
    method = way.method.value
    percent = method.fee.percent if method.fee else None
    return not way.possible, Decimal("Infinity") if percent is None else percent, len(method.steps)
