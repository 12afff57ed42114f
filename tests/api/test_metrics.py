"""Promises of reminder/api/metrics.py: who may read the measures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from reminder.app import App, open_app
from reminder.server import create
from reminder.service import people
from tests.conftest import HandClock, settings_in


@asynccontextmanager
async def _served(folder: Path, metrics: str) -> AsyncIterator[tuple[App, httpx.AsyncClient]]:
    settings = settings_in(folder, {"REMINDER_ACCESS__METRICS": metrics})
    async with open_app(settings, clock=HandClock()) as app:
        transport = httpx.ASGITransport(create(app))
        async with httpx.AsyncClient(transport=transport, base_url="https://r.test") as client:
            yield app, client


async def test_off_is_no_page(tmp_path: Path) -> None:
    """Where nobody may read them there is nothing."""
    async with _served(tmp_path, "off") as (_, client):
        assert (await client.get("/metrics")).status_code == 404


async def test_open_is_for_everybody(tmp_path: Path) -> None:
    """In the text format of Prometheus."""
    async with _served(tmp_path, "open") as (_, client):
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "# TYPE reminder_tries_total counter" in answer.text


@pytest.mark.parametrize(("scope", "status"), [("admin", 200), ("write", 403), ("read", 403)])
async def test_a_token_of_an_administrator_opens(tmp_path: Path, scope: str, status: int) -> None:
    """A token of scope admin whose owner looks after the service; without one, or with another,
    the answer says what is needed."""
    async with _served(tmp_path, "token") as (app, client):
        bare = await client.get("/metrics")
        assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
        anna = await app.write(lambda w: people.add_owner(w, "anna@example.org"))
        made = await app.write(
            lambda w: people.make_token(w, anna.id, "prometheus", scope, people.Scope.ADMIN)
        )
        bearer = {"authorization": f"Bearer {made[1]}"}
        assert (await client.get("/metrics", headers=bearer)).status_code == status
        wrong = {"authorization": "Bearer rmd_wrong"}
        assert (await client.get("/metrics", headers=wrong)).status_code == 401
