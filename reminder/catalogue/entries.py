"""Reading one entry of an operator's file: the value, and the origin that every entry carries.

Every entry is a table with ``source``, ``confidence``, ``evidence`` and, where the source has a
date, ``source_date``; our own advice has ``advice = true`` instead. The rest is the value's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from reminder.catalogue.fact import Confidence, Evidence, Fact
from reminder.catalogue.table import Table
from reminder.catalogue.values import (
    Activity,
    App,
    BalanceCheck,
    CheckKind,
    Convention,
    DeadEnd,
    DeadEndState,
    Fee,
    Hotline,
    HotlineKind,
    KeepRule,
    KeepService,
    Method,
    Note,
    NoteTopic,
    Since,
    Stage,
    StageKind,
    Tariff,
    Topic,
    TopUpCounts,
)
from reminder.domain.money import Money, check_currency
from reminder.domain.routes import Pay, Place
from reminder.errors import InvalidInput

T = TypeVar("T")
N = TypeVar("N", CheckKind, HotlineKind, StageKind)

ORIGIN = ("source", "source_date", "confidence", "evidence", "advice")
_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
_PERIOD = re.compile(r"P[1-9]\d*[DWMY]")
_STARTS = re.compile(r"(\d{2,8})(?:-(\d{2,8}))?")
_DATED = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_MOST_STARTS = 1000
_WHOLE = 100


def fact_of(entry: Table, value: T, collected_on: date) -> Fact[T]:
    """Join a value to the origin that its table names."""
    written, earliest = _dated(entry, collected_on)
    if entry.flag("advice"):
        return Fact(
            value, _source(entry), earliest, Confidence.MEDIUM, Evidence.SEEN, written, advice=True
        )
    if not entry.has("source"):
        entry.fail("source", 'is missing; write "" if the source is not public')
    source = _source(entry)
    confidence = entry.choice("confidence", Confidence)
    if confidence is Confidence.HIGH and not source:
        entry.fail("confidence", "must be medium or low, because the source has no address")
    evidence = entry.choice("evidence", Evidence)
    return Fact(value, source, earliest, confidence, evidence, written)


def entries_of(
    group: Table, read: Callable[[str, Table], T], collected_on: date
) -> dict[str, Fact[T]]:
    """Read every named entry of one group."""
    return {name: fact_of(entry, read(name, entry), collected_on) for name, entry in group.tables()}


def _source(entry: Table) -> str:
    source = entry.optional("source")
    if source and not _ADDRESS.fullmatch(source):
        entry.fail("source", 'must be a whole address with https:// or http://, or ""')
    return source


def _dated(entry: Table, collected_on: date) -> tuple[str, date]:
    """The source's date as written, and its earliest day; without one, the day of collection."""
    written = entry.optional("source_date")
    if not written:
        return "", collected_on
    wrong = 'must be a date in quotes, as far as known: "2026", "2026-09" or "2026-09-29"'
    match = _DATED.fullmatch(written)
    if not match:
        entry.fail("source_date", wrong)
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        earliest = date(year, month, day)
    except ValueError:
        entry.fail("source_date", wrong)
    if earliest > collected_on:
        entry.fail("source_date", f"must not be later than collected_on, {collected_on}")
    return written, earliest


def read_link(name: str, entry: Table) -> str:
    """Read ``value``, the address of a page whose topic is the entry's name."""
    entry.allow((*ORIGIN, "value"))
    if name not in set(Topic):
        entry.fail("", f"this page is not known; known are {', '.join(Topic)}")
    return entry.string("value")


def read_app(_: str, entry: Table) -> App:
    """Read the app's ``name`` and its ``android`` package."""
    entry.allow((*ORIGIN, "name", "android"))
    return App(entry.string("name"), entry.optional("android"))


def read_balance(name: str, entry: Table) -> BalanceCheck:
    """Read ``code``, for a text also ``to``, and ``text`` about it."""
    entry.allow((*ORIGIN, "code", "to", "text"))
    kind = _named(name, entry, CheckKind)
    to = entry.string("to") if kind is CheckKind.SMS else ""
    return BalanceCheck(kind, entry.string("code"), to, entry.optional_text("text"))


def read_hotline(name: str, entry: Table) -> Hotline:
    """Read ``number`` and ``text`` about it."""
    entry.allow((*ORIGIN, "number", "text"))
    kind = _named(name, entry, HotlineKind)
    return Hotline(kind, entry.string("number"), entry.optional_text("text"))


def read_method(name: str, entry: Table) -> Method:
    """Read a way to top up."""
    own = ("name", "own_name", "places", "pays", "steps", "fee", "conditions", "link")
    entry.allow((*ORIGIN, *own))
    steps = entry.texts("steps")
    if not steps:
        entry.fail("steps", "must have at least one step")
    return Method(
        id=name,
        name=entry.text("name"),
        own_name=entry.optional("own_name"),
        places=entry.choices("places", Place),
        pays=entry.choices("pays", Pay) if entry.strings("pays") else frozenset(),
        steps=steps,
        fee=_fee(entry) if entry.has("fee") else None,
        conditions=entry.optional_text("conditions"),
        link=_topic(entry),
    )


def _fee(entry: Table) -> Fee:
    fee = entry.table("fee")
    fee.allow(("text", "percent"))
    if not fee.has("percent"):
        return Fee(fee.text("text"))
    wrong = 'must be a number in quotes from "0" to "100", such as "0.4"'
    try:
        percent = Decimal(fee.string("percent"))
    except InvalidOperation:
        fee.fail("percent", wrong)
    if not (percent.is_finite() and 0 <= percent <= _WHOLE):
        fee.fail("percent", wrong)
    return Fee(fee.text("text"), percent)


def read_dead_end(name: str, entry: Table) -> DeadEnd:
    """Read a way to pay that is no use trying."""
    entry.allow((*ORIGIN, "state", "name", "text"))
    state = entry.choice("state", DeadEndState)
    return DeadEnd(name, state, entry.text("name"), entry.text("text"))


def read_rule(_: str, entry: Table) -> KeepRule:
    """Read how many ``days`` of silence a number survives."""
    entry.allow((*ORIGIN, "text", "days", "about"))
    days = entry.number("days")
    if days == 0:
        entry.fail("days", "must be 1 or more; leave it out if the source names none")
    return KeepRule(entry.text("text"), days, entry.flag("about"))


def read_counts(_: str, entry: Table) -> Activity:
    """Read what counts as use, and what a ``top_up`` alone does."""
    entry.allow((*ORIGIN, "text", "top_up"))
    return Activity(entry.text("text"), entry.choice("top_up", TopUpCounts))


def read_stage(name: str, entry: Table) -> Stage:
    """Read one step of the loss of a number; its name is its kind, unless it says another."""
    entry.allow((*ORIGIN, "kind", "since", "days", "text", "helps"))
    named = entry.choice("kind", StageKind) if entry.has("kind") else None
    return Stage(
        kind=named or _named(name, entry, StageKind),
        since=entry.choice("since", Since),
        days=entry.number("days"),
        text=entry.text("text"),
        helps=entry.optional_text("helps"),
    )


def read_service(name: str, entry: Table) -> KeepService:
    """Read a service that keeps a silent number: ``price`` in ``currency`` for each ``period``."""
    own = ("name", "own_name", "text", "price", "currency", "period", "link")
    entry.allow((*ORIGIN, *own))
    return KeepService(
        id=name,
        name=entry.text("name"),
        own_name=entry.optional("own_name"),
        text=entry.text("text"),
        price=_price(entry) if entry.has("price") else None,
        period=_period(entry),
        link=_topic(entry),
    )


def _price(entry: Table) -> Money:
    try:
        return Money.parse(entry.string("price"), check_currency(entry.string("currency")))
    except InvalidInput as error:
        entry.fail("price", f'must be a sum in quotes beside its currency, such as "349": {error}')


def _period(entry: Table) -> str | None:
    period = entry.optional("period")
    if period and not _PERIOD.fullmatch(period):
        entry.fail("period", "must be an ISO 8601 period, such as P1M or P30D")
    return period or None


def read_convention(_: str, entry: Table) -> Convention:
    """Read how a fee comes round."""
    entry.allow((*ORIGIN, "period", "text"))
    return Convention(entry.text("text"), _period(entry))


def read_tariff(name: str, entry: Table) -> Tariff:
    """Read where one tariff differs."""
    entry.allow((*ORIGIN, "name", "text", "period", "keep_days"))
    days = entry.number("keep_days")
    return Tariff(name, entry.text("name"), entry.text("text"), _period(entry), days)


def read_note(name: str, entry: Table) -> Note:
    """Read a titled paragraph."""
    entry.allow((*ORIGIN, "topic", "title", "text", "link"))
    topic = entry.choice("topic", NoteTopic)
    return Note(name, topic, entry.text("title"), entry.text("text"), _topic(entry))


def read_prefixes(_: str, entry: Table) -> tuple[str, ...]:
    """Read the first digits of the numbers given out, ``"7910-7919"`` meaning all between."""
    entry.allow((*ORIGIN, "starts"))
    found: list[str] = []
    for written in entry.strings("starts"):
        match = _STARTS.fullmatch(written)
        first, last = (match[1], match[2] or match[1]) if match else ("", "")
        if not first or len(first) != len(last) or not 0 <= int(last) - int(first) < _MOST_STARTS:
            entry.fail("starts", f'{written} must be like "7903" or "7910-7919", without +')
        found.extend(str(start) for start in range(int(first), int(last) + 1))
    return tuple(found)


def _topic(entry: Table) -> Topic | None:
    return entry.choice("link", Topic) if entry.has("link") else None


def _named(name: str, entry: Table, kind: type[N]) -> N:
    if name not in set(kind):
        entry.fail("", f"this name is not known; known are {', '.join(kind)}")
    return kind(name)
