"""What the tests of the pages put before the browser, and what they ask of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page

from reminder.domain.ids import OwnerId
from reminder.service import lines
from tests.browser.conftest import Service
from tests.conftest import line_fields

RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


async def add_line(service: Service, owner: OwnerId, **changes: object) -> str:
    """Register a line and return the path of its page."""
    fields = line_fields(**changes)
    view = await service.app.write(lambda work: lines.register(work, owner, fields))
    return f"/lines/{view.line.id}"


@asynccontextmanager
async def window(
    browser: Browser, service: Service, owner: OwnerId, *, dark: bool
) -> AsyncIterator[Page]:
    """A window of 320 pixels in which the owner is signed in, light or dark."""
    context = await browser.new_context(
        base_url=service.base_url,
        viewport={"width": 320, "height": 800},
        color_scheme="dark" if dark else "light",
    )
    await service.sign_in(context, owner)
    yield await context.new_page()
    await context.close()


async def follow(page: Page, what: Locator) -> None:
    """Press what leads to another page, and wait until that is there: what is asked at once would
    be asked of the page before, or of none."""
    async with page.expect_navigation():
        await what.click()


async def violations(page: Page, rules: Mapping[str, object] = RULES) -> list[str]:
    """What axe-core finds, of any weight: the rule and the first element of each. With
    :data:`COLOURS` only those are looked at, where nothing else has changed."""
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    found = await Axe().run(page, options=options)
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found.response["violations"]]


async def overflow(page: Page) -> int:
    """How many pixels the page scrolls sideways."""
    script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(await page.evaluate(script))
