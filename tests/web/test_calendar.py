"""The calendar feed as calendar programs fetch it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import httpx
import icalendar
import pytest
import vobject
from starlette.requests import Request

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.service import calendar, lines, people
from reminder.service.work import Work
from reminder.web.calendar import Feeds
from tests.conftest import HandClock, line_fields
from tests.service.samples import person
from tests.web.conftest import add_number


async def test_a_program_fetches_the_feed(
    app: App, guest: httpx.AsyncClient, clock: HandClock
) -> None:
    """Nobody signs in; the feed comes as text/calendar, once while it is the same; a number added
    is there a minute later; the renewed address leaves nothing at the old one."""
    owner = await person(app)
    await app.write(lambda work: lines.register(work, owner, line_fields()))
    me = await app.read(lambda work: people.me(work, owner))
    address = calendar.address(app.desk, me)
    first = await guest.get(address)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert first.content.startswith(b"BEGIN:VCALENDAR")
    again = await guest.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    fields = line_fields(number="+79160000000")
    await app.write(lambda work: lines.register(work, owner, fields))
    assert (await guest.get(address)).content == first.content
    clock.set("2026-11-20T10:01:01")
    assert len((await guest.get(address)).content) > len(first.content)
    await app.write(lambda work: calendar.renew(work, owner))
    assert (await guest.get(address)).status_code == 404
    assert (await guest.get("/calendar/nobody.ics")).status_code == 404


T = TypeVar("T")


class _Counting:
    """The doors of an app that count, and may be broken."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.reads = 0
        self.is_broken = False

    def now(self) -> datetime:
        """The app's time."""
        return self.app.now()

    async def read(self, use: Callable[[Work], T]) -> T:
        """Count, and read."""
        self.reads += 1
        if self.is_broken:
            raise OSError
        return await self.app.read(use)


async def _address(app: App, owner: OwnerId) -> str:
    me = await app.read(lambda work: people.me(work, owner))
    return calendar.address(app.desk, me)


async def test_who_asks_every_second_has_it_made_once(app: App, clock: HandClock) -> None:
    """However many ask while a feed is being made, it is made once; what failed is tried again
    with the next question."""
    owner = await person(app)
    await app.write(lambda work: lines.register(work, owner, line_fields()))
    token = (await _address(app, owner)).rpartition("/")[2].removesuffix(".ics")
    door = _Counting(app)
    feeds = Feeds(door)

    def asked() -> Request:
        scope = {"type": "http", "headers": [], "path_params": {"token": token}}
        return Request(scope)

    answers = await asyncio.gather(*(feeds.answer(asked()) for _ in range(20)))
    assert len({one.body for one in answers}) == 1
    assert door.reads == 20 + 1
    clock.set("2026-11-20T10:01:00")
    door.is_broken = True
    with pytest.raises(OSError):
        await feeds.answer(asked())
    door.is_broken = False
    assert (await feeds.answer(asked())).body == answers[0].body


async def test_strict_readers_know_events_again_after_an_edit(
    app: App, guest: httpx.AsyncClient, clock: HandClock
) -> None:
    """Icalendar and vobject read the fetched feed to the same events, before and after a label, a
    fee and a day are edited; each keeps its UID, and its sequence rises, so that it is moved."""
    owner = await person(app)
    view = await app.write(lambda work: lines.register(work, owner, line_fields()))
    address = await _address(app, owner)

    async def events() -> dict[str, tuple[object, str, int]]:
        raw = (await guest.get(address)).content
        ours: list[Any] = icalendar.Calendar.from_ical(raw).walk("VEVENT")
        theirs: list[Any] = vobject.readOne(raw.decode()).vevent_list
        first = {str(e["uid"]): (e["dtstart"].dt, str(e["summary"]), e["sequence"]) for e in ours}
        second = {
            one.uid.value: (one.dtstart.value, one.summary.value, int(one.sequence.value))
            for one in theirs
        }
        assert first == second
        return first

    before = await events()
    changed = {"label": "Mama", "fee": "350", "renews_on": "2026-12-05"}
    await app.write(lambda work: lines.change(work, owner, view.line.id, changed))
    clock.set("2026-11-20T10:01:01")
    after = await events()
    assert set(before) == set(after)
    assert all("Mama" in after[uid][1] and "Mum" in before[uid][1] for uid in before)
    assert all(after[uid][2] > before[uid][2] for uid in before)
    assert [day for day, _, _ in after.values()] != [day for day, _, _ in before.values()]


async def test_a_packed_feed_is_known_again(app: App, guest: httpx.AsyncClient) -> None:
    """A mark that a proxy made weak, or one of several, still saves the feed from being sent."""
    owner = await person(app)
    await app.write(lambda work: lines.register(work, owner, line_fields()))
    me = await app.read(lambda work: people.me(work, owner))
    address = calendar.address(app.desk, me)
    etag = (await guest.get(address)).headers["etag"]
    for asked, status in ((f"W/{etag}", 304), (f'"other", {etag}', 304), ('"other"', 200)):
        assert (await guest.get(address, headers={"if-none-match": asked})).status_code == status


async def test_the_year_of_a_number_is_a_file(app: App, anna: httpx.AsyncClient) -> None:
    """The same events as the feed has of this number, and of no other; another's is not there."""
    page = await add_number(anna)
    await add_number(anna, number="+7 916 123-45-68", label="Dad")
    assert f'href="{page}/year.ics"' in (await anna.get(f"{page}/year")).text
    answer = await anna.get(f"{page}/year.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["content-disposition"].endswith('.ics"')
    mine = page.rpartition("/")[2]
    uids = re.findall(r"UID:(\S+)", answer.text)
    assert len(uids) == len(set(uids)) == 12
    assert all(uid.startswith(mine) for uid in uids)
    found = await app.read(lambda work: people.by_email(work, "anna@example.org"))
    feed = await app.read(lambda work: calendar.read(work, found))
    assert set(uids) <= set(re.findall(r"UID:(\S+)", feed.content.decode().replace("\r\n ", "")))
    boris = await person(app, "boris@example.org")
    theirs = await app.write(
        lambda work: lines.register(work, boris, line_fields(number="+79160000000"))
    )
    assert (await anna.get(f"/lines/{theirs.line.id}/year.ics")).status_code == 404
