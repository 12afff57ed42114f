"""Promises of reminder/storage/jobs.py."""

from __future__ import annotations

from datetime import timedelta

from reminder.storage import jobs
from reminder.storage.database import Database
from tests.storage.samples import NOW

HOUR = timedelta(hours=1)


def test_a_turn_is_taken_once(database: Database) -> None:
    """Of all who ask, one gets the turn; the next is to be had when its time has come."""
    moments = [NOW, NOW, NOW + HOUR - timedelta(milliseconds=1), NOW + HOUR, NOW + HOUR]
    got = []
    for moment in moments:
        with database.unit() as session:
            got.append(jobs.take(session, "tidy", moment, moment + HOUR))
    assert got == [1, None, None, 2, None]
    with database.unit() as session:
        assert jobs.take(session, "other", NOW, NOW + HOUR) == 1
