"""The pages behind a message's links, opened on a phone where nobody is signed in."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default

import pytest
from playwright.async_api import Browser, Page

from reminder.domain.ids import OwnerId
from tests.browser.conftest import PHONE, Service, fixture
from tests.browser.samples import add_line, overflow, violations, window

LINK = r"(/a/([a-z-]+)/[A-Za-z0-9_-]+)"


@fixture
async def links(service: Service, anna: OwnerId) -> dict[str, str]:
    """The links of the one message that came, by verb."""
    await add_line(service, anna)
    await service.beat("2026-11-24T08:00")
    mails = list((service.app.settings.server.data_dir / "outbox").glob("**/*.eml"))
    text = message_from_bytes(mails[-1].read_bytes(), policy=default).get_body(("plain",))
    assert text is not None
    return {verb: path for path, verb in re.findall(LINK, text.get_content())}


@fixture
async def anyone(browser: Browser, service: Service) -> Page:
    """A phone that has the message and no session."""
    return await (await browser.new_context(base_url=service.base_url, viewport=PHONE)).new_page()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_every_action_page_is_accessible(
    browser: Browser, service: Service, anna: OwnerId, links: dict[str, str], dark: bool
) -> None:
    """axe-core finds nothing on any of them in light and dark; nothing is wider than 320."""
    async with window(browser, service, anna, dark=dark) as page:
        for path in links.values():
            await page.goto(path)
            assert (await overflow(page), await violations(page)) == (0, []), path


async def test_a_top_up_is_recorded_in_two_presses_and_taken_back_in_one(
    anyone: Page, links: dict[str, str]
) -> None:
    """The suggested sum, Record, what is so now; Undo."""
    await anyone.goto(links["topped-up"])
    await anyone.get_by_text("479.50").click()
    await anyone.get_by_role("button", name="Record").click()
    done = (await anyone.get_by_role("status").inner_text()).replace("\xa0", " ")
    assert "Top-up recorded." in done
    assert "About 600 ₽ is there now." in done
    await anyone.get_by_role("button", name="Undo").click()
    assert "Taken back." in await anyone.get_by_role("status").inner_text()


async def test_tomorrow_and_never_are_one_press_each(anyone: Page, links: dict[str, str]) -> None:
    """They stand beside "I topped up" and need no page of their own."""
    await anyone.goto(links["topped-up"])
    await anyone.get_by_role("button", name="Remind me tomorrow").click()
    assert "We will remind you on that day." in await anyone.get_by_role("status").inner_text()
    await anyone.goto(links["topped-up"])
    await anyone.get_by_role("button", name="Stop writing about this number").click()
    assert "until you resume it" in await anyone.get_by_role("status").inner_text()


async def test_an_old_and_a_forged_link_say_so(
    anyone: Page, service: Service, links: dict[str, str]
) -> None:
    """In one sentence, with one way on."""
    await anyone.goto(links["stop"][:-4] + "AAAA")
    assert await anyone.locator("h1").inner_text() == "There is no such page"
    service.clock.set("2027-02-01T08:00")
    await anyone.goto(links["stop"])
    assert await anyone.locator("h1").inner_text() == "This link is too old"
    assert await anyone.get_by_role("link", name="Open your numbers").is_visible()
