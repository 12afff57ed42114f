"""The pages behind a message's links, as anyone meets them who holds the message."""

from __future__ import annotations

import re

import httpx

from reminder.app import App
from tests.conftest import HandClock
from tests.web.conftest import add_number
from tests.web.test_board import said
from tests.web.test_site import mailed_links


async def _links(app: App, anna: httpx.AsyncClient, clock: HandClock) -> dict[str, str]:
    await add_number(anna)
    clock.set("2026-11-24T08:00")
    links = await mailed_links(app, anna)
    anna.cookies.clear()
    return links


async def test_later_and_never_stand_beside_i_topped_up(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """One press each, without signing in, from the page of the one link that was opened."""
    links = await _links(app, anna, clock)
    page = said(await anna.get(links["topped-up"]))
    snooze = re.findall(r'action="(/a/snooze/[^"]+)"', page)[0]
    stop = re.findall(r'action="(/a/stop/[^"]+)"', page)[0]
    after = await anna.post(snooze, data={"until": "1"})
    assert "Next message: Wed 25 Nov, 09:00." in said(await anna.get(after.headers["location"]))
    clock.set("2026-11-24T09:00")
    after = await anna.post(stop)
    done = said(await anna.get(after.headers["location"]))
    assert "Nothing more will come about this number until you resume it." in done
    undo = re.findall(r'action="(/a/undo/[^"]+)"', done)[0]
    assert (await anna.post(undo)).status_code == 303


async def test_what_is_so_now_is_said_after_it(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """The sum, the balance by our count, what follows and when the next message comes."""
    links = await _links(app, anna, clock)
    form = {"sum": "other", "other": "1030", "on": "2026-11-23"}
    after = await anna.post(links["topped-up"], data=form)
    page = said(await anna.get(after.headers["location"]))
    assert "1,030 ₽, 23 Nov" in page
    assert "About 1,150.50 ₽ is there now." in page
    assert "300 ₽, covered." in page
    assert "Next message:" in page


async def test_what_stands_until_a_later_day_is_said_in_words(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """The page that puts off says what to do and by when, and shows no markup."""
    links = await _links(app, anna, clock)
    answer = await anna.get(links["snooze"])
    shown = said(answer).replace('<span class="keep">', "").replace("</span>", "")
    assert "What stands until then: Top up at least 179.50 ₽ before Tue 1 Dec" in shown
    assert "&lt;" not in answer.text


async def test_the_days_to_choose_from_are_written_out(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """A day that is too far is answered with the days that would do."""
    links = await _links(app, anna, clock)
    answer = await anna.post(links["snooze"], data={"until": "date", "day": "2027-01-30"})
    assert "Choose a day from 25 Nov to 8 Dec" in said(answer)


async def test_the_whole_balance_alone_is_enough(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """Who knows only what the balance is now records that."""
    links = await _links(app, anna, clock)
    after = await anna.post(links["topped-up"], data={"sum": "other", "balance": "640"})
    assert "About 640 ₽ is there now." in said(await anna.get(after.headers["location"]))


async def test_sums_are_offered_without_the_day_of_a_fee(anna: httpx.AsyncClient) -> None:
    """What brings the money back to one's own floor, and what makes it last longer, to press."""
    fields = {"fee": "10", "cycle": "daily", "next": ""}
    line = await add_number(anna, balance="25", low_balance="40", **fields)
    page = said(await anna.get(f"{line}/topped-up"))
    offered = re.findall(r'name="sum" value="([^"]+)"( checked)?>.*?<small>(.*?)</small>', page)
    assert offered == [("15.00", " checked", "back to 40 ₽"), ("335.00", "", "until 23 Dec")]
    after = await anna.post(f"{line}/topped-up", data={"sum": "15.00", "form": "f", "on": ""})
    assert after.status_code == 303


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """A sum in words, a day to come: the form comes back as it was typed."""
    links = await _links(app, anna, clock)
    form = {"sum": "other", "other": "three", "on": "2026-12-24"}
    page = said(await anna.post(links["topped-up"], data=form))
    assert "Enter the amount in digits" in page
    assert 'value="three"' in page
    assert 'action="/a/snooze/' in page


async def test_an_old_link_says_so_and_leads_on(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """After its thirty days a link does nothing and leads to the numbers."""
    links = await _links(app, anna, clock)
    clock.set("2027-02-01T08:00")
    for answer in (await anna.get(links["stop"]), await anna.post(links["stop"])):
        assert answer.status_code == 410
        assert 'href="/lines"' in answer.text
