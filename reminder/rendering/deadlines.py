"""The deadlines of an owner as a calendar tells them, and who it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from reminder.catalogue.operator import Operator
from reminder.domain.line import Clock, Line
from reminder.domain.money import Money
from reminder.rendering import display, naming
from reminder.rendering.translation import Speech


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline: its line, the clock, the moments at which it is reminded of, and its key, which
    stays the same when the day moves within its month."""

    key: str
    line: Line
    operator: Operator
    clock: Clock
    day: date
    alarms: tuple[datetime, ...]
    version: int
    changed_at: datetime
    short: Money | None = None
    covered: bool | None = None
    floor: Money | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """What the feed as a whole says: language, whose host names it, the pages it links to."""

    language: str
    host: str
    base_url: str


def title_of(cover: Cover, speech: Speech, entry: Entry) -> str:
    """Which number, and what is due on the day."""
    name = naming.title_of(entry.line, entry.operator, cover.language)
    return speech.say("{name}: {fact}", name=name, fact=_fact(cover, speech, entry))


def _fact(cover: Cover, speech: Speech, entry: Entry) -> str:
    fee = _sum(cover, entry.line.fee) if entry.line.fee else ""
    match entry.clock:
        case Clock.RENEWAL if entry.covered:
            return speech.say("fee {fee}, covered", fee=fee)
        case Clock.RENEWAL if entry.short:
            missing = _sum(cover, entry.short)
            return speech.say("fee {fee}, {short} short", fee=fee, short=missing)
        case Clock.RENEWAL:
            return speech.say("fee {fee}", fee=fee) if fee else speech.say("renew")
        case Clock.BALANCE if entry.floor:
            return speech.say("less than {floor} is left", floor=_sum(cover, entry.floor))
        case Clock.BALANCE:
            return speech.say("the money runs out")
        case Clock.INACTIVITY:
            return speech.say("use it once before this day")


def _sum(cover: Cover, amount: Money) -> str:
    return display.money(amount, cover.language)


def description_of(cover: Cover, speech: Speech, entry: Entry) -> str:
    """How to top up: our page, and the operator's own."""
    page = f"{cover.base_url}/operators/{entry.line.operator}?language={cover.language}"
    how = speech.say("How to top up: {url}", url=page)
    official = entry.operator.official_link
    return f"{how}\n{official.url}" if official else how
