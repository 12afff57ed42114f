"""A PostgreSQL server without any procedural language, as after an upgrade under a running server:
the service needs none (ENGINE section 9, row 18)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import open_app
from tests.conftest import settings_in
from tests.fakes import SmtpSink
from tests.fakes.postgres import PostgresServer
from tests.faults.checker import check
from tests.faults.load import AT_ONCE, add_due, settled

COUNT = 5
OURS = text(
    "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname = 'public'"
)


@pytest.fixture
def dialect() -> str:
    """This is PostgreSQL's."""
    return "postgresql"


async def test_no_stored_function_is_needed(tmp_path: Path, postgres: PostgresServer) -> None:
    """Tables are made, and mails planned, claimed and finished, in plain SQL."""
    name, record = postgres.create(), tmp_path / "accepted"
    with postgres.session(name) as session:
        session.execute("DROP EXTENSION plpgsql")
    async with SmtpSink(record=record) as smtp:
        environ = AT_ONCE | {
            "REMINDER_DATABASE__URL": postgres.url(name),
            "REMINDER_EMAIL__URL": smtp.url,
        }
        async with open_app(settings_in(tmp_path, environ)) as app:
            await app.write(lambda work: add_due(work, 0, COUNT))
            await app.plan()
            await app.start()
            await settled(app)
            check(app.database, record, owed=COUNT, twice=0)
            assert await app.database.read(lambda s: s.execute(OURS).scalar_one()) == 0
    postgres.drop(name)
