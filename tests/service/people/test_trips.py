"""Promises of reminder/service/people/trips.py: trips come and go one by one."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.days import Trip
from reminder.errors import NotFound
from reminder.service import people
from tests.builders import day
from tests.service.samples import faults, person, register
from tests.storage.samples import next_wake_at

AWAY = {"timezone": "Asia/Shanghai", "first_day": "2026-11-23", "last_day": "2026-12-20"}


async def test_a_trip_moves_what_is_due_and_back(app: App) -> None:
    """A trip that begins before the next message moves it to nine there, at once; without it the
    message comes at home again."""
    owner = await person(app)
    await register(app, owner)

    async def next_at() -> str:
        await app.plan()
        due = await app.read(lambda work: next_wake_at(work.session))
        assert due is not None
        return due.isoformat()

    assert await next_at() == "2026-11-24T06:00:00+00:00"
    mine = await app.write(lambda work: people.add_trip(work, owner, AWAY))
    assert mine.trips == (Trip(day("2026-11-23"), day("2026-12-20"), "Asia/Shanghai"),)
    assert await next_at() == "2026-11-24T01:00:00+00:00"
    await app.write(lambda work: people.remove_trip(work, owner, "2026-11-23"))
    assert await next_at() == "2026-11-24T06:00:00+00:00"


async def test_a_trip_that_begins_today_counts_at_once(app: App) -> None:
    """From the moment it is entered days are counted there: noon in Moscow is evening there."""
    owner = await person(app)
    today = await app.read(lambda work: people.me(work, owner).days.of(work.now))
    given = {**AWAY, "first_day": today.isoformat(), "last_day": today.isoformat()}
    await app.write(lambda work: people.add_trip(work, owner, given))
    there = await app.read(lambda work: people.me(work, owner).days.zone_at(work.now))
    assert there == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, ["timezone", "first_day", "last_day"]),
        ({**AWAY, "timezone": "Shanghai"}, ["timezone"]),
        ({**AWAY, "first_day": "tomorrow"}, ["first_day"]),
        ({**AWAY, "last_day": "2026-11-22"}, ["last_day"]),
        ({**AWAY, "place": "x"}, ["place"]),
    ],
)
async def test_a_trip_that_cannot_be(app: App, given: dict[str, str], fields: list[str]) -> None:
    """Each fault is named by its own field, and no trip is kept."""
    owner = await person(app)
    found = await faults(app, lambda work: people.add_trip(work, owner, given))
    assert sorted(found) == sorted(fields)
    assert (await app.read(lambda work: people.me(work, owner))).trips == ()


async def test_an_overlap_is_refused(app: App) -> None:
    """No day in two zones; and a trip that is not there cannot be removed."""
    owner = await person(app)
    await app.write(lambda work: people.add_trip(work, owner, AWAY))
    other = {**AWAY, "first_day": "2026-12-20", "last_day": "2026-12-24"}
    assert await faults(app, lambda work: people.add_trip(work, owner, other)) == ["last_day"]
    with pytest.raises(NotFound):
        await app.write(lambda work: people.remove_trip(work, owner, "2026-12-20"))
