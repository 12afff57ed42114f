"""Plain http under a name of the home network: the browser sends no Sec-Fetch-Site there, and the
forms work all the same."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright, expect

from reminder.service import people
from tests.browser.conftest import CHROMIUM, OPTIONS, PHONE, Service

RULES = "--host-resolver-rules=MAP nas.home 127.0.0.1"


async def test_the_forms_work_by_a_name_of_the_lan_over_plain_http(service: Service) -> None:
    """The first owner begins, adds a number and signs out by ``nas.home``."""
    if CHROMIUM is None:
        pytest.skip("chromium-headless-shell is not installed")
    port = service.base_url.rpartition(":")[2]
    path = await service.app.write(people.first_link)
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=CHROMIUM, args=[*OPTIONS, RULES])
        context = await opened.new_context(base_url=f"http://nas.home:{port}", viewport=PHONE)
        page = await context.new_page()
        await page.goto(str(path))
        assert await page.evaluate("isSecureContext") is False
        await page.get_by_label("Your mail address").fill("anna@example.org")
        await page.get_by_role("button", name="Begin").click()
        await page.get_by_role("link", name="Add").first.click()
        await page.get_by_label("Phone number").fill("8 916 123 45 67")
        await page.get_by_label("Operator", exact=True).select_option("mts")
        await page.get_by_role("button", name="Save and show the year ahead").click()
        await expect(page.get_by_role("status")).to_contain_text("Saved")
        await page.goto("/lines")
        await page.get_by_role("button", name="Sign out").click()
        assert page.url.startswith(f"http://nas.home:{port}/")
        await page.goto("/lines")
        assert "/sign-in" in page.url
        await opened.close()
