"""An operator's file, read: what it says, low facts included, before it is joined to others.

A site's own file for an operator that ships corrects it: a head field or a named entry that stands
in it takes the place of the shipped one, whole; what it leaves out stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from reminder.catalogue import entries
from reminder.catalogue.entries import entries_of
from reminder.catalogue.fact import Fact, Text
from reminder.catalogue.table import Table
from reminder.catalogue.values import (
    Activity,
    App,
    BalanceCheck,
    Convention,
    DeadEnd,
    Hotline,
    KeepRule,
    KeepService,
    Kind,
    Method,
    Note,
    Stage,
    Tariff,
)

HEAD = (
    "id",
    "country",
    "kind",
    "order",
    "names",
    "former_names",
    "also_called",
    "official_domains",
    "without",
    "unconfirmed",
    "collected_on",
)
SECTIONS = (
    "links",
    "balance",
    "hotlines",
    "methods",
    "not_working",
    "keepalive",
    "stages",
    "keep_services",
    "conventions",
    "tariffs",
    "notes",
    "cautions",
    "app",
    "prefixes",
)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Head:
    """Who the operator is; a field is None where the file leaves it out."""

    country: str | None = None
    kind: Kind | None = None
    order: int | None = None
    names: Text | None = None
    former_names: tuple[str, ...] | None = None
    also_called: tuple[str, ...] | None = None
    official_domains: tuple[str, ...] | None = None
    without: tuple[str, ...] | None = None
    unconfirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file, or several joined: the head, and the entries of each section by name."""

    table: Table
    head: Head
    links: dict[str, Fact[str]]
    balance: dict[str, Fact[BalanceCheck]]
    hotlines: dict[str, Fact[Hotline]]
    methods: dict[str, Fact[Method]]
    not_working: dict[str, Fact[DeadEnd]]
    rules: dict[str, Fact[KeepRule]]
    counts: dict[str, Fact[Activity]]
    stages: dict[str, Fact[Stage]]
    services: dict[str, Fact[KeepService]]
    conventions: dict[str, Fact[Convention]]
    tariffs: dict[str, Fact[Tariff]]
    notes: dict[str, Fact[Note]]
    cautions: dict[str, Fact[Note]]
    app: dict[str, Fact[App]]
    prefixes: dict[str, Fact[tuple[str, ...]]]


def sheet_of(table: Table) -> Sheet:
    """Read a whole file.

    Raises:
        ConfigError: naming the file, the operator and the field, and what would be right.
    """
    table.allow((*HEAD, *SECTIONS))
    on = table.day("collected_on")
    keepalive = table.table("keepalive")
    keepalive.allow(("rule", "law", "counts"))
    return Sheet(
        table=table,
        head=_head_of(table),
        links=entries_of(table.table("links"), entries.read_link, on),
        balance=entries_of(table.table("balance"), entries.read_balance, on),
        hotlines=entries_of(table.table("hotlines"), entries.read_hotline, on),
        methods=entries_of(table.table("methods"), entries.read_method, on),
        not_working=entries_of(table.table("not_working"), entries.read_dead_end, on),
        rules=entries_of(keepalive.only("rule", "law"), entries.read_rule, on),
        counts=entries_of(keepalive.only("counts"), entries.read_counts, on),
        stages=entries_of(table.table("stages"), entries.read_stage, on),
        services=entries_of(table.table("keep_services"), entries.read_service, on),
        conventions=entries_of(table.table("conventions"), entries.read_convention, on),
        tariffs=entries_of(table.table("tariffs"), entries.read_tariff, on),
        notes=entries_of(table.table("notes"), entries.read_note, on),
        cautions=entries_of(table.table("cautions"), entries.read_note, on),
        app=entries_of(table.only("app"), entries.read_app, on),
        prefixes=entries_of(table.only("prefixes"), entries.read_prefixes, on),
    )


def _head_of(table: Table) -> Head:
    if not _ID.fullmatch(table.string("id")):
        table.fail("id", "must be small letters, digits and single hyphens, such as mts")
    country = table.optional("country")
    if country and not _COUNTRY.fullmatch(country):
        table.fail("country", "must be an ISO 3166 code, such as RU")
    domains = table.strings("official_domains")
    if not all(_DOMAIN.fullmatch(domain) for domain in domains):
        table.fail("official_domains", "must be bare host names in small letters, such as mts.ru")
    return Head(
        country=country or None,
        kind=table.choice("kind", Kind) if table.has("kind") else None,
        order=table.number("order"),
        names=table.optional_text("names"),
        former_names=table.strings("former_names") if table.has("former_names") else None,
        also_called=table.strings("also_called") if table.has("also_called") else None,
        official_domains=domains if table.has("official_domains") else None,
        without=table.strings("without") if table.has("without") else None,
        unconfirmed=table.flag("unconfirmed") if table.has("unconfirmed") else None,
    )


def joined(base: Sheet, over: Sheet) -> Sheet:
    """``base`` with what stands in ``over`` put in its place; faults then name ``over``'s file."""
    return Sheet(
        table=over.table,
        head=_joined_head(base.head, over.head),
        links=base.links | over.links,
        balance=base.balance | over.balance,
        hotlines=base.hotlines | over.hotlines,
        methods=base.methods | over.methods,
        not_working=base.not_working | over.not_working,
        rules=base.rules | over.rules,
        counts=base.counts | over.counts,
        stages=base.stages | over.stages,
        services=base.services | over.services,
        conventions=base.conventions | over.conventions,
        tariffs=base.tariffs | over.tariffs,
        notes=base.notes | over.notes,
        cautions=base.cautions | over.cautions,
        app=base.app | over.app,
        prefixes=base.prefixes | over.prefixes,
    )


def _joined_head(base: Head, over: Head) -> Head:
    given = {f.name: getattr(over, f.name) for f in fields(Head)}
    return replace(base, **{name: value for name, value in given.items() if value is not None})
