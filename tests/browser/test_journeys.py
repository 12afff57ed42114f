"""What people do with the service, in a real browser on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Page, expect

from reminder.domain.ids import OwnerId
from reminder.service import people
from tests.browser.conftest import PHONE, Service
from tests.service.samples import register

DAY = "2026-11-24T06:00:00"


async def _fill_number(page: Page, **changes: str) -> None:
    """Type a number with a monthly fee that its balance does not cover."""
    typed = {
        "Phone number": "+7 916 123-45-67",
        "Name for your list (optional)": "Mum",
        "Balance (optional)": "120.50",
        "Fee (optional)": "300",
        "Next charged on (optional)": "2026-12-01",
        **changes,
    }
    await page.goto("/lines/new")
    for label, value in typed.items():
        await page.get_by_label(label, exact=True).fill(value)
    await page.get_by_label("Operator", exact=True).select_option("mts")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_from_the_first_start_to_the_first_topped_up(
    service: Service, browser: Browser, script: bool
) -> None:
    """First start, first number, its reminder in the outbox, *I topped up*, and the board has
    changed: the same with JavaScript switched off."""
    context = await browser.new_context(
        base_url=service.base_url, viewport=PHONE, java_script_enabled=script
    )
    page = await context.new_page()
    await page.goto(str(await service.app.write(people.first_link)))
    await page.get_by_label("Your mail address").fill("anna@example.org")
    await page.get_by_role("button", name="Begin").click()
    await _fill_number(page)
    await page.get_by_role("button", name="Save and show the year ahead").click()
    await expect(page.get_by_role("status")).to_contain_text("Saved")
    await page.goto("/lines")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("1 of 1")
    await service.beat(DAY)
    await page.goto("/outbox")
    await page.get_by_role("link", name=re.compile("Mum")).click()
    plain = page.locator("pre").first
    link = plain.locator('a[href*="/a/topped-up/"]')
    await page.goto(str(await link.get_attribute("href")))
    await page.get_by_label("Other", exact=False).last.fill("500")
    await page.get_by_role("button", name="Record").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Top-up recorded.")
    await page.goto("/lines")
    await expect(page.get_by_role("heading", level=1)).not_to_contain_text("1 of 1")


async def test_a_language_is_changed_with_one_tap(page: Page) -> None:
    """The page stays, its words change, and the next page speaks the same language."""
    await page.goto("/channels")
    await page.get_by_role("link", name="RU, Русский").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Каналы")
    await page.get_by_role("link", name="Настройки").click()
    await expect(page.locator("html")).to_have_attribute("lang", "ru")
    await page.get_by_role("link", name="中, 中文").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


async def test_a_faulty_form_keeps_what_was_typed(page: Page) -> None:
    """The summary has the focus and leads to the field; nothing has to be typed twice."""
    await _fill_number(page, **{"Phone number": "+7 916 12"})
    await page.get_by_role("button", name="Save and show the year ahead").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_label("Name for your list (optional)")).to_have_value("Mum")
    await expect(page.get_by_label("Fee (optional)", exact=True)).to_have_value("300")
    await page.get_by_role("alert").get_by_role("link").first.click()
    await expect(page.get_by_label("Phone number")).to_be_focused()


async def test_stop_resume_and_undo(service: Service, page: Page, anna: OwnerId) -> None:
    """A number is stopped and resumed by buttons, and what was recorded is taken back by one."""
    line = (await register(service.app, anna)).line.id
    await page.goto(f"/lines/{line}/stop")
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_role("status")).to_contain_text("until you resume it")
    await page.goto(f"/lines/{line}/resume")
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_role("status")).to_contain_text("again")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("status")).to_contain_text("Taken back.")


async def test_a_link_signs_in_the_device_it_is_pressed_on(
    service: Service, browser: Browser, page: Page
) -> None:
    """Asked for on one device, opened and pressed on another; the first sees it in its list and
    signs it out."""
    await page.goto("/settings")
    other = await browser.new_context(base_url=service.base_url, viewport=PHONE)
    phone = await other.new_page()
    await phone.goto("/sign-in")
    await phone.get_by_label("Mail address").fill("anna@example.org")
    await phone.get_by_role("button", name="Send me a link").click()
    await service.beat()
    await page.goto("/outbox")
    await page.get_by_role("link", name="Your link to sign in to Reminder").click()
    link = page.locator("pre").first.locator('a[href*="/sign-in/"]')
    await phone.goto(str(await link.get_attribute("href")))
    await expect(phone.locator("main")).to_contain_text("Chrome, Linux")
    await phone.get_by_role("button", name="Sign in on this device").click()
    await expect(phone).to_have_url(f"{service.base_url}/lines")
    await page.goto("/settings")
    await page.get_by_role("button", name=re.compile("Sign out.*Chrome, Linux")).click()
    await phone.goto("/lines")
    await expect(phone).to_have_url(f"{service.base_url}/sign-in")


async def test_dark_is_chosen_without_any_script(service: Service, page: Page) -> None:
    """A choice in the settings holds against the system's wish."""
    await page.goto("/settings")
    light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.get_by_label("Dark").check()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
