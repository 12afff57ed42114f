"""The public pages on operators: how to top up, by where one is and what one can pay with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.responses import Response

from reminder.catalogue.catalogue import OTHER
from reminder.catalogue.country import country_of
from reminder.catalogue.fact import Fact, Text
from reminder.catalogue.operator import (
    BalanceCheck,
    CheckKind,
    Hotline,
    HotlineKind,
    LinkKind,
    Method,
    Note,
    Operator,
    Pay,
    Place,
)
from reminder.catalogue.ways import Way, ways
from reminder.web.visit import Visit
from reminder.web.words import mark

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from, how sure it is, and whether nobody checked it for long."""

    confidence: str
    host: str
    url: str
    day: str
    stale: bool
    advice: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph with its source."""

    title: str
    text: Markup
    url: str
    source: Source


@dataclass(frozen=True, slots=True)
class Road:
    """One way to top up."""

    name: str
    own_name: str
    fee: str
    free: bool
    steps: list[str]
    url: str
    reason: str
    source: Source


def source_of(visit: Visit, fact: Fact[T]) -> Source:
    """The line under a fact."""
    return Source(
        confidence=fact.confidence.value,
        host=urlsplit(fact.source).hostname or "",
        url=fact.source,
        day=visit.short_day(fact.checked_on),
        stale=fact.is_stale(visit.today) or fact.evidence.value == "cited",
        advice=fact.advice,
    )


async def index(visit: Visit) -> Response:
    """``/operators``."""
    catalogue = visit.site.app.catalogue
    groups = [
        (country.names.in_(visit.language), _names(visit, country.code))
        for country in catalogue.countries
    ]
    return visit.render("operators.html", groups=groups, other=OTHER)


def _names(visit: Visit, country: str) -> list[tuple[str, str, str]]:
    return [
        (o.id, o.names.in_(visit.language), ", ".join(o.former_names))
        for o in visit.site.app.catalogue.all()
        if o.country == country
    ]


async def show(visit: Visit) -> Response:
    """``/operators/{id}?place=&pay=``."""
    operator = visit.site.app.catalogue.get(visit.part("id"))
    place, pay, link = _place(visit), _pay(visit), operator.official_link
    found = [_road(visit, operator, way) for way in ways(operator, place, pay)]
    return visit.render(
        "operator.html",
        operator=operator,
        name=operator.names.in_(visit.language),
        own_name=_own_name(visit, operator),
        is_other=operator.id == OTHER,
        values={"place": place.value if place else "", "pay": pay.value if pay else ""},
        places=_places(visit, operator),
        pays=_pays(visit),
        roads=[road for road in found if not road.reason],
        closed=[road for road in found if road.reason],
        dead=[_said(visit, f, f.value.name, f.value.text) for f in operator.not_working],
        checks=[_check(visit, f) for f in operator.balance_checks],
        keeps=_keeps(visit, operator),
        hotlines=[_hotline(visit, f) for f in operator.hotlines],
        cautions=[_note(visit, operator, f) for f in operator.cautions],
        notes=[_note(visit, operator, f) for f in operator.notes],
        official=link,
        official_source=source_of(visit, link.fact) if link and link.fact else None,
        is_typed=bool(link and link.kind is LinkKind.TYPED),
    )


def _place(visit: Visit) -> Place | None:
    wanted = visit.asked("place") or (visit.owner.place if visit.owner else "")
    try:
        return Place(wanted) if wanted else None
    except ValueError:
        return None


def _pay(visit: Visit) -> Pay | None:
    wanted = visit.asked("pay") or (visit.owner.pay if visit.owner else "")
    try:
        return Pay(wanted) if wanted else None
    except ValueError:
        return None


def _own_name(visit: Visit, operator: Operator) -> str:
    own = operator.names.ru if operator.country in {"RU", "BY", "KZ", "KG"} else operator.names.en
    return "" if own == operator.names.in_(visit.language) else own


def _places(visit: Visit, operator: Operator) -> list[tuple[str, object, str]]:
    country = country_of(operator.country)
    home: object = visit.t("In the operator’s country")
    if country is not None:
        home = visit.t("In the country: {name}", name=country.names.in_(visit.language))
    return [(Place.HOME.value, home, ""), (Place.ABROAD.value, visit.t("Abroad"), "")]


def _pays(visit: Visit) -> list[tuple[str, object, str]]:
    return [
        (Pay.BANK.value, visit.t("A bank of that country"), ""),
        (Pay.FRIEND.value, visit.t("A friend who pays there"), ""),
        (Pay.CASH.value, visit.t("Cash"), ""),
        (Pay.FOREIGN.value, visit.t("Only a foreign card"), ""),
    ]


def _road(visit: Visit, operator: Operator, way: Way) -> Road:
    method: Method = way.method.value
    link = operator.link(method.link) if method.link else None
    name = method.name.in_(visit.language)
    return Road(
        name=name,
        own_name=method.own_name if method.own_name != name else "",
        fee=method.fee.text.in_(visit.language) if method.fee else "",
        free=bool(method.fee and method.fee.percent == 0),
        steps=[step.in_(visit.language) for step in method.steps],
        url=link.value if link else "",
        reason=way.reason.in_(visit.language) if way.reason else "",
        source=source_of(visit, way.method),
    )


def _said(visit: Visit, fact: Fact[T], title: Text, text: Text, url: str = "") -> Said:
    words = Markup.escape(text.in_(visit.language))
    return Said(title.in_(visit.language), words, url, source_of(visit, fact))


def _check(visit: Visit, fact: Fact[BalanceCheck]) -> Said:
    check = fact.value
    match check.kind:
        case CheckKind.USSD:
            words = visit.t("From this SIM dial <code>{code}</code>.", code=check.code)
        case CheckKind.SMS:
            said = mark("Send the text <code>{code}</code> to <code>{to}</code>.")
            words = visit.t(said, code=check.code, to=check.to)
        case CheckKind.CALL:
            words = visit.t("From this SIM call <code>{code}</code>.", code=check.code)
    if check.text:
        words += " " + check.text.in_(visit.language)
    return Said("", words, "", source_of(visit, fact))


def _hotline(visit: Visit, fact: Fact[Hotline]) -> Said:
    line = fact.value
    match line.kind:
        case HotlineKind.SHORT:
            words = visit.t('From this SIM: <b class="n">{number}</b>', number=line.number)
        case HotlineKind.TOLLFREE:
            words = visit.t('In the country: <b class="n">{number}</b>', number=line.number)
        case HotlineKind.ABROAD:
            words = visit.t('From abroad: <b class="n">{number}</b>', number=line.number)
    if line.text:
        words += ". " + line.text.in_(visit.language)
    return Said("", words, "", source_of(visit, fact))


def _note(visit: Visit, operator: Operator, fact: Fact[Note]) -> Said:
    note = fact.value
    link = operator.link(note.link) if note.link else None
    return _said(visit, fact, note.title, note.text, link.value if link else "")


def _keeps(visit: Visit, operator: Operator) -> list[Said]:
    keep = operator.keepalive
    blank = Text("", "", "")
    rules = [rule for rule in (keep.rule, keep.law) if rule is not None]
    found = [_said(visit, rule, blank, rule.value.text) for rule in rules]
    if keep.counts is not None:
        found.append(_said(visit, keep.counts, blank, keep.counts.value.text))
    found += [_said(visit, stage, blank, stage.value.text) for stage in keep.stages]
    return found
