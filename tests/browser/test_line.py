"""The page of one number in a browser."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.async_api import Browser, Page

from reminder.domain.ids import LineId, OwnerId
from reminder.service import acts
from tests.browser.conftest import Service
from tests.browser.samples import add_line, overflow, violations, window


async def _with_a_past(service: Service, anna: OwnerId) -> str:
    """A number with readings, a top-up, a floor, and a message on its way."""
    service.clock.set("2026-11-02T09:00")
    known = {"balance": "360", "low_balance": "100", "note": "bank codes"}
    path = await add_line(service, anna, renews_on="2026-11-27", **known)
    line = LineId(path.rsplit("/", 1)[1])
    for at, balance in (("2026-11-08T09:00", "320"), ("2026-11-14T09:00", "280")):
        service.clock.set(at)
        fields = {"balance": balance}
        await service.app.write(partial(acts.add_reading, owner=anna, line=line, given=fields))
    service.clock.set("2026-11-20T10:00")
    await service.beat()
    return path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_page_is_accessible_and_does_not_scroll_sideways(
    browser: Browser, service: Service, anna: OwnerId, dark: bool
) -> None:
    """axe-core finds nothing in light and dark, with everything unfolded; 320 and 1280 pixels."""
    path = await _with_a_past(service, anna)
    async with window(browser, service, anna, dark=dark) as page:
        for place in (path, f"{path}/year", f"{path}/delete"):
            await page.goto(place)
            await page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert await overflow(page) == 0, place
            assert await violations(page) == [], place
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto(path)
        assert await overflow(page) == 0


async def test_no_words_of_the_drawing_lie_over_each_other(
    page: Page, service: Service, anna: OwnerId
) -> None:
    """On a phone every label of the chart has a place of its own, and stays in the frame."""
    await page.goto(await _with_a_past(service, anna))
    boxes = await page.evaluate(
        """[...document.querySelectorAll('.chart text')].map(e => e.getBoundingClientRect())
        .filter(b => b.width).map(b => [b.left, b.top, b.right, b.bottom])"""
    )
    assert len(boxes) > 6
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0
        assert right <= 390
        for other in boxes[number + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (boxes[number], other)


async def test_a_message_is_sent_now_and_its_state_seen(
    page: Page, service: Service, anna: OwnerId
) -> None:
    """One press; the log on the same page says what became of it."""
    await page.goto(await add_line(service, anna))
    await page.get_by_role("button", name="Send me this one now").click()
    assert "on its way" in await page.get_by_role("status").inner_text()
    await service.beat()
    await page.reload()
    log = page.get_by_role("region", name="Sent about it")
    assert "delivered" in await log.inner_text()


async def test_an_entry_is_made_and_taken_back(page: Page, service: Service, anna: OwnerId) -> None:
    """Balance in, history says so, undo out."""
    await page.goto(await add_line(service, anna))
    await page.get_by_role("link", name="Update the balance").click()
    await page.get_by_label("Balance", exact=True).fill("999")
    await page.get_by_role("button", name="Record").click()
    history = page.get_by_role("region", name="History")
    assert "999" in await history.inner_text()
    await history.get_by_role("button", name="Undo the last entry").click()
    assert await page.get_by_role("status").inner_text() == "Taken back."
    assert "Nothing recorded yet." in await page.get_by_role("region", name="History").inner_text()


async def test_stopping_asks_first_and_can_be_resumed(
    page: Page, service: Service, anna: OwnerId
) -> None:
    """The page of a stopped number has one main button: write about it again."""
    path = await add_line(service, anna)
    await page.goto(path)
    await page.get_by_role("link", name="Stop writing about this number").click()
    await page.get_by_role("button", name="Stop").click()
    await page.locator(".answer").get_by_role("button", name="Write about it again").click()
    assert await page.locator(".answer a.primary").inner_text() == "I topped up"
