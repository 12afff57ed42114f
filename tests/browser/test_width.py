"""Every page about a number, in each language, on the narrowest phone and with large text; walked
through by keyboard alone."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.async_api import Browser, Page

from reminder.domain.ids import LineId, OwnerId
from reminder.service import acts
from tests.browser.conftest import NARROW, Service, fixture
from tests.browser.samples import add_line, overflow

MOST_STOPS = 200
LARGE = 32
"""Twice the usual 16 pixels."""


@fixture
async def paths(service: Service, anna: OwnerId) -> list[str]:
    """The pages of two numbers with a past, one of them silent."""
    line = await add_line(service, anna, last_active_on="2026-09-01", operator="beeline")
    other = await add_line(service, anna, number="+79521234588", operator="t2", label="x" * 60)
    for path in (line, other):
        of = LineId(path.rpartition("/")[2])
        for day, balance in (("2026-10-30", "1520"), ("2026-11-10", "1410.50"), ("", "1330.25")):
            given = {"balance": balance, **({"on": day} if day else {})}
            await service.app.write(partial(acts.add_reading, owner=anna, line=of, given=given))
    verbs = ("topped-up", "renewed", "used", "balance", "snooze", "acknowledge", "stop")
    own = [f"{line}/{verb}" for verb in verbs]
    board = ["/lines", "/lines?view=table", "/lines/new"]
    shown = ["/operators", "/operators/mts", "/operators/t2?place=abroad", "/operators/giffgaff"]
    more = [f"{line}/year", f"{line}/edit", f"{line}/delete"]
    return [*board, line, other, *more, *own, "/deliveries", "/channels", "/settings", *shown]


async def _wide(page: Page, paths: list[str]) -> dict[str, int]:
    found = {}
    for path in paths:
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found[path] = await overflow(page)
    return {path: wide for path, wide in found.items() if wide > 0}


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
async def test_nothing_sticks_out_in_any_language(
    service: Service, browser: Browser, anna: OwnerId, paths: list[str], language: str
) -> None:
    """At 320 pixels no page scrolls sideways."""
    context = await browser.new_context(base_url=service.base_url, viewport=NARROW)
    await service.sign_in(context, anna)
    page = await context.new_page()
    await page.goto(f"/lines?language={language}")
    assert await _wide(page, paths) == {}


async def test_text_of_twice_the_size_fits(
    service: Service, browser: Browser, anna: OwnerId, paths: list[str]
) -> None:
    """With text at 200 % on an ordinary phone no page scrolls sideways, in Russian."""
    viewport = {"width": 390, "height": 844}
    context = await browser.new_context(base_url=service.base_url, viewport=viewport)  # type: ignore[arg-type]  # a ViewportSize
    await service.sign_in(context, anna)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Page.setFontSizes", {"fontSizes": {"standard": LARGE}})
    await page.goto("/lines?language=ru")
    size = await page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert size == f"{LARGE}px"
    assert await _wide(page, paths) == {}


async def test_the_keyboard_reaches_everything_in_reading_order(
    page: Page, paths: list[str]
) -> None:
    """Tab walks every control of the board and of a number once, the skip link first; each shows
    its ring, and none hides behind the bar at the bottom."""
    for path in (paths[0], paths[3]):
        await page.goto(path)
        seen: list[dict[str, object]] = []
        for _ in range(MOST_STOPS):
            await page.keyboard.press("Tab")
            stop = await page.evaluate(_FOCUSED)
            if stop["is_body"] or (seen and stop["key"] == seen[0]["key"]):
                break
            if not seen or stop["key"] != seen[-1]["key"]:  # a date has a stop for each part
                seen.append(stop)
        assert seen[0]["text"] == "Skip to the content"
        assert await page.evaluate(_MISSED, [one["key"] for one in seen]) == []
        assert [one for one in seen if not one["ring"]] == []
        assert [one for one in seen[1:] if one["hidden"]] == []


async def test_who_wants_no_motion_gets_none(
    service: Service, browser: Browser, anna: OwnerId, paths: list[str]
) -> None:
    """With ``prefers-reduced-motion`` nothing on a page moves or fades."""
    context = await browser.new_context(base_url=service.base_url, reduced_motion="reduce")
    await service.sign_in(context, anna)
    page = await context.new_page()
    for path in (paths[0], paths[3]):
        await page.goto(path)
        assert await page.evaluate(_MOVING) == []


_MISSED = """keys => [...document.querySelectorAll('*')]
  .filter((e, n) => e.matches('a[href], button, input:not([type=hidden]), select, textarea')
    && e.checkVisibility() && !(e.type === 'radio' && !e.checked) && !keys.includes(n))
  .map(e => e.outerHTML.slice(0, 100))"""
_FOCUSED = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  const all = [...document.querySelectorAll('*')];
  const bar = document.querySelector('.nav')?.getBoundingClientRect();
  const over = document.elementFromPoint(
    Math.min(Math.max(r.x + r.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(r.y + r.height / 2, 0), innerHeight - 1));
  return {
    key: all.indexOf(e), is_body: e === document.body, text: e.textContent.trim(),
    ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2
      || getComputedStyle(e.nextElementSibling ?? e).outlineStyle !== 'none',
    hidden: !!over && !e.contains(over) && !over.contains(e)
      && !e.closest('label')?.contains(over),
  };
}"""
_MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e);
  return parseFloat(s.transitionDuration) > 0.01 || parseFloat(s.animationDuration) > 0.01;
}).map(e => e.outerHTML.slice(0, 80))"""
