"""Deadlines as a calendar feed (RFC 5545, by ``icalendar``): all-day events with their alarms.

Loaded when the first feed is asked for: icalendar alone takes a tenth of the time of a start.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDDDTypes, vDuration

from reminder.rendering.deadlines import Cover, Entry, description_of, title_of
from reminder.rendering.translation import Speech

DAY = timedelta(days=1)
REFRESH = timedelta(hours=6)


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
    title = title_of(cover, speech, entry)
    event.add("uid", f"{entry.key}@{cover.host}")
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("last-modified", entry.changed_at.replace(microsecond=0))
    event.add("sequence", entry.version)
    event.add("summary", title)
    event.add("description", description_of(cover, speech, entry))
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
