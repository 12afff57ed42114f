"""Promises of reminder/storage/jobs.py."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from reminder.storage import jobs
from reminder.storage.database import Database
from reminder.storage.system_tables import SystemJobRow
from tests.storage.samples import LATER, NOW, SOON

HOUR = timedelta(hours=1)


def _take(database: Database, now: datetime) -> int | None:
    with database.unit() as session:
        return jobs.take(session, "prune", now, now + HOUR)


def test_one_takes_it(database: Database) -> None:
    """A job that was never done is due; whoever takes it has it until its time is over."""
    assert [_take(database, moment) for moment in (NOW, SOON, NOW + HOUR)] == [1, None, 2]


@pytest.mark.parametrize(("done_at", "kept"), [(SOON, SOON), (None, None)])
def test_its_holder_says_when_it_is_due_next(
    database: Database, done_at: datetime | None, kept: datetime | None
) -> None:
    """The holder puts it off; who held it before changes nothing."""
    _take(database, NOW)
    token = _take(database, NOW + HOUR)
    assert token == 2
    with database.unit() as session:
        jobs.put_off(session, "prune", token, NOW + 3 * HOUR, done_at)
        jobs.put_off(session, "prune", 1, LATER, LATER)
    with database.look() as session:
        row = session.get_one(SystemJobRow, "prune")
        assert (row.next_run, row.last_ok) == (NOW + 3 * HOUR, kept)
    assert _take(database, NOW + 2 * HOUR) is None
