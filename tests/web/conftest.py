"""A browser without a window: httpx over the real pages of a real app."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from reminder import web
from reminder.app import App
from reminder.service import people

BASE = "https://reminder.test"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def guest(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    transport = httpx.ASGITransport(web.create(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as client:
        yield client


@pytest.fixture
async def anna(app: App, guest: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser in which Anna, the first owner, in Moscow, is signed in."""
    path = await app.write(people.first_link)
    form = {"email": "anna@example.org", "language": "en", "timezone": "Europe/Moscow"}
    answer = await guest.post(str(path), data=form)
    assert answer.status_code == 303
    return guest


def number_form(**changes: str) -> dict[str, str]:
    """What a person types to add a number with a monthly fee that its balance does not cover."""
    return {
        "number": "+7 916 123-45-67",
        "operator": "mts",
        "label": "Mum",
        "balance": "120.50",
        "seen": "2026-11-20",
        "cycle": "month",
        "fee": "300",
        "next": "2026-12-01",
        "used": "none",
        "lead": "default",
        **changes,
    }


async def add_number(client: httpx.AsyncClient, **changes: str) -> str:
    """Add a number by the form; its page's path."""
    answer = await client.post("/lines/new", data=number_form(**changes))
    assert answer.status_code == 303, re.findall(r'class="err".*', answer.text)
    return answer.headers["location"].partition("/year")[0]
