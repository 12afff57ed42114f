"""Deadlines as a calendar feed (RFC 5545, by ``icalendar``): all-day events with their alarms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDDDTypes, vDuration

from reminder.catalogue.operator import Operator
from reminder.domain.line import Clock, Line
from reminder.domain.money import Money
from reminder.rendering import display
from reminder.rendering.naming import title_of
from reminder.rendering.translation import Speech

DAY = timedelta(days=1)
REFRESH = timedelta(hours=6)


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


@dataclass(frozen=True, slots=True)
class Cover:
    """What the feed as a whole says: language, whose host names it, the pages it links to."""

    language: str
    host: str
    base_url: str
    today: date


def feed(cover: Cover, entries: Iterable[Entry]) -> bytes:
    """The feed of these deadlines. Equal values give equal bytes."""
    speech = Speech.of(cover.language)
    calendar = Calendar()
    calendar.add("prodid", "-//reminder//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", speech.say("Phone numbers"))
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in sorted(entries, key=lambda one: (one.day, one.key)):
        calendar.add_component(_event(cover, speech, entry))
    return bytes(calendar.to_ical())


def _event(cover: Cover, speech: Speech, entry: Entry) -> Event:
    event = Event()
    title = _title(cover, speech, entry)
    event.add("uid", f"{entry.key}@{cover.host}")
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("last-modified", entry.changed_at.replace(microsecond=0))
    event.add("sequence", entry.version)
    event.add("summary", title)
    event.add("description", _description(cover, speech, entry))
    event.add("url", f"{cover.base_url}/lines/{entry.line.id}")
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + DAY)
    event.add("transp", "TRANSPARENT")
    event.add("categories", [entry.clock.value])
    for moment in entry.alarms:
        event.add_component(_alarm(title, moment))
    return event


def _alarm(title: str, moment: datetime) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", vDDDTypes(moment.astimezone(UTC)), parameters={"value": "DATE-TIME"})
    return alarm


def _title(cover: Cover, speech: Speech, entry: Entry) -> str:
    name = title_of(entry.line, entry.operator, cover.language)
    return speech.say("{name}: {fact}", name=name, fact=_fact(cover, speech, entry))


def _fact(cover: Cover, speech: Speech, entry: Entry) -> str:
    fee = display.money(entry.line.fee, cover.language) if entry.line.fee else ""
    match entry.clock:
        case Clock.RENEWAL if entry.covered:
            return speech.say("fee {fee}, covered", fee=fee)
        case Clock.RENEWAL if entry.short:
            missing = display.money(entry.short, cover.language)
            return speech.say("fee {fee}, {short} short", fee=fee, short=missing)
        case Clock.RENEWAL:
            return speech.say("fee {fee}", fee=fee) if fee else speech.say("renew")
        case Clock.BALANCE:
            return speech.say("the money runs out")
        case Clock.INACTIVITY:
            return speech.say("use it once before this day")


def _description(cover: Cover, speech: Speech, entry: Entry) -> str:
    page = f"{cover.base_url}/operators/{entry.line.operator}?language={cover.language}"
    how = speech.say("How to top up: {url}", url=page)
    official = entry.operator.official_link
    return f"{how}\n{official.url}" if official else how
