"""The log: what was sent, what is tried again, what was not sent and why."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import text

from reminder import web
from reminder.domain.breaker import NOT_ASKED
from reminder.domain.ids import ChannelId
from reminder.service import acts, channels, deliveries, people
from reminder.service.work import Work
from reminder.web.deliveries import PAGE
from tests.conftest import HandClock, World
from tests.fakes import Answer
from tests.service.samples import register
from tests.web.conftest import BASE, OURS


@pytest.fixture
async def browser(world: World) -> httpx.AsyncClient:
    """Anna's browser before a service with SMTP and a webhook receiver."""
    transport = httpx.ASGITransport(web.create(world.app), raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS)
    path = await world.app.write(lambda work: people.owner_link(work, world.owner))
    await client.post(path)
    return client


async def _hook(world: World) -> str:
    given = {"kind": "webhook", "url": world.hook.url, "label": "Home"}
    added = await world.app.write(lambda work: channels.add(work, world.owner, given))
    return added.channel.id


def _rewrite(detail: str, work: Work) -> None:
    change = text("UPDATE attempt SET detail = :said WHERE outcome = 'unreachable'")
    work.session.execute(change.bindparams(said=detail))


async def _page(browser: httpx.AsyncClient, query: str = "") -> str:
    answer = await browser.get(f"/deliveries{query}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


async def test_each_state_stands_in_words(world: World, browser: httpx.AsyncClient) -> None:
    """Planned, on its way, trying again, delivered, not sent: each with its reason."""
    hook = await _hook(world)
    line = (await register(world.app, world.owner)).line.id
    assert "planned" in await _page(browser)
    world.hook.behave(Answer(503))
    await world.beat("2026-11-24T06:00:00")
    page = await _page(browser)
    for words in ("Today, Tue 24\xa0Nov", "Mum", "fee on 1\xa0Dec", "(7 days before)", "delivered"):
        assert words in page
    assert "trying again" in page
    assert "The address answered 503. Next try: Tue 24\xa0Nov, 09:00." in page
    await world.app.write(lambda w: acts.topped_up(w, world.owner, line, {"amount": "500"}))
    await world.beat("2026-11-24T06:10:00")
    again = await _page(browser, f"?channel={hook}")
    assert "not sent" in again
    assert "The money is there." in again


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "low balance from 20\xa0Nov (1 day after)"),
        ("ru", "мало денег с 20\xa0ноября (спустя 1 день)"),
    ],
)
async def test_money_is_not_said_to_last_until_the_day_it_fell(
    world: World, browser: httpx.AsyncClient, language: str, words: str
) -> None:
    """What was sent about the owner's floor names that day as what it is, also when it is over, and
    how long ago it was."""
    fields = {"balance": "40", "low_balance": "100", "fee": None, "renews_on": None}
    line = (await register(world.app, world.owner, **fields)).line.id
    await world.beat("2026-11-21T06:00:00")
    page = re.sub(r"<[^>]+>", "", await _page(browser, f"?line={line}&language={language}"))
    assert words in page
    assert "lasts" not in page


async def test_a_try_that_was_not_made_is_not_called_no_answer(
    world: World, browser: httpx.AsyncClient
) -> None:
    """Whatever is said of a try is a sentence of its own before the next one begins."""
    await _hook(world)
    await register(world.app, world.owner)
    world.hook.behave(Answer(503))
    await world.beat("2026-11-24T06:00:00")
    for detail, words in (
        (NOT_ASKED, "The address has not answered for a while: it was not called this time. Next"),
        ("this process stood still too long: nothing was sent", "nothing was sent. Next try"),
        ("something new", "no answer. Next try"),
    ):
        await world.app.write(partial(_rewrite, detail))
        assert words in await _page(browser)


async def test_what_is_planned_is_told_as_it_will_be(
    world: World, browser: httpx.AsyncClient
) -> None:
    """A covered fee that is mentioned next is named, though another clock leads; so is a repeat,
    and the page of its number does not say that no message is planned."""
    await register(world.app, world.owner, balance="450")
    fields = {"number": "+7 916 123-45-68", "label": "Dad", "balance": "25", "fee": "10"}
    fields |= {"period": "P1D", "renews_on": None}  # type: ignore[dict-item]  # null in JSON
    dad = (await register(world.app, world.owner, **fields)).line.id
    await world.beat("2026-11-23T07:00:00")
    page = re.sub(r"<[^>]+>", "", await _page(browser))
    assert "Mum: fee on 1\xa0Dec (7 days before)" in page
    assert "Dad: low balance from 23\xa0Nov (1 day after)" in page
    line = html.unescape((await browser.get(f"/lines/{dad}")).text)
    assert "Next message: Tue 24\xa0Nov, 09:00." in line
    assert "No message is planned" not in line


async def test_the_page_of_a_number_tells_only_its_own(
    world: World, browser: httpx.AsyncClient
) -> None:
    """Of a message about several numbers a number's page tells what is its own, and how early."""
    line = (await register(world.app, world.owner)).line.id
    fields = {"number": "+7 916 123-45-68", "label": "Dad", "renews_on": "2026-11-27"}
    await register(world.app, world.owner, **fields)
    await world.beat("2026-11-24T06:00:00")
    page = html.unescape((await browser.get(f"/lines/{line}")).text).partition('id="log"')[2]
    assert "fee on 1\xa0Dec (7 days before)" in page
    assert "27\xa0Nov" not in page


async def test_a_message_has_a_page_with_every_try(
    world: World, browser: httpx.AsyncClient
) -> None:
    """Each try with its moment and how it ended; *try now* tries, and leads back here."""
    hook = await _hook(world)
    world.hook.behave(Answer(410), times=1)
    sent = await world.app.write(lambda w: channels.test(w, world.owner, ChannelId(hook)))
    await world.beat()
    page = html.unescape((await browser.get(f"/deliveries/{sent}")).text)
    assert "The address answered 410: it is gone for good." in page
    assert "not delivered" in page
    retried = await browser.post(f"/deliveries/{sent}/retry")
    assert retried.headers["location"] == f"/deliveries/{sent}?said=retried"
    await world.beat()
    page = html.unescape((await browser.get(f"/deliveries/{sent}")).text)
    assert "try 2" in page
    assert "at try 2" in page
    assert (await browser.post(f"/deliveries/{sent}/retry")).status_code == 409


async def test_the_log_is_filtered_and_paged(world: World, browser: httpx.AsyncClient) -> None:
    """By number, channel and result, page by page, nothing twice and nothing left out."""
    hook = await _hook(world)
    for _ in range(PAGE + 5):
        await world.app.write(lambda w: channels.test(w, world.owner, ChannelId(hook)))
        world.clock.at += timedelta(seconds=11)
    seen: list[str] = []
    query = f"?channel={hook}"
    while query:
        page = await _page(browser, query)
        seen += re.findall(r'href="/deliveries/(dlv_\w+)"', page)
        older = re.findall(r'class="btn" href="(\?[^"]*before=[^"]+)"', page)
        query = older[0] if older else ""
    assert len(seen) == len(set(seen)) == PAGE + 5
    assert seen == sorted(seen, reverse=True)
    for nothing in ("?state=dead", "?line=lin_none", "?channel=chn_none", "?state=nonsense"):
        assert "Nothing fits." in await _page(browser, nothing)
    assert await _page(browser, "?state=pending")


async def test_a_deleted_number_is_masked_in_the_log(
    world: World, browser: httpx.AsyncClient, clock: HandClock
) -> None:
    """The log keeps a number without a name of its own, but never whole."""
    await register(world.app, world.owner, label="")
    await world.beat("2026-11-24T06:00:00")
    await world.app.write(lambda work: work.session.execute(text("DELETE FROM line")))
    page = await _page(browser)
    assert "+79161234567" not in page
    assert "+7 916 ••• •• 67" in page


async def test_long_logs_are_read_by_their_index(world: World, browser: httpx.AsyncClient) -> None:
    """A page of the log never sorts or scans the whole of it."""
    carried = "delivery_reminder JOIN reminder ON reminder.id = reminder_id"
    queries = (
        "SELECT * FROM delivery WHERE owner_id = 'o' AND id < 'd' ORDER BY id DESC LIMIT 51",
        f"SELECT delivery_id FROM {carried} WHERE line_id = 'l'",
    )
    for query in queries:
        plan = await world.app.read(
            lambda w, q=query: w.session.execute(text(f"EXPLAIN QUERY PLAN {q}")).all()  # type: ignore[misc]
        )
        said = " ".join(str(row[3]) for row in plan)
        assert "SCAN" not in said
        assert "TEMP B-TREE" not in said
    assert await world.app.read(lambda w: deliveries.everything(w, world.owner)) == []
