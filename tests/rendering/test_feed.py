"""Promises of reminder/rendering/feed.py: a feed that strict readers take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest
import vobject

from reminder.catalogue.loading import load
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import Clock, Line
from reminder.domain.money import Money
from reminder.rendering.feed import Cover, Entry, feed

COVER = Cover("en", "reminder.test", "https://reminder.test", date(2026, 11, 20))
ALARM = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def entry(**changes: object) -> Entry:
    """The fee of a line whose label tries to break out of its event."""
    line = Line(
        LineId("lin_1"),
        OwnerId("own_1"),
        "+79161234567",
        "mts",
        "RUB",
        label='Mum; "quoted", 妈妈\nEND:VEVENT',
        fee=Money(30000, "RUB"),
    )
    made = Entry(
        key="lin_1.renewal.2026-12",
        line=line,
        operator=load(None).get("mts"),
        clock=Clock.RENEWAL,
        day=date(2026, 12, 1),
        alarms=(ALARM,),
        version=3,
        changed_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        short=Money(17950, "RUB"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # by name


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


def test_the_number_is_masked() -> None:
    """A calendar is shared more easily than mail."""
    assert b"1234567" not in feed(COVER, ENTRIES)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "fee 300 ₽, 179.50 ₽ short"),
        ("ru", "плата 300 ₽, не хватает 179,50 ₽"),
        ("zh", "扣费 300 卢布，还差 179.50 卢布"),
    ],
)
def test_each_language_has_its_words(language: str, said: str) -> None:
    """What is due stands in the title, in the owner's language."""
    raw = feed(replace(COVER, language=language), ENTRIES)
    walked: list[Any] = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    titles = [str(event["summary"]).replace("\u00a0", " ") for event in walked]
    assert any(title.endswith(said) for title in titles)


def test_equal_values_give_equal_bytes() -> None:
    """So that a program that has the feed is told so."""
    assert feed(COVER, ENTRIES) == feed(COVER, reversed(ENTRIES))
