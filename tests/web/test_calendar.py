"""The calendar feed as calendar programs fetch it."""

from __future__ import annotations

import httpx

from reminder.app import App
from reminder.service import calendar, lines, people
from tests.conftest import HandClock, line_fields
from tests.service.samples import person


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
