"""The ways to top up, in the order for one person (``domain.routes``), with the reason in words
where one is shut."""

from __future__ import annotations

from dataclasses import dataclass

from reminder.catalogue.fact import Fact, Text
from reminder.catalogue.operator import Operator
from reminder.catalogue.values import Method, Note, NoteTopic
from reminder.domain.routes import Hazard, Opening, Pay, Place, hazards, in_order

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
_UNSURE = Text(
    "这里收哪些付款方式，没有查到。",
    "Чем здесь можно заплатить, мы не знаем.",
    "What can be paid with here, we do not know.",
)
_TOPICS = {
    Hazard.FOREIGNERS: NoteTopic.FOREIGNERS,
    Hazard.RETURN: NoteTopic.RETURN,
    Hazard.CARDS: NoteTopic.CARDS,
    Hazard.WIFI: NoteTopic.WIFI,
    Hazard.FRAUD: NoteTopic.FRAUD,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A method, whether it is open to this person, and if that is not sure, why."""

    method: Fact[Method]
    opening: Opening
    reason: Text | None = None

    @property
    def possible(self) -> bool:
        """Whether it is worth trying."""
        return self.opening.is_possible


def ways(operator: Operator, place: Place | None, pay: Pay | None) -> list[Way]:
    """The operator's methods, those for this person first."""
    ranked = in_order([fact.value.route for fact in operator.methods], place, pay)
    return [_way(operator.methods[one.index], one.opening) for one in ranked]


def warnings(operator: Operator, place: Place | None, pay: Pay | None) -> list[Fact[Note]]:
    """The operator's cautions that apply to this person, the weightiest first."""
    wanted = [_TOPICS[hazard] for hazard in hazards(place, pay)]
    found = [fact for fact in operator.cautions if fact.value.topic in wanted]
    return sorted(found, key=lambda fact: wanted.index(fact.value.topic))


def _way(fact: Fact[Method], opening: Opening) -> Way:
    match opening:
        case Opening.OPEN:
            return Way(fact, opening)
        case Opening.UNSURE:
            return Way(fact, opening, _UNSURE)
        case Opening.OTHER_PLACE:
            return Way(fact, opening, _only(fact.value.places))
        case Opening.OTHER_MEANS:
            return Way(fact, opening, _needs(fact.value.pays))


def _only(places: frozenset[Place]) -> Text:
    return next(text for place, text in _WHERE.items() if place in places)


def _needs(pays: frozenset[Pay]) -> Text:
    """Name everything that would do."""
    means = {pay.means for pay in pays}
    wanted = [text for pay, text in _WITH.items() if pay in means]
    return Text(
        zh=f"需要{'或'.join(text.zh for text in wanted)}。",
        ru=f"Для этого нужно: {' или '.join(text.ru for text in wanted)}.",
        en=f"Needs {' or '.join(text.en for text in wanted)}.",
    )
