"""The front door: asking for a link, opening it on any device, beginning, signing out."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from reminder import web
from reminder.app import App, open_app
from reminder.service import people
from tests.conftest import HandClock, settings_in
from tests.engine.samples import plain
from tests.fakes import SmtpSink
from tests.service.samples import person
from tests.web.conftest import BASE, OURS

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


@dataclass
class Door:
    """Pages in front of a real mail server; each call of ``browser`` is another device."""

    app: App
    smtp: SmtpSink

    def browser(self, agent: str = FIREFOX) -> httpx.AsyncClient:
        """A device that nobody is signed in on."""
        transport = httpx.ASGITransport(web.create(self.app), client=("203.0.113.7", 4711))
        headers = {**OURS, "User-Agent": agent}
        return httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)

    async def mailed(self) -> str:
        """The path of the link in the newest mail."""
        await self.app.ensure_sender().drain()
        text = plain(self.smtp.messages[-1].parsed)
        return str(re.findall(r"https://reminder\.test(/\S+/[\w=-]{20,})", text)[0])


Opened = Callable[[str], AbstractAsyncContextManager[Door]]


@pytest.fixture
def door(tmp_path: Path, clock: HandClock, database_url: str) -> Opened:
    """Opens the pages with a kind of sign-up, Anna being the first owner."""

    @asynccontextmanager
    async def opened(sign_up: str) -> AsyncIterator[Door]:
        async with SmtpSink() as smtp:
            environ = {
                "REMINDER_DATABASE__URL": database_url,
                "REMINDER_EMAIL__URL": smtp.url,
                "REMINDER_ACCESS__SIGN_UP": sign_up,
            }
            async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
                await person(app)
                yield Door(app, smtp)

    return opened


async def test_a_link_asked_for_here_signs_in_there(door: Opened) -> None:
    """The link is asked for on one device and pressed on another: that one is signed in. Its page
    says whose it is, when and with what it was asked for."""
    async with door("closed") as at, at.browser() as laptop, at.browser("curl/8") as phone:
        asked = await laptop.post("/sign-in", data={"email": "anna@example.org"})
        said = html.unescape((await laptop.get(asked.headers["location"])).text)
        assert "Look into your mailbox" in said
        link = await at.mailed()
        page = html.unescape((await phone.get(link)).text)
        for words in ("anna@example.org", "Fri 20\xa0Nov, 13:00", "Firefox, Linux", "203.0.113.7"):
            assert words in page
        assert (await phone.get("/lines")).status_code == 303
        assert (await phone.post(link)).headers["location"] == "/lines"
        assert (await phone.get("/lines")).status_code == 200
        assert (await laptop.get("/lines")).headers["location"] == "/sign-in"
        spent = await laptop.post(link)
        assert (spent.status_code, "Ask for a new one" in spent.text) == (410, True)


async def test_who_is_signed_in_already_is_told(app: App, anna: httpx.AsyncClient) -> None:
    """Another account's link says that this device's session ends with it."""
    boris = await person(app, "boris@example.org")
    path = await app.write(lambda work: people.owner_link(work, boris))
    assert "<b>anna@example.org</b>" in (await anna.get(path)).text
    await anna.post(path)
    assert "boris@example.org" in (await anna.get("/settings")).text


async def test_a_stranger_begins_where_sign_up_is_open(door: Opened) -> None:
    """A stranger's link opens a page with language and zone; its button makes the account."""
    async with door("open") as at, at.browser() as device:
        assert "gets one by it" in (await device.get("/sign-in")).text
        await device.post("/sign-in", data={"email": "carl@example.org"})
        link = await at.mailed()
        page = (await device.get(link)).text
        assert "carl@example.org" in page
        assert 'name="email"' not in page
        wrong = await device.post(link, data={"language": "ru", "timezone": "Mars"})
        assert (wrong.status_code, 'id="timezone-err"' in wrong.text) == (422, True)
        form = {"language": "ru", "timezone": "Asia/Almaty", "email": "anna@example.org"}
        assert (await device.post(link, data=form)).headers["location"] == "/lines"
        settings = (await device.get("/settings")).text
        assert "carl@example.org" in settings
        assert '<option value="Asia/Almaty" selected>' in settings


async def test_an_invitation_leads_through_the_mailbox(door: Opened) -> None:
    """Who was invited types an address, and begins by the link that is mailed to it."""
    async with door("invite") as at, at.browser() as device:
        owner = (await at.app.read(people.everyone))[0].id
        path = await at.app.write(lambda work: people.invitation(work, owner))
        assert "You were invited" in (await device.get(path)).text
        wrong = await device.post(path, data={"email": "carl"})
        assert (wrong.status_code, 'id="email-err"' in wrong.text) == (422, True)
        sent = await device.post(path, data={"email": "carl@example.org"})
        assert sent.headers["location"] == "/sign-in?said=sent"
        link = await at.mailed()
        assert (await device.post(link, data={})).headers["location"] == "/lines"
        assert (await device.get(path)).status_code == 410


async def test_without_a_mail_server_it_is_said_how_a_link_is_had(
    app: App, guest: httpx.AsyncClient
) -> None:
    """Nobody waits for a mail that never comes; before there is an owner the terminal is named."""
    assert "Sign in: …" in (await guest.get("/")).text
    assert "Sign in: …" in (await guest.get("/sign-in")).text
    await person(app)
    assert "reminder owner link" in (await guest.get("/sign-in")).text
    await guest.post("/sign-in", data={"email": "anna@example.org"})
    assert "The link is kept on this machine" in (await guest.get("/sign-in?said=sent")).text
    assert "Sign in: …" not in (await guest.get("/")).text


async def test_too_many_asks_say_when_to_come_again(app: App, guest: httpx.AsyncClient) -> None:
    """The refusal names the minutes, in words and in its header."""
    for _ in range(3):
        await guest.post("/sign-in", data={"email": "anna@example.org"})
    refused = await guest.post("/sign-in", data={"email": "anna@example.org"})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "900")
    assert "Try again in 15 minutes." in refused.text


async def test_signing_out_ends_this_device_only(app: App, anna: httpx.AsyncClient) -> None:
    """The other device stays signed in."""
    owner = (await app.read(people.everyone))[0].id
    path = await app.write(lambda work: people.owner_link(work, owner))
    transport = httpx.ASGITransport(web.create(app))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as other:
        await other.post(path)
        assert (await anna.post("/sign-out")).headers["location"] == "/?said=out"
        assert (await anna.get("/lines")).headers["location"] == "/sign-in"
        assert (await other.get("/lines")).status_code == 200
