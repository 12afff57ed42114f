"""Draw docs/board*.png from the real board in a real browser: ``make picture``. Needs chromium."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

from playwright.async_api import async_playwright

from reminder.app import open_app
from reminder.service import people
from tests.browser.conftest import CHROMIUM, OPTIONS, Service, serving
from tests.browser.samples import add_line
from tests.conftest import HandClock, settings_in

DOCS = Path(__file__).resolve().parents[1] / "docs"
SIZE = {"width": 880, "height": 560}
LABELS = {
    "en": ("Mum", "Bank codes", "Dad", "Tablet"),
    "ru": ("Мама", "Коды банка", "Папа", "Планшет"),
    "zh": ("妈妈", "银行验证码", "爸爸", "平板"),
}
NAMES = {"en": "board.png", "ru": "board.ru.png", "zh": "board.zh.png"}


async def _fill(service: Service, language: str) -> None:
    """One number that is short, one that is silent, two that are fine."""
    adding = partial(people.add_owner, email="anna@example.org", language=language)
    owner = (await service.app.write(adding)).id
    mum, bank, dad, tablet = LABELS[language]
    await add_line(service, owner, label=mum)
    silent = {"last_active_on": "2026-09-11", "inactivity_days": 90, "renews_on": None}
    named = {"label": bank, "operator": "t2", "fee": None, "number": "+79521234581"}
    await add_line(service, owner, **named, **silent)
    fine = {"operator": "beeline", "balance": "900", "renews_on": "2026-12-14"}
    await add_line(service, owner, number="+79031234518", label=dad, **fine)
    yota = {"operator": "yota", "balance": "640", "fee": "450", "renews_on": "2026-12-19"}
    await add_line(service, owner, number="+79991234530", label=tablet, **yota)


async def draw(language: str, target: Path) -> None:
    """Open the board of one language and keep what is seen."""
    with tempfile.TemporaryDirectory() as folder, closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        clock = HandClock()
        settings = settings_in(Path(folder), {"REMINDER_SERVER__BASE_URL": base_url})
        async with open_app(settings, clock=clock) as app, serving(app, listener):
            service = Service(base_url, app, clock)
            await _fill(service, language)
            await _photograph(service, target)


async def _photograph(service: Service, target: Path) -> None:
    owner = (await service.app.read(lambda work: people.by_email(work, "anna@example.org"))).id
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        context = await browser.new_context(base_url=service.base_url, viewport=SIZE)  # type: ignore[arg-type]
        await service.sign_in(context, owner)
        page = await context.new_page()
        await page.goto("/lines")
        await page.screenshot(path=target)
        await browser.close()


def main() -> None:
    """Draw the board in every language."""
    for language, name in NAMES.items():
        asyncio.run(draw(language, DOCS / name))


if __name__ == "__main__":
    main()
