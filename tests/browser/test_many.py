"""An agency's day in a browser: find, tag, change, record a list of top-ups, take a trip along."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from reminder.domain.ids import OwnerId
from tests.browser.conftest import Service
from tests.browser.samples import add_line, follow, overflow, violations, window

LIST = "8 916 123 45 67;200\n+7 903 123-45-18 179,50\n+7 999 000-00-00 5"


async def _fill(service: Service, anna: OwnerId) -> str:
    await add_line(service, anna, number="+79161234568", label="Router", operator="mts")
    await add_line(service, anna, number="+79031234518", label="Dad", operator="beeline")
    path = await add_line(service, anna, label="Mum")
    service.clock.set("2026-11-20 11:00")
    return path


async def test_an_agencys_day(page: Page, service: Service, anna: OwnerId) -> None:
    """By the pages alone, on a phone: all that are found are tagged and changed, a pasted list is
    recorded but for the row that is wrong, and taken back."""
    await _fill(service, anna)
    await page.goto("/lines?view=table&operator=mts")
    await page.check("input[name=all]")
    await page.fill("#tag-new", "office")
    await page.click("button[value=tag]")
    await page.goto("/lines?view=table&tag=office")
    assert "2 of 3 numbers found" in await page.inner_text("h1")
    await page.check("input[name=all]")
    await page.click("button[value=edit]")
    await page.fill("#fee", "350")
    await page.click("button[value=look]")
    assert "2 numbers change." in await page.inner_text("p.lead")
    await page.click("button[value=done]")
    assert "Done for 2 numbers." in await page.inner_text("[role=status]")
    await page.goto("/lines?view=table")
    await page.click("text=Many top-ups at once")
    await page.fill("#text", LIST)
    await page.click("button[value=look]")
    assert "This number is not in your list" in await page.inner_text("main")
    await page.click("button[value=good]")
    assert "2 top-ups" in await page.inner_text("[role=status]")
    service.clock.set("2026-11-20 11:05")
    await page.click("button[value=undo]")
    assert "Taken back: 2 top-ups" in await page.inner_text("[role=status]")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_pages_of_many_are_accessible(
    browser: Browser, service: Service, anna: OwnerId, dark: bool
) -> None:
    """axe-core finds nothing on form, look and list, and nothing is wider than 320 pixels."""
    path = await _fill(service, anna)
    async with window(browser, service, anna, dark=dark) as page:
        await page.goto("/lines?view=table&operator=mts")
        await page.check("input[name=all]")
        await follow(page, page.locator("button[value=edit]"))
        assert (await overflow(page), await violations(page)) == (0, [])
        await page.fill("#fee", "350")
        await follow(page, page.locator("button[value=look]"))
        assert (await overflow(page), await violations(page)) == (0, [])
        await page.goto("/lines/top-ups")
        await page.fill("#text", LIST)
        await follow(page, page.locator("button[value=look]"))
        assert (await overflow(page), await violations(page)) == (0, [])
        await page.goto("/settings")
        await follow(page, page.get_by_role("link", name="Add a trip"))
        assert (await overflow(page), await violations(page)) == (0, [])
        await page.goto(f"{path}/year")
        assert (await overflow(page), await violations(page)) == (0, [])
