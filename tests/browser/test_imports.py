"""Numbers from a file, as people see it: without any script, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from reminder.domain.ids import OwnerId
from tests.browser.conftest import PHONE, Service
from tests.browser.samples import overflow, violations

DESK = ViewportSize(width=1280, height=900)
HEAD = "number,operator,label,fee,renews_on,period\n"
ROWS = (
    "+79161234567,mts,Mum,300,2026-12-01,P1M\n"
    "+7916,mts,Short,300,2026-12-01,P1M\n"
    "+79161234568,nobody,A rather long name,three hundred,2020-01-01,monthly\n"
    "8 916 123-45-67,mts,Twice,300,2026-12-01,P1M\n"
)


async def _opened(
    service: Service, browser: Browser, owner: OwnerId, scheme: str, size: ViewportSize
) -> Page:
    context = await browser.new_context(
        base_url=service.base_url,
        viewport=size,
        java_script_enabled=True,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    await service.sign_in(context, owner)
    return await context.new_page()


async def _seen(page: Page) -> None:
    """The page that is open can be read by everybody, and fits; while a file is read it looks
    again by itself, so that its end is waited for."""
    await expect(page.locator("progress")).to_have_count(0)
    assert await violations(page) == []
    assert await overflow(page) == 0


async def test_without_a_script_from_file_to_list(
    service: Service, browser: Browser, anna: OwnerId, tmp_path: Path
) -> None:
    """A file is chosen, its wrong rows are shown, the good one is imported and stands on the
    board."""
    context = await browser.new_context(
        base_url=service.base_url, viewport=PHONE, java_script_enabled=False
    )
    await service.sign_in(context, anna)
    page = await context.new_page()
    file = tmp_path / "numbers.csv"
    file.write_text(HEAD + ROWS)
    await page.goto("/settings")
    await page.get_by_role("link", name="Numbers from a file").click()
    await page.get_by_label("File", exact=True).set_input_files(file)
    await page.get_by_role("button", name="Check the file").click()
    table = page.get_by_role("table", name="Wrong rows")
    await expect(table.get_by_role("row")).to_have_count(7)
    await expect(table).to_contain_text("The same number stands in row 2")
    await page.get_by_role("button", name="Import the 1 good row").click()
    await expect(page.get_by_role("status")).to_contain_text("1 number is new in your list")
    await page.get_by_role("link", name="Open your numbers").click()
    await expect(page.get_by_role("main")).to_contain_text("Mum")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_each_page_can_be_read_by_everybody(
    service: Service, browser: Browser, anna: OwnerId, scheme: str, size: ViewportSize
) -> None:
    """Nothing serious or critical, nothing sticks out: the form, its fault, what is asked, what
    was checked, what was imported; in the longest language too."""
    page = await _opened(service, browser, anna, scheme, size)
    await page.goto("/lines/import?language=ru")
    await _seen(page)
    await page.get_by_role("button", name="Проверить файл").click()
    await _seen(page)
    for name, content in (("b.csv", "number,label;fee\n"), ("a.csv", HEAD + ROWS)):
        await page.goto("/lines/import")
        sent = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
        await page.locator("#file").set_input_files(sent)  # type: ignore[arg-type]  # a FilePayload
        await page.get_by_role("button", name="Проверить файл").click()
        await _seen(page)
    await page.get_by_role("button", name="Импортировать 1 верную строку").click()
    await _seen(page)
