"""The engines that a fault is tried on: SQLite, PostgreSQL, PostgreSQL with a broker."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.broker import BrokerServer
from tests.fakes.postgres import PostgresServer
from tests.faults.load import AT_ONCE

ENGINES = ("sqlite", "postgresql", "jetstream")
LONGEST = 400.0
_streams = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Processes that are traced or started anew take long on a busy machine: what fails by waiting
    must fail by its own patience, not by the clock of the suite."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Every promise holds on every engine (ENGINE section 9, I7)."""
    return str(request.param)


@pytest.fixture
def dialect(engine: str) -> str:
    """The database of that engine."""
    return "sqlite" if engine == "sqlite" else "postgresql"


@pytest.fixture(scope="session")
def shared_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerServer]:
    """A broker that no test kills: each has a stream of its own on it."""
    with BrokerServer(tmp_path_factory.mktemp("broker")) as server:
        yield server


@pytest.fixture
def own() -> Iterator[PostgresServer]:
    """A server that may be crashed: no other test is on it."""
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def environ(
    engine: str, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> dict[str, str]:
    """Settings of a node on that engine, to which everything is due at once."""
    found = AT_ONCE | {"REMINDER_DATABASE__URL": database_url, "REMINDER_ENGINE__NODE": "here"}
    if engine == "jetstream":
        broker: BrokerServer = request.getfixturevalue("shared_broker")
        found["REMINDER_ENGINE__HANDOVER"] = broker.url
        found["REMINDER_ENGINE__STREAM"] = f"faults{next(_streams)}"
    return found
