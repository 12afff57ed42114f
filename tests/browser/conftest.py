"""The real service on a port of loopback, and a real Chromium before it, as small as a phone."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from reminder.app import App, open_app
from reminder.domain.ids import OwnerId
from reminder.server import create
from reminder.service import people
from reminder.web.visit import SESSION
from tests.conftest import HandClock, settings_in

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The one that only ever runs without a window takes a quarter of the other's time."""
OPTIONS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=700)


fixture = pytest_asyncio.fixture(loop_scope="session")
"""One that lives in the loop of the one browser."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All these tests share a browser, and so its loop."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@dataclass(frozen=True, slots=True)
class Service:
    """The running service: where it is reached, its App, its clock."""

    base_url: str
    app: App
    clock: HandClock

    async def beat(self, text: str | None = None) -> None:
        """Set the clock, plan what is due then, and send until nothing is left."""
        if text is not None:
            self.clock.set(text)
        await self.app.plan()
        await self.app.ensure_sender().drain()

    async def sign_in(self, context: BrowserContext, owner: OwnerId) -> None:
        """Give a browser the cookie of an owner's new session."""
        path = await self.app.write(lambda work: people.owner_link(work, owner))
        token = path.removeprefix("/sign-in/")
        cookie = await self.app.write(lambda work: people.sign_in(work, token))
        await context.add_cookies([{"name": SESSION, "value": cookie, "url": self.base_url}])


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to pytest."""

    def capture_signals(self) -> closing[_Nothing]:  # type: ignore[override]  # any context will do
        return closing(_Nothing())


class _Nothing:
    def close(self) -> None:
        """Nothing was taken."""


@asynccontextmanager
async def serving(app: App, listener: socket.socket) -> AsyncIterator[None]:
    """Serve an App over an open socket."""
    config = uvicorn.Config(create(app), log_config=None, lifespan="off", access_log=False)
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


@fixture
async def service(tmp_path: Path, clock: HandClock, database_url: str) -> AsyncIterator[Service]:
    """The service with nobody in it, mail kept in its folder."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environ = {"REMINDER_SERVER__BASE_URL": base_url, "REMINDER_DATABASE__URL": database_url}
        settings = settings_in(tmp_path, environ)
        async with open_app(settings, clock=clock) as app, serving(app, listener):
            yield Service(base_url, app, clock)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium without a window, started once; where there is none, the tests are skipped."""
    if CHROMIUM is None:
        pytest.skip("chromium-headless-shell is not installed")
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield opened
        await opened.close()


@fixture
async def browser(chromium: Browser) -> AsyncIterator[Browser]:
    """A browser in which nothing is open, whose windows end with the test."""
    yield chromium
    for context in chromium.contexts:
        await context.close()


@fixture
async def anna(service: Service) -> OwnerId:
    """Anna, the first owner, in Moscow, who reads English."""
    return (await service.app.write(lambda w: people.add_owner(w, "anna@example.org"))).id


@fixture
async def page(service: Service, browser: Browser, anna: OwnerId) -> Page:
    """A phone on which Anna is signed in."""
    context = await browser.new_context(base_url=service.base_url, viewport=PHONE)
    await service.sign_in(context, anna)
    return await context.new_page()
