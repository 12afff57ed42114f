"""Promises of reminder/rendering/feed.py: a feed that strict readers take."""

from __future__ import annotations

from datetime import date
from typing import Any

import icalendar
import vobject

from reminder.domain.line import Clock
from reminder.rendering.feed import feed
from tests.rendering.test_deadlines import ALARM, COVER, entry

ENTRIES = [entry(), entry(key="b", clock=Clock.BALANCE), entry(key="c", clock=Clock.INACTIVITY)]


def test_two_strict_readers_see_equal_events() -> None:
    """Icalendar and vobject parse the feed to the same events: all-day, with their alarms."""
    raw = feed(COVER, ENTRIES)
    ours: list[Any] = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    theirs: Any = vobject.readOne(raw.decode())
    first = {
        str(e["uid"]): (str(e["summary"]), e["dtstart"].dt, e["dtend"].dt, len(e.subcomponents))
        for e in ours
    }
    second = {
        e.uid.value: (e.summary.value, e.dtstart.value, e.dtend.value, len(e.valarm_list))
        for e in theirs.vevent_list
    }
    assert first == second
    assert len(first) == 3
    assert {start for _, start, _, _ in first.values()} == {date(2026, 12, 1)}
    alarm = theirs.vevent_list[0].valarm_list[0]
    assert alarm.trigger.value == ALARM


def test_lines_are_folded_and_ended_as_the_standard_says() -> None:
    """RFC 5545: CRLF, no line over 75 octets, no label opens a component of its own."""
    raw = feed(COVER, ENTRIES)
    lines = raw.split(b"\r\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert max(map(len, lines)) <= 75
    assert raw.count(b"\nEND:VEVENT") == 3


def test_equal_values_give_equal_bytes() -> None:
    """So that a program that has the feed is told so."""
    assert feed(COVER, ENTRIES) == feed(COVER, reversed(ENTRIES))
