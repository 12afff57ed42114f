"""The API over a real App on a real SQLite file, at an instant of the test's choosing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from reminder import api
from reminder.app import App, open_app
from reminder.config import load
from reminder.domain.ids import OwnerId
from reminder.service import people
from reminder.service.work import Work


@dataclass
class Watch:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Site:
    """The API with two owners, each with a token of scope write; Anna is administrator."""

    app: App
    watch: Watch
    anna: httpx.AsyncClient
    boris: httpx.AsyncClient
    nobody: httpx.AsyncClient
    owners: dict[str, OwnerId]
    client: Callable[..., httpx.AsyncClient] = field(repr=False)

    async def token(self, owner: str, scope: str) -> httpx.AsyncClient:
        """A caller with a token of that scope."""
        identity = self.owners[owner]
        _, secret = await self.app.write(
            lambda work: people.make_token(work, identity, "test", scope, "admin")
        )
        return self.client(secret)


@pytest.fixture
def watch() -> Watch:
    """Sunday 22 November 2026, 09:30 UTC."""
    return Watch()


@pytest.fixture
async def bare(tmp_path: Path, watch: Watch, database_url: str) -> AsyncIterator[App]:
    """An App without owners."""
    config = tmp_path / "config.toml"
    config.write_text('[server]\ndata_dir = "data"\nbase_url = "https://sim.example/r"\n')
    environ = {"REMINDER_DATABASE__URL": database_url}
    async with open_app(load(config, environ), clock=watch) as app:
        yield app


def caller(app: App) -> Callable[..., httpx.AsyncClient]:
    """Make clients of the whole API, as the server mounts it."""
    site = Starlette(routes=[Mount("/api", api.create(app))])
    transport = httpx.ASGITransport(site, raise_app_exceptions=False)

    def client(token: str = "", **headers: str) -> httpx.AsyncClient:
        held = {"authorization": f"Bearer {token}"} if token else {}
        base = "http://test/api/v1"
        return httpx.AsyncClient(transport=transport, base_url=base, headers={**held, **headers})

    return client


@pytest.fixture
async def site(bare: App, watch: Watch) -> Site:
    """The API with Anna (administrator) and Boris."""
    client = caller(bare)

    def begin(work: Work) -> dict[str, tuple[OwnerId, str]]:
        made = {}
        for name in ("anna", "boris"):
            owner = people.add_owner(work, f"{name}@example.org", timezone="Europe/Moscow")
            made[name] = (owner.id, people.make_token(work, owner.id, "main", "write", "admin")[1])
        return made

    made = await bare.write(begin)
    return Site(
        app=bare,
        watch=watch,
        anna=client(made["anna"][1]),
        boris=client(made["boris"][1]),
        nobody=client(),
        owners={name: pair[0] for name, pair in made.items()},
        client=client,
    )


@pytest.fixture
def line() -> dict[str, object]:
    """A line as CONTRACT section 4 registers one."""
    return {
        "number": "+7 916 123-45-67",
        "operator": "mts",
        "label": "Mum",
        "plan": "prepaid",
        "currency": "RUB",
        "balance": "120.50",
        "fee": "300.00",
        "renews_on": "2026-12-01",
        "period": "P1M",
        "charged_by": "operator",
        "low_balance": "50.00",
        "last_active_on": "2026-10-01",
        "inactivity_days": 90,
        "lead_times": ["P7D", "P3D", "P1D", "P0D"],
        "timezone": "Europe/Moscow",
        "note": "Second line\nof a note",
    }
