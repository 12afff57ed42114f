"""The calendar feed as calendar programs fetch it."""

from __future__ import annotations

import re

import httpx

from reminder.app import App
from reminder.service import calendar, lines, people
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
