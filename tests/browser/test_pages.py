"""Every page of the front door, the channels, the messages and the settings, as it is seen: read by
axe-core in light and dark, and no wider than the narrowest phone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from playwright.async_api import Browser, Page

from reminder.domain.ids import OwnerId
from reminder.service import channels, lines, people, watching
from tests.browser.conftest import NARROW, Service
from tests.browser.samples import COLOURS, RULES, overflow, violations
from tests.conftest import line_fields
from tests.service.samples import person, register

PUBLIC = ("/", "/safety", "/sign-in", "/sign-in?said=sent")
OWN = (
    "/channels",
    "/channels/new?kind=email",
    "/channels/new?kind=webhook",
    "/deliveries",
    "/settings",
    "/settings/erase",
    "/lines/import",
    "/service",
    "/outbox",
)
DEAF = {"kind": "webhook", "url": "https://example.org/hook", "label": "A rather long name of it"}


async def _with_a_past(service: Service, owner: OwnerId) -> list[str]:
    """A number, a message about it, a channel that is not confirmed; their pages."""
    await register(service.app, owner)
    added = await service.app.write(lambda work: channels.add(work, owner, DEAF))
    await service.app.write(lambda work: people.make_token(work, owner, "home", "read", "read"))
    held = await service.app.read(lambda work: channels.everything(work, owner))
    mail = next(one for one in held if one.kind == "email")
    sent = await service.app.write(lambda work: channels.test(work, owner, mail.id))
    await service.app.ensure_sender().drain()
    watched = await _watched(service, owner)
    hook, mailbox = f"/channels/{added.channel.id}", f"/channels/{mail.id}?test={sent}"
    return [hook, f"{hook}/remove", mailbox, f"/deliveries/{sent}", f"/outbox/{sent}", *watched]


async def _watched(service: Service, owner: OwnerId) -> list[str]:
    """Somebody whom the owner let watch a tag, and somebody's tag that the owner watches."""
    boris = await person(service.app, "boris@example.org")
    fields = line_fields(tags=["office"], label="Router with a rather long name of its own")
    await service.app.write(lambda work: lines.register(work, boris, fields))
    mine = {"address": "boris@example.org", "tag": "family"}
    await service.app.write(lambda work: watching.invite(work, owner, mine))
    given = {"address": "anna@example.org", "tag": "office"}
    watch = await service.app.write(lambda work: watching.invite(work, boris, given))
    await service.app.write(lambda work: watching.agree(work, owner, watch.id))
    return ["/watching", f"/watching/{watch.id}"]


async def _look(page: Page, paths: list[str], rules: Mapping[str, object]) -> list[str]:
    wrong: list[str] = []
    for path in paths:
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        wrong += [f"{path} {one}" for one in await violations(page, rules)]
        wide = await overflow(page)
        wrong += [f"{path} is {wide} px too wide"] if wide > 0 else []
    return wrong


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_can_be_read_by_everybody(
    service: Service, browser: Browser, anna: OwnerId, scheme: str
) -> None:
    """Nothing is wrong on any page, and nothing sticks out at 320 pixels."""
    context = await browser.new_context(
        base_url=service.base_url,
        viewport=NARROW,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    rules = COLOURS if scheme == "dark" else RULES
    path = await service.app.write(lambda work: people.owner_link(work, anna))
    wrong = await _look(page, [*PUBLIC, path], rules)
    await service.sign_in(context, anna)
    wrong += await _look(page, [*OWN, *await _with_a_past(service, anna)], rules)
    assert wrong == []


async def test_longer_words_fit_too(service: Service, browser: Browser, anna: OwnerId) -> None:
    """In Russian and Chinese nothing sticks out at 320 pixels either."""
    context = await browser.new_context(base_url=service.base_url, viewport=NARROW)
    await service.sign_in(context, anna)
    page = await context.new_page()
    paths = [*OWN, *await _with_a_past(service, anna)]
    wide = {}
    for language in ("ru", "zh"):
        await page.goto(f"/lines?language={language}")
        for path in paths:
            await page.goto(path)
            wide[language, path] = await overflow(page)
    assert {place: by for place, by in wide.items() if by > 0} == {}


async def test_forms_that_failed_can_be_read_too(page: Page) -> None:
    """What is wrong is told to a screen reader as well as to the eye."""
    await page.goto("/settings")
    await page.get_by_label("Time of day").evaluate("field => { field.type = 'text' }")
    await page.get_by_label("Time of day").fill("noon")
    await page.get_by_label("Days before a number is at risk").fill("many")
    await page.get_by_role("button", name="Save", exact=True).click()
    assert await page.get_by_role("alert").is_visible()
    assert await violations(page) == []
