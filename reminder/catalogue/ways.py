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
        "需要运营商所在国家的银行。",
        "Нужен банк страны оператора.",
        "Needs a bank of the operator’s own country.",
    ),
    Pay.FRIEND: Text(
        "需要有人在运营商所在国家代付。",
        "Нужен кто-то, кто заплатит в стране оператора.",
        "Needs somebody who pays in the operator’s own country.",
    ),
    Pay.CASH: Text(
        "需要现金。",
        "Нужны наличные.",
        "Needs cash.",
    ),
    Pay.FOREIGN: Text(
        "需要外国银行卡。",
        "Нужна иностранная карта.",
        "Needs a foreign card.",
    ),
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
        return Way(fact, possible=False, reason=_WHERE[min(method.places, key=list(Place).index)])
    if pay is not None and pay not in method.pays:
        return Way(fact, possible=False, reason=_WITH[min(method.pays, key=list(Pay).index)])
    return Way(fact, possible=True)


def _order(way: Way) -> tuple[bool, Decimal, int]:
    method = way.method.value
    percent = method.fee.percent if method.fee else None
    return not way.possible, Decimal("Infinity") if percent is None else percent, len(method.steps)
