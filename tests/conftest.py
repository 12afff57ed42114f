"""What many tests stand on: an app over a real database, a clock that is set by hand, and the world
outside as real servers on loopback.

The suites of storage and engine, and the story, run on SQLite and on PostgreSQL: they override the
fixture ``dialect`` by :data:`KINDS`.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from reminder.app import App, open_app
from reminder.config import Settings, load
from reminder.domain.ids import OwnerId
from reminder.service import people
from reminder.storage.database import Database
from tests.fakes import SmtpSink, WebhookSink
from tests.fakes.broker import BrokerServer
from tests.fakes.postgres import CannotStart, PostgresServer

# The same examples each time, and none is judged by how long it took: a gate says the same of the
# same code. `--hypothesis-profile=default` looks for new ones.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis.settings.load_profile("gate")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: no search for garbage need walk through it."""
    gc.collect()
    gc.freeze()


START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
KINDS = ("sqlite", "postgresql")


class HandClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def set(self, text: str) -> None:
        """Set it to an ISO instant; without an offset it is UTC."""
        moment = datetime.fromisoformat(text)
        self.at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def settings_in(folder: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings with their data in ``folder``, the config's defaults else."""
    file = folder / "config.toml"
    file.touch()
    return load(file, {"REMINDER_SERVER__BASE_URL": "https://reminder.test", **(environ or {})})


@dataclass
class World:
    """An app, its clock, and the servers that its messages go to."""

    app: App
    clock: HandClock
    smtp: SmtpSink
    hook: WebhookSink
    owner: OwnerId

    async def beat(self, text: str | None = None) -> None:
        """Set the clock, plan what is due then, and send until nothing is left."""
        if text is not None:
            self.clock.set(text)
        await self.app.plan()
        await self.app.ensure_sender().drain()


@pytest.fixture
def clock() -> HandClock:
    """A clock set by hand."""
    return HandClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, one for each process that runs tests."""
    try:
        server = PostgresServer()
    except CannotStart as why:
        pytest.skip(f"PostgreSQL does not start here: {why}")
    yield server
    server.close()


@pytest.fixture(scope="session")
def template(postgres: PostgresServer) -> str:
    """The name of a database with the tables of this version, to be copied."""
    name = postgres.create()
    made = Database(postgres.url(name))
    made.migrate()
    made.close()
    return name


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerServer]:
    """A running broker that may be killed, frozen and wiped: no other test is on it."""
    with BrokerServer(tmp_path / "nats") as server:
        yield server


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the tables of this version, to be copied."""
    path = tmp_path_factory.mktemp("new") / "reminder.db"
    made = Database(f"sqlite:///{path}")
    made.migrate()
    made.close()
    return path


@pytest.fixture
def dialect() -> str:
    """Which database a test runs on."""
    return "sqlite"


@pytest.fixture
def database_url(dialect: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of that kind that has its tables and nothing in them."""
    if dialect == "sqlite":
        folder = tmp_path / "data"  # where an app keeps it that is told nothing else
        folder.mkdir(mode=0o700)
        new_file: Path = request.getfixturevalue("new_file")
        shutil.copy(new_file, folder)
        yield f"sqlite:///{folder / 'reminder.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
async def app(tmp_path: Path, clock: HandClock, database_url: str) -> AsyncIterator[App]:
    """An app with nobody in it, mail kept in a folder."""
    environ = {"REMINDER_DATABASE__URL": database_url}
    async with open_app(settings_in(tmp_path, environ), clock=clock) as opened:
        yield opened


@pytest.fixture
async def world(tmp_path: Path, clock: HandClock, database_url: str) -> AsyncIterator[World]:
    """An app with one owner in Moscow who reads English, SMTP and a webhook receiver."""
    async with SmtpSink() as smtp, WebhookSink() as hook:
        environ = {
            "REMINDER_DATABASE__URL": database_url,
            "REMINDER_EMAIL__URL": smtp.url,
            "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        }
        async with open_app(settings_in(tmp_path, environ), clock=clock) as opened:
            owner = await opened.write(lambda work: people.add_owner(work, "anna@example.org"))
            yield World(opened, clock, smtp, hook, owner.id)


Register = Callable[..., dict[str, object]]


def line_fields(**changes: object) -> dict[str, object]:
    """The fields of a line with a monthly fee that its balance does not cover."""
    return {
        "number": "+7 916 123-45-67",
        "operator": "mts",
        "label": "Mum",
        "balance": "120.50",
        "fee": "300.00",
        "renews_on": "2026-12-01",
        "period": "P1M",
        **changes,
    }
