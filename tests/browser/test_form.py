"""Adding a number on a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from reminder.domain.ids import OwnerId
from tests.browser.conftest import Service
from tests.browser.samples import follow, overflow, violations, window


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_form_is_accessible_with_and_without_faults(
    browser: Browser, service: Service, anna: OwnerId, dark: bool
) -> None:
    """axe-core finds nothing in light and dark; nothing is wider than 320 pixels."""
    async with window(browser, service, anna, dark=dark) as page:
        await page.goto("/lines/new")
        assert (await overflow(page), await violations(page)) == (0, [])
        await page.get_by_label("Fee (optional)").fill("x")
        await follow(page, page.get_by_role("button", name="Save"))
        assert (await overflow(page), await violations(page)) == (0, [])


async def test_five_answers_are_enough(page: Page) -> None:
    """Number, operator, balance, fee, day: from the empty form to the year ahead."""
    await page.goto("/lines/new")
    await page.get_by_label("Phone number").fill("8 916 123-45-67")
    await page.get_by_label("Operator", exact=True).select_option("mts")
    await page.get_by_label("Balance (optional)").fill("120,50")
    await page.get_by_label("Fee (optional)").fill("300")
    await page.get_by_label("Next charged on").fill("2026-12-01")
    await page.get_by_role("button", name="Save and show the year ahead").click()
    assert page.url.endswith("/year?said=added")
    assert "24\xa0Nov" in await page.locator("table").inner_text()


async def test_a_fault_leads_to_its_field_and_nothing_typed_is_lost(page: Page) -> None:
    """The summary has the focus, its links lead to the fields, the words stand at both places."""
    await page.goto("/lines/new")
    await page.get_by_label("Phone number").fill("+7 916 000 12 3")
    await page.get_by_label("Name for your list").fill("Grandpa")
    await page.get_by_role("button", name="Save").click()
    assert (await page.title()).startswith("Error:")
    alert = page.get_by_role("alert")
    assert await page.evaluate("document.activeElement.className") == "problem"
    await alert.get_by_role("link", name="Enter all 10 digits after +7. You entered 9").click()
    number = page.get_by_label("Phone number")
    assert await page.evaluate("document.activeElement.id") == "number"
    assert await number.input_value() == "+7 916 000 12 3"
    assert await number.get_attribute("aria-invalid") == "true"
    assert await page.get_by_label("Name for your list").input_value() == "Grandpa"


async def test_a_question_of_one_answer_is_asked_with_that_answer(page: Page) -> None:
    """The answer “on a date I know” asks for the date, the others do not; it needs no script."""
    await page.goto("/lines/new")
    date = page.get_by_label("The date")
    assert not await date.is_visible()
    await page.get_by_text("On a date I know", exact=True).click()
    assert await date.is_visible()
    assert not await page.get_by_label("Every how many days?").is_visible()


async def test_going_back_and_adding_again_does_no_harm(page: Page) -> None:
    """Going back and typing the number again leads to the number that is there."""
    await page.goto("/lines/new")
    for _ in range(2):
        await page.get_by_label("Phone number").fill("+7 916 123-45-67")
        await page.get_by_label("Operator", exact=True).select_option("mts")
        await page.get_by_role("button", name="Save").click()
        if "/year" in page.url:
            await page.go_back()
    assert "This number is in your list as MTS …67" in await page.get_by_role("alert").inner_text()
    await page.get_by_role("link", name="Open it").click()
    assert await page.locator("h1").inner_text() == "MTS …67"


async def test_no_script_is_needed(browser: Browser, service: Service, anna: OwnerId) -> None:
    """With scripts turned off the form does the same."""
    context = await browser.new_context(base_url=service.base_url, java_script_enabled=False)
    await service.sign_in(context, anna)
    page = await context.new_page()
    await page.goto("/lines/new")
    await page.fill("#number", "+7 916 123-45-67")
    await page.select_option("#operator", "mts")
    await page.click("button.primary")
    assert page.url.endswith("/year?said=added")
    await context.close()
