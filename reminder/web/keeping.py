"""What an operator's page says of silence: the rules, the steps of the loss, what keeps a number;
and the operator's own pages by their topics."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reminder.catalogue.values import KeepService, Since, Stage, StageKind, Topic
from reminder.rendering import display
from reminder.web.sources import Said, Source, Teller
from reminder.web.visit import Visit
from reminder.web.words import mark

_STEPS = {
    StageKind.WARNED: mark("A warning"),
    StageKind.IDLE_FEE: mark("A fee for not using it"),
    StageKind.BLOCKED: mark("Service stops"),
    StageKind.ENDED: mark("The number is taken back"),
    StageKind.QUARANTINE: mark("Kept aside"),
    StageKind.RESOLD: mark("Given to another"),
}
_TOPICS = {
    Topic.TOPUP_URL: mark("Topping up"),
    Topic.TOPUP_HELP: mark("How to top up"),
    Topic.TOPUP_TERMS: mark("Terms of topping up"),
    Topic.ACCOUNT: mark("Personal account"),
    Topic.SITE: mark("Site"),
    Topic.APP: mark("App"),
    Topic.HELP: mark("Help"),
    Topic.CONTACTS: mark("Contacts"),
    Topic.BALANCE_HELP: mark("Checking the balance"),
    Topic.KEEPALIVE_HELP: mark("Keeping the number"),
    Topic.KEEPALIVE_SERVICE: mark("A service that keeps the number"),
    Topic.ROAMING_HELP: mark("After a journey"),
    Topic.FOREIGNERS_HELP: mark("SIMs for foreigners"),
    Topic.INTERNET_HELP: mark("When mobile data is restricted"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the loss: which of them, its name, when, in words, and what still helps."""

    of: StageKind
    kind: Markup
    when: Markup
    text: str
    helps: str
    source: Source


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the operator's own, its address in full."""

    topic: str
    url: str
    source: Source


def rules(teller: Teller) -> list[Said]:
    """The operator's rule, the country's, and what counts as use."""
    keep = teller.operator.keepalive
    found = [teller.plain(rule, rule.value.text) for rule in (keep.rule, keep.law) if rule]
    return found + ([teller.plain(keep.counts, keep.counts.value.text)] if keep.counts else [])


def stages(teller: Teller) -> list[Step]:
    """The steps in which a silent number is lost, in their order."""
    return [
        Step(
            of=fact.value.kind,
            kind=teller.visit.t(_STEPS[fact.value.kind]),
            when=_when(teller.visit, fact.value),
            text=teller.words(fact.value.text),
            helps=teller.words(fact.value.helps),
            source=teller.source(fact),
        )
        for fact in teller.operator.keepalive.stages
    ]


def _when(visit: Visit, stage: Stage) -> Markup:
    days = stage.days
    if not days:
        return Markup()
    match stage.since:
        case Since.ACTIVITY:
            return visit.n("{n} day after the last use", "{n} days after the last use", days)
        case Since.EXPIRY:
            return visit.n("{n} day after the paid time", "{n} days after the paid time", days)
        case Since.ZERO:
            return visit.n("{n} day after the zero", "{n} days after the zero", days)
        case Since.WARNED:
            return visit.n("{n} day after the warning", "{n} days after the warning", days)
        case Since.BLOCKED:
            return visit.n("{n} day after the block", "{n} days after the block", days)
        case Since.ENDED:
            return visit.n("{n} day after the end", "{n} days after the end", days)


def services(teller: Teller) -> list[Said]:
    """The services that keep a silent number, each with its price."""
    return [
        Said(
            title=teller.words(fact.value.name),
            text=teller.words(fact.value.text),
            url=teller.page(fact.value.link),
            source=teller.source(fact),
            own_name=_own(teller, fact.value),
            tag=display.money(fact.value.price, teller.visit.language) if fact.value.price else "",
        )
        for fact in teller.operator.keepalive.services
    ]


def _own(teller: Teller, service: KeepService) -> str:
    return "" if service.own_name in teller.words(service.name) else service.own_name


def pages(teller: Teller) -> list[Page]:
    """Every page of the operator that is shown."""
    visit = teller.visit
    return [
        Page(visit.t(_TOPICS[link.topic]), link.fact.value, teller.source(link.fact))
        for link in teller.operator.links
    ]
