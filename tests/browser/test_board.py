"""The board in a browser: found, read, and used with nothing but a keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from reminder.domain.ids import OwnerId
from reminder.service import people
from tests.browser.conftest import Service
from tests.browser.samples import add_line, overflow, violations, window

SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""


async def _fill(service: Service, anna: OwnerId) -> None:
    """One that needs somebody, one that is silent, one that is fine, one that cannot be told."""
    await add_line(service, anna, tags=["family"])
    silent = {"last_active_on": "2026-09-11", "inactivity_days": 90, "renews_on": None}
    named = {"label": "Bank codes", "operator": "t2", "fee": None}
    await add_line(service, anna, number="+79521234581", **named, **silent)
    await add_line(service, anna, number="+79031234518", label="Dad", balance="900")
    await add_line(
        service, anna, number="+79581234530", label="Spare", balance=None, renews_on="2027-02-01"
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_board_and_table_are_accessible_and_do_not_scroll_sideways(
    browser: Browser, service: Service, anna: OwnerId, dark: bool
) -> None:
    """axe-core finds nothing in light and dark; nothing is wider than 320 or 1280 pixels; nothing
    moves once it is shown."""
    await _fill(service, anna)
    async with window(browser, service, anna, dark=dark) as page:
        for path in ("/lines", "/lines?view=table", "/lines?q=nobody&needs=me"):
            await page.goto(path)
            assert await overflow(page) == 0, path
            assert await violations(page) == [], path
            assert await page.evaluate(SHIFTS) == 0, path
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.goto("/lines")
        assert await overflow(page) == 0
        assert await violations(page) == []


async def test_what_comes_slowly_does_not_move(
    browser: Browser, service: Service, anna: OwnerId
) -> None:
    """A page is shown once it is whole."""
    for n in range(20):
        path = await add_line(
            service, anna, number=f"+791612345{n:02}", label=f"No. {n} " * (n % 9)
        )
    async with window(browser, service, anna, dark=False) as page:
        await page.goto("/safety")
        slow = {"offline": False, "latency": 0, "downloadThroughput": 20000, "uploadThroughput": -1}
        devtools = await page.context.new_cdp_session(page)
        await devtools.send("Network.emulateNetworkConditions", slow)
        for at in ("/lines", "/lines?view=table", f"{path}/year", "/lines/top-ups"):
            await page.goto(at)
            assert await page.evaluate(SHIFTS) == 0, at


async def test_russian_days_and_a_table_have_room(
    browser: Browser, service: Service, anna: OwnerId
) -> None:
    """Beside the timeline each "через 5 дней" stands on one line, on a phone too; a wide window
    shows the table with its tags, nothing of it cut off."""
    await service.app.write(lambda work: people.change_me(work, anna, {"language": "ru"}))
    for n, day in enumerate(("2026-11-25", "2026-12-12", "2027-01-18")):
        fields = {"number": f"+7916123450{n}", "renews_on": day, "tags": ["склад"]}
        await add_line(service, anna, **fields)
    async with window(browser, service, anna, dark=False) as page:
        for width in (390, 1280):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto("/lines")
            days = page.locator(".tl-when")
            told = [text.splitlines()[-1] for text in await days.all_inner_texts()]
            assert told == ["через 5 дней", "через 22 дня", "через 59 дней"]
            heights = await days.evaluate_all("all => all.map(one => one.offsetHeight)")
            assert max(heights) < 30, width
        await page.goto("/lines?view=table")
        cut = "one => one.scrollWidth - one.clientWidth"
        assert await page.locator(".scroll.panel").evaluate(cut) == 0


async def test_who_needs_somebody_stands_first_and_is_one_press_away(
    page: Page, service: Service, anna: OwnerId
) -> None:
    """The answer is the heading, its button leads to the form of the first number."""
    await _fill(service, anna)
    await page.goto("/lines")
    assert await page.locator("h1").inner_text() == "2 of 4 numbers need you"
    assert await page.locator("article h3").all_inner_texts() == ["Mum", "Bank codes"]
    await page.locator(".answer a.primary").click()
    assert await page.locator("h1").inner_text() == "Record a top-up"


async def test_the_timeline_is_a_drawing_with_a_list_behind_it(
    page: Page, service: Service, anna: OwnerId
) -> None:
    """Readers get the rows as links and the same as a table."""
    await _fill(service, anna)
    await page.goto("/lines")
    assert await page.locator(".tl-track[aria-hidden=true]").count() == 4
    await page.get_by_text("Show as a list").click()
    rows = page.get_by_role("region", name="Next 60 days as a list").get_by_role("row")
    assert await rows.count() > 3


async def test_a_number_is_found_by_typing_it_as_one_says_it(
    page: Page, service: Service, anna: OwnerId
) -> None:
    """Search, sort and ticks work by the keyboard alone."""
    await _fill(service, anna)
    await page.goto("/lines?view=table")
    await page.get_by_label("Find").fill("8 (903) 123")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**q=8*")
    assert await page.locator("tbody th a").all_inner_texts() == ["Dad"]
    await page.get_by_role("checkbox", name="Choose Dad").focus()
    await page.keyboard.press("Space")
    await (
        page.get_by_role("group", name="With the chosen numbers")
        .get_by_label("Tag")
        .fill("parents")
    )
    await page.get_by_role("button", name="Add the tag").press("Enter")
    assert await page.get_by_role("status").inner_text() == "Done for 1 number."
    assert await page.get_by_role("link", name="parents").is_visible()


async def test_an_empty_board_leads_to_the_form(page: Page) -> None:
    """One button, and it is the way to the first number."""
    await page.goto("/lines")
    await page.get_by_role("link", name="Add a number").click()
    assert page.url.endswith("/lines/new")
