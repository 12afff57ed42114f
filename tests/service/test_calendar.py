"""Promises of reminder/service/calendar.py: an owner's feed at a secret address."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

import icalendar
import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import NotFound
from reminder.service import acts, calendar, lines, people
from tests.bench import seed
from tests.conftest import HandClock
from tests.service.samples import patch, person, register


async def events(app: App, owner: OwnerId) -> dict[str, tuple[date, int]]:
    """Day and number of alarms of each event, by uid."""
    feed = await app.read(lambda work: calendar.read(work, people.me(work, owner)))
    walked: list[Any] = icalendar.Calendar.from_ical(feed.content).walk("VEVENT")
    return {str(e["uid"]): (e["dtstart"].dt, len(e.subcomponents)) for e in walked}


async def test_the_year_ahead_with_its_alarms(app: App) -> None:
    """Every fee of the year is an event, month-ends included, with an alarm for each lead."""
    owner = await person(app)
    await register(app, owner, renews_on="2027-01-31")
    days = sorted(day for day, _ in (await events(app, owner)).values())
    assert days[:3] == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert days[-1] == date(2027, 10, 31)
    assert {count for _, count in (await events(app, owner)).values()} == {4}


async def test_a_year_of_thousands_is_cut_short(app: App) -> None:
    """Of many numbers the feed foretells less than a year; the next deadline of each is there."""
    owner = await person(app)
    await app.write(lambda work: seed.fill(work, owner, 500))
    found = await events(app, owner)
    views = await app.read(lambda work: lines.everything(work, owner))
    assert {uid[:20] for uid in found} == {view.line.id for view in views}
    fees = [day for uid, (day, _) in found.items() if ".renewal." in uid]
    assert date(2027, 5, 1) < max(fees) <= date(2027, 5, 22)


async def test_an_edit_keeps_the_uid(app: App) -> None:
    """Label, fee and a day moved within its month leave the event's identity as it was."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    before = await events(app, owner)
    await patch(app, owner, line, {"label": "Mama", "fee": "350", "renews_on": "2026-12-05"})
    after = await events(app, owner)
    assert set(before) == set(after)
    assert before != after


async def test_periods_of_days_have_uids_of_their_own(app: App) -> None:
    """Two fees in one month are two events."""
    owner = await person(app)
    await register(app, owner, period="P7D")
    days = sorted(day for day, _ in (await events(app, owner)).values())
    assert {(later - day).days for day, later in pairwise(days)} == {7}
    assert days[-1] > date(2027, 11, 10)


async def test_a_covered_fee_has_one_alarm(app: App) -> None:
    """What is said once rings once; what is stopped is not there."""
    owner = await person(app)
    line = (await register(app, owner, balance="1000")).line.id
    days = await events(app, owner)
    assert min(days.values()) == (date(2026, 12, 1), 1)
    await app.write(lambda work: acts.stop(work, owner, line))
    assert await events(app, owner) == {}


async def test_the_address_can_be_renewed(app: App) -> None:
    """The old address is gone at once; no address of one owner opens another's."""
    owner, boris = await person(app), await person(app, "boris@example.org")

    async def token(whose: OwnerId) -> str:
        one = await app.read(lambda work: people.me(work, whose))
        return calendar.address(app.desk, one).rpartition("/")[2].removesuffix(".ics")

    old = await token(owner)
    assert (await app.read(lambda work: calendar.owner_of(work, old))).id == owner
    await app.write(lambda work: calendar.renew(work, owner))
    new = await token(owner)
    assert new != old
    forged = boris + new[len(owner) :]
    for wrong in (old, forged, "", "own_x.y", new + "0"):
        with pytest.raises(NotFound):
            await app.read(partial(calendar.owner_of, token=wrong))


async def test_an_unchanged_feed_has_its_mark(app: App, clock: HandClock) -> None:
    """Nothing happened: the same mark, an hour later too; a change gives another."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    me = await app.read(lambda work: people.me(work, owner))
    first = await app.read(lambda work: calendar.read(work, me))
    clock.set("2026-11-20T11:00")
    assert await app.read(lambda work: calendar.read(work, me)) == first
    await patch(app, owner, line, {"label": "Mama"})
    assert (await app.read(lambda work: calendar.read(work, me))).etag != first.etag
