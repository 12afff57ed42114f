"""Channels: whether each works is seen at once; adding, testing, stopping, removing."""

from __future__ import annotations

import html
import re
from pathlib import Path

import httpx
import pytest

from reminder import web
from reminder.app import App, open_app
from reminder.domain.delivery import Format
from reminder.service import channels, people
from tests.conftest import HandClock, World, settings_in
from tests.fakes import Answer, SmtpSink
from tests.service.samples import person, register
from tests.web.conftest import BASE, OURS


@pytest.fixture
async def browser(world: World) -> httpx.AsyncClient:
    """Anna's browser before a service with SMTP and a webhook receiver."""
    transport = httpx.ASGITransport(web.create(world.app), raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS)
    path = await world.app.write(lambda work: people.owner_link(work, world.owner))
    await client.post(path)
    return client


async def _hook(world: World, browser: httpx.AsyncClient, **changes: str) -> str:
    form = {"kind": "webhook", "url": world.hook.url, "label": "Home", "use": "always", **changes}
    page = (await browser.post("/channels", data=form)).text
    return str(re.findall(r'action="(/channels/[^"/]+)/test"', page)[0])


async def test_a_test_goes_the_real_way_and_its_result_is_shown(
    world: World, browser: httpx.AsyncClient
) -> None:
    """On its way, then arrived, or why not, in words, with the next try."""
    channel = await _hook(world, browser)
    where = (await browser.post(f"{channel}/test")).headers["location"].partition("#")[0]
    assert "The test is on its way" in (await browser.get(where)).text
    await world.beat()
    arrived = html.unescape((await browser.get(where)).text)
    assert "The test arrived" in arrived
    assert "Reminders arrive here." in arrived
    assert len(world.hook.requests) == 1
    world.hook.behave(Answer(503))
    where = (await browser.post(f"{channel}/test")).headers["location"].partition("#")[0]
    await world.beat()
    failed = html.unescape((await browser.get(where)).text)
    assert "The test did not arrive" in failed
    assert "The address answered 503." in failed
    assert "Next try:" in failed


async def test_a_running_service_answers_with_the_result(
    world: World, browser: httpx.AsyncClient
) -> None:
    """Where this process sends, pressing the button shows at once how it went."""
    channel = await _hook(world, browser)
    await world.app.start()
    where = (await browser.post(f"{channel}/test")).headers["location"].partition("#")[0]
    assert "The test arrived" in (await browser.get(where)).text


async def test_the_list_says_what_works(world: World, browser: httpx.AsyncClient) -> None:
    """State, since when, counts and last arrival stand in the list; a URL without its token."""
    channel = await _hook(world, browser, use="fallback")
    await browser.post(f"{channel}/test")
    await world.beat()
    page = html.unescape((await browser.get("/channels")).text)
    assert "1 of 1 delivered in 30 days." in page
    assert "fallback" in page
    assert "since Fri 20\xa0Nov" in page
    assert world.hook.url not in page


async def test_a_mail_address_waits_for_its_link(world: World, browser: httpx.AsyncClient) -> None:
    """It is said to open the mail; removed and added again the same day it is said to wait."""
    form = {"kind": "email", "address": "boris@example.org"}
    added = await browser.post("/channels", data=form)
    page = html.unescape((await browser.get(added.headers["location"])).text)
    assert "Open the link in the mail we sent there" in page
    assert "/test" not in page
    channel = added.headers["location"].partition("?")[0]
    await browser.post(f"{channel}/remove")
    again = await browser.post("/channels", data=form)
    page = html.unescape((await browser.get(again.headers["location"])).text)
    assert "Open the link in the mail we sent there" in page


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "email", "address": "boris"}, "address"),
        ({"kind": "webhook", "url": "http://10.0.0.1/"}, "url"),
        ({"kind": "webhook", "url": "https://example.org/", "secret": "x"}, "secret"),
        ({"kind": "webhook", "url": "https://example.org/", "format": "morse"}, "format"),
    ],
)
async def test_a_refused_channel_comes_back_as_typed(
    browser: httpx.AsyncClient, form: dict[str, str], field: str
) -> None:
    """The form of its kind, what was typed, and the fault at its field."""
    answer = await browser.post("/channels", data={**form, "label": "Mine"})
    assert answer.status_code == 422
    assert f'id="{field}-err"' in answer.text
    assert 'value="Mine"' in answer.text
    assert f'name="kind" value="{form["kind"]}"' in answer.text


async def test_the_formats_are_the_services_own(browser: httpx.AsyncClient) -> None:
    """The form offers every format that the service takes, and no other."""
    page = (await browser.get("/channels/new?kind=webhook")).text
    offered = re.findall(r'<option value="([^"]+)"', page)
    assert offered == [one.value for one in Format]


async def test_removing_says_what_follows(
    world: World, browser: httpx.AsyncClient, clock: HandClock
) -> None:
    """Looking removes nothing; the page names where reminders go then."""
    channel = await _hook(world, browser)
    await register(world.app, world.owner, channels=[channel.removeprefix("/channels/")])
    page = html.unescape((await browser.get(f"{channel}/remove")).text)
    assert "1 number names it." in page
    assert "Reminders go then to: anna@example.org." in page
    assert (await browser.get(channel)).status_code == 200
    assert (await browser.post(f"{channel}/remove")).headers["location"] == "/channels?said=removed"
    assert (await browser.get(channel)).status_code == 404


async def test_name_use_stop_and_secret_change(world: World, browser: httpx.AsyncClient) -> None:
    """Each is a button of its own; a new secret is shown once, and until when both sign."""
    channel = await _hook(world, browser)
    await browser.post(f"{channel}/edit", data={"label": "House", "use": "fallback"})
    page = (await browser.get(channel)).text
    assert "<h1>House</h1>" in page
    assert 'value="fallback" checked' in page
    await browser.post(f"{channel}/stop")
    assert "You stopped it." in (await browser.get(channel)).text
    await browser.post(f"{channel}/resume")
    assert "You stopped it." not in (await browser.get(channel)).text
    rotated = html.unescape((await browser.post(f"{channel}/rotate")).text)
    assert "whsec_" in rotated
    assert "until Sat 21\xa0Nov, 13:00" in rotated
    assert "whsec_" not in (await browser.get(channel)).text


@pytest.mark.parametrize(
    ("base_url", "warned"), [("http://localhost:8080", True), ("https://reminder.test", False)]
)
async def test_localhost_in_mail_is_warned_of(
    tmp_path: Path, clock: HandClock, base_url: str, warned: bool
) -> None:
    """Where mail is sent whose links open on this machine alone, the page says so."""
    async with SmtpSink() as smtp:
        environ = {"REMINDER_EMAIL__URL": smtp.url, "REMINDER_SERVER__BASE_URL": base_url}
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            owner = await person(app)
            path = await app.write(lambda work: people.owner_link(work, owner))
            transport = httpx.ASGITransport(web.create(app))
            async with httpx.AsyncClient(
                transport=transport, base_url=base_url, headers=OURS
            ) as client:
                await client.post(path)
                page = (await client.get("/channels")).text
                assert ("links in our mail will not open" in page) is warned


async def test_another_kind_of_app_keeps_its_mail(app: App, anna: httpx.AsyncClient) -> None:
    """Without a mail server a test of a mail channel is looked at in the outbox."""
    owner = (await app.read(people.everyone))[0].id
    (mail,) = await app.read(lambda work: channels.everything(work, owner))
    where = (await anna.post(f"/channels/{mail.id}/test")).headers["location"].partition("#")[0]
    await app.ensure_sender().drain()
    page = (await anna.get(where)).text
    assert "kept in the outbox" in page
    kept = re.findall(r'href="(/outbox/dlv_[^"]+)"', page)[0]
    assert (await anna.get(kept)).status_code == 200
