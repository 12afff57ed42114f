"""From sheets to operators: what holds for the country is joined in, and low facts are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from reminder.catalogue.fact import Confidence, Fact
from reminder.catalogue.operator import Link, Operator
from reminder.catalogue.sheet import Head, Sheet
from reminder.catalogue.values import (
    CheckKind,
    HotlineKind,
    KeepAlive,
    Kind,
    Stage,
    StageKind,
    Topic,
)

T = TypeVar("T")

LAST = 1000


def operator_of(sheet: Sheet, shared: Sheet | None) -> Operator:
    """Make the operator of a sheet; ``shared`` is what holds for its country, if anything does.

    Raises:
        ConfigError: a head field is missing, or a link leaves the official domains.
    """
    head = sheet.head
    if head.names is None:
        sheet.table.fail("names", "is missing; give zh, ru and en")
    if head.kind is None:
        sheet.table.fail("kind", f"is missing; must be one of {', '.join(Kind)}")
    _check_country(sheet, head.kind)
    _check_links(sheet)
    return Operator(
        id=sheet.table.owner,
        country=head.country,
        kind=head.kind,
        names=head.names,
        former_names=head.former_names or (),
        also_called=head.also_called or (),
        official_domains=head.official_domains or (),
        order=LAST if head.order is None else head.order,
        unconfirmed=bool(head.unconfirmed),
        links=_links(sheet),
        app=shown(sheet.app).get("app"),
        balance_checks=_in_order(sheet.balance, CheckKind),
        hotlines=_in_order(sheet.hotlines, HotlineKind),
        methods=_with_shared(sheet.methods, shared.methods if shared else {}, head),
        not_working=_with_shared(sheet.not_working, shared.not_working if shared else {}, head),
        keepalive=_keepalive(sheet, shared),
        conventions=tuple(shown(sheet.conventions).values()),
        tariffs=tuple(shown(sheet.tariffs).values()),
        notes=_with_shared(sheet.notes, shared.notes if shared else {}, head),
        cautions=_with_shared(sheet.cautions, shared.cautions if shared else {}, head),
        prefixes=shown(sheet.prefixes).get("prefixes"),
    )


def shown(facts: Mapping[str, Fact[T]]) -> dict[str, Fact[T]]:
    """The facts above *low*."""
    return {name: fact for name, fact in facts.items() if fact.confidence is not Confidence.LOW}


def _links(sheet: Sheet) -> tuple[Link, ...]:
    pages = shown(sheet.links)
    return tuple(Link(topic, pages[topic]) for topic in Topic if topic in pages)


def _in_order(facts: Mapping[str, Fact[T]], names: Iterable[str]) -> tuple[Fact[T], ...]:
    visible = shown(facts)
    return tuple(visible[name] for name in names if name in visible)


def _with_shared(
    own: Mapping[str, Fact[T]], shared: Mapping[str, Fact[T]], head: Head
) -> tuple[Fact[T], ...]:
    """The operator's own entries, then the country's of other names, less the unwanted."""
    without = head.without or ()
    others = {name: fact for name, fact in shared.items() if name not in (*own, *without)}
    return (*shown(own).values(), *shown(others).values())


def _keepalive(sheet: Sheet, shared: Sheet | None) -> KeepAlive:
    stages = (shared.stages if shared else {}) | sheet.stages
    rules = shown((shared.rules if shared else {}) | sheet.rules)
    return KeepAlive(
        rule=rules.get("rule"),
        law=rules.get("law"),
        counts=shown(sheet.counts).get("counts"),
        stages=_stages(shown(stages)),
        services=tuple(shown(sheet.services).values()),
    )


def _stages(facts: Mapping[str, Fact[Stage]]) -> tuple[Fact[Stage], ...]:
    order = list(StageKind)
    return tuple(sorted(facts.values(), key=lambda fact: order.index(fact.value.kind)))


def _check_country(sheet: Sheet, kind: Kind) -> None:
    if kind is Kind.OTHER:
        return
    if sheet.head.country is None:
        sheet.table.fail("country", "is missing; give the ISO 3166 code, such as RU")
    if not sheet.head.official_domains:
        sheet.table.fail("official_domains", 'is missing; give at least one, such as ["mts.ru"]')


def _check_links(sheet: Sheet) -> None:
    """Every page is https and official, and every entry's own page is among the shown ones."""
    domains = sheet.head.official_domains or ()
    for name, fact in sheet.links.items():
        if not is_official(fact.value, domains):
            hosts = " or ".join(domains) or "none (give official_domains)"
            sheet.table.fail(f"links.{name}", f"must be https and on {hosts}, or a host below it")
    pages = set(shown(sheet.links))
    for section, facts in (
        ("methods", sheet.methods),
        ("keep_services", sheet.services),
        ("notes", sheet.notes),
        ("cautions", sheet.cautions),
    ):
        for name, entry in facts.items():
            page = entry.value.link
            if page is not None and page not in pages:
                sheet.table.fail(
                    f"{section}.{name}.link", f"there is no {page} above low among the links"
                )


def is_official(url: str, domains: Iterable[str]) -> bool:
    """Whether an address is https, on one of these domains or a host below, and nothing tricky.

    >>> is_official("https://lk.mts.ru/", ["mts.ru"])
    True
    >>> is_official("https://mts.ru.example.com/", ["mts.ru"])
    False
    """
    try:
        parts = urlsplit(url)
        plain = parts.port is None and parts.username is None and "\\" not in url
    except ValueError:
        return False
    host = parts.hostname or ""
    below = any(host == domain or host.endswith(f".{domain}") for domain in domains)
    return parts.scheme == "https" and plain and below and url.isprintable() and " " not in url
