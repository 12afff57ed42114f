"""The public page of one operator: what to know first, how to top up, what keeps the number."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from reminder.catalogue.catalogue import OTHER
from reminder.catalogue.country import country_of
from reminder.catalogue.fact import Fact, Text
from reminder.catalogue.operator import LinkKind, Operator
from reminder.catalogue.values import (
    BalanceCheck,
    CheckKind,
    Hotline,
    HotlineKind,
    Note,
    NoteTopic,
)
from reminder.catalogue.ways import Way, warnings, ways
from reminder.domain.routes import Pay, Place, known
from reminder.web.keeping import Step, pages, rules, services, stages
from reminder.web.sources import Said, Source, Teller
from reminder.web.visit import TAGS, Visit
from reminder.web.words import mark

_FIRST = (NoteTopic.FOREIGNERS, NoteTopic.RETURN)
_RUSSIA = "RU"


@dataclass(frozen=True, slots=True)
class Road:
    """One way to top up."""

    name: str
    own_name: str
    fee: str
    free: bool
    steps: list[str]
    conditions: str
    url: str
    reason: str
    source: Source


async def show(visit: Visit) -> Response:
    """``/operators/{id}?place=&pay=``."""
    operator = visit.site.app.catalogue.get(visit.part("id"))
    teller = Teller(visit, operator)
    place, pay, link = _place(visit), _pay(visit), operator.official_link
    told = warnings(operator, place, pay)
    first = _first(told, pay)
    found = ways(operator, place, pay)
    return visit.render(
        "operator.html",
        operator=operator,
        name=operator.names.in_(visit.language),
        own_name=_own_name(visit, operator),
        own_tag=_own_tag(operator),
        is_other=operator.id == OTHER,
        values={"place": place.value if place else "", "pay": pay.value if pay else ""},
        places=_places(visit, operator),
        pays=_pays(visit, operator, pay),
        answers=_answers(visit, operator, place, pay),
        first=[_note(teller, fact) for fact in first],
        roads=[_road(teller, way) for way in found if way.possible],
        closed=[_road(teller, way) for way in found if not way.possible],
        dead=[teller.said(f, f.value.name, f.value.text) for f in operator.not_working],
        cautions=[_note(teller, f) for f in _rest(operator, told, first)],
        notes=[_note(teller, f) for f in operator.notes],
        checks=[_check(teller, f) for f in operator.balance_checks],
        hotlines=[_hotline(teller, f) for f in operator.hotlines],
        official=link,
        official_source=teller.source(link.fact) if link and link.fact else None,
        is_typed=bool(link and link.kind is LinkKind.TYPED),
        kept=_kept(teller),
    )


def _kept(teller: Teller) -> dict[str, object]:
    """What the page says of silence, of the fee, of the account and of the official pages."""
    operator = teller.operator
    steps: list[Step] = stages(teller)
    account, app = operator.account_url, operator.app
    return {
        "rules": rules(teller),
        "stages": steps,
        "services": services(teller),
        "conventions": [teller.plain(f, f.value.text) for f in operator.conventions],
        "tariffs": [teller.said(f, f.value.name, f.value.text) for f in operator.tariffs],
        "account": account.value if account else "",
        "account_source": teller.source(account) if account else None,
        "app": app.value.name if app else "",
        "app_source": teller.source(app) if app else None,
        "pages": pages(teller),
    }


def _place(visit: Visit) -> Place | None:
    asked = visit.asked("place")
    mine = visit.owner.place if visit.owner else None
    return known(Place, asked) if asked else mine


def _pay(visit: Visit) -> Pay | None:
    asked = visit.asked("pay")
    mine = visit.owner.pay if visit.owner else None
    return known(Pay, asked) if asked else mine


def _own_tag(operator: Operator) -> str:
    country = country_of(operator.country)
    return TAGS[country.language] if country else "en"


def _own_name(visit: Visit, operator: Operator) -> str:
    """The name at home, where it is written in other signs than the reader's."""
    country = country_of(operator.country)
    own = operator.names.in_(country.language) if country else ""
    bare = own.partition(" (")[0]
    return "" if bare.isascii() or bare in operator.names.in_(visit.language) else bare


def _places(visit: Visit, operator: Operator) -> list[tuple[str, object, str]]:
    country = country_of(operator.country)
    home: object = visit.t("In the operator’s country")
    if country is not None:
        home = visit.t("In the country: {name}", name=country.names.in_(visit.language))
    if operator.country == _RUSSIA:
        home = visit.t("In Russia")
    return [(Place.HOME.value, home, ""), (Place.ABROAD.value, visit.t("Abroad"), "")]


_AT_HOME = {
    Pay.BANK: mark("A Russian bank, by any road"),
    Pay.CARD: mark("A Russian bank card"),
    Pay.SBP: mark("SBP, fast payments"),
    Pay.AUTOPAY: mark("Automatic payment"),
    Pay.FRIEND: mark("A friend in Russia"),
    Pay.CASH: mark("Cash"),
    Pay.FOREIGN: mark("Only a foreign card"),
}
_ELSEWHERE = {
    **_AT_HOME,
    Pay.BANK: mark("A bank of that country"),
    Pay.CARD: mark("A bank card of that country"),
    Pay.FRIEND: mark("A friend who pays there"),
}


def _pays(visit: Visit, operator: Operator, chosen: Pay | None) -> list[tuple[str, object, str]]:
    """The means to choose from; the general one only where a link brought it."""
    words = _AT_HOME if operator.country == _RUSSIA else _ELSEWHERE
    left_out = {Pay.BANK} if operator.country == _RUSSIA else {Pay.BANK, Pay.SBP}
    offered = [pay for pay in Pay if pay not in left_out or pay is chosen]
    return [(pay.value, visit.t(words[pay]), "") for pay in offered]


def _answers(visit: Visit, operator: Operator, place: Place | None, pay: Pay | None) -> str:
    """What the person said, as the heading of the ways repeats it."""
    said = [words for value, words, _ in _places(visit, operator) if place and value == place.value]
    said += [words for value, words, _ in _pays(visit, operator, pay) if pay and value == pay.value]
    return ("，" if visit.language == "zh" else "; ").join(map(str, said))


def _first(told: list[Fact[Note]], pay: Pay | None) -> list[Fact[Note]]:
    """What is said before "top up": one caution of each topic that cannot wait."""
    topics = (*_FIRST, NoteTopic.CARDS) if pay is Pay.FOREIGN else _FIRST
    found = ([fact for fact in told if fact.value.topic is topic] for topic in topics)
    return [of_topic[0] for of_topic in found if of_topic]


def _rest(operator: Operator, told: list[Fact[Note]], first: list[Fact[Note]]) -> list[Fact[Note]]:
    """The other cautions: fraud before all, then what applies to this person, then all else."""
    others = [fact for fact in told if fact not in first]
    others += [f for f in operator.cautions if f not in first and f not in others]
    return sorted(others, key=lambda fact: fact.value.topic is not NoteTopic.FRAUD)


def _road(teller: Teller, way: Way) -> Road:
    method = way.method.value
    name = teller.words(method.name)
    return Road(
        name=name,
        own_name="" if method.own_name in name else method.own_name,
        fee=teller.words(method.fee.text) if method.fee else "",
        free=bool(method.fee and method.fee.percent == 0),
        steps=[teller.words(step) for step in method.steps],
        conditions=teller.words(method.conditions),
        url=teller.page(method.link),
        reason=teller.words(way.reason),
        source=teller.source(way.method),
    )


def _check(teller: Teller, fact: Fact[BalanceCheck]) -> Said:
    check, visit = fact.value, teller.visit
    match check.kind:
        case CheckKind.USSD:
            words = visit.t("From this SIM dial <code>{code}</code>.", code=check.code)
        case CheckKind.SMS:
            said = mark("Send the text <code>{code}</code> to <code>{to}</code>.")
            words = visit.t(said, code=check.code, to=check.to)
        case CheckKind.CALL:
            words = visit.t("From this SIM call <code>{code}</code>.", code=check.code)
    return teller.plain(fact, _with(teller, words, check.text, " "))


def _hotline(teller: Teller, fact: Fact[Hotline]) -> Said:
    line, visit = fact.value, teller.visit
    match line.kind:
        case HotlineKind.SHORT:
            words = visit.t('From this SIM: <b class="n">{number}</b>', number=line.number)
        case HotlineKind.TOLLFREE:
            words = visit.t('In the country: <b class="n">{number}</b>', number=line.number)
        case HotlineKind.ABROAD:
            words = visit.t('From abroad: <b class="n">{number}</b>', number=line.number)
    return teller.plain(fact, _with(teller, words, line.text, ". "))


def _with(teller: Teller, words: Markup, text: Text | None, gap: str) -> Markup:
    """Words, and the text that a file adds to them."""
    from_file = teller.words(text)
    between = {" ": "", ". ": "。"}[gap] if teller.visit.language == "zh" else gap
    return words + between + from_file if from_file else words


def journey_notes(visit: Visit, operator: Operator) -> list[Said]:
    """What to know of an operator before relying on its number: one caution of each topic that
    cannot wait, for where the reader is and what they pay with."""
    told = warnings(operator, _place(visit), _pay(visit))
    return [_note(Teller(visit, operator), fact) for fact in _first(told, _pay(visit))]


def _note(teller: Teller, fact: Fact[Note]) -> Said:
    note = fact.value
    return teller.said(fact, note.title, note.text, note.link)
