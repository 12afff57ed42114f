"""Promises of reminder/storage/columns.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import sqlite

from reminder.storage.columns import Instant

DIALECT = sqlite.dialect()
COLUMN = Instant()


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC), -1),
        (datetime(2026, 11, 24, 6, 0, 0, 123000, tzinfo=UTC), 1795500000123),
        (datetime(2026, 11, 24, 9, tzinfo=timezone(timedelta(hours=3))), 1795500000000),
    ],
)
def test_instants_are_utc_milliseconds(moment: datetime, stored: int) -> None:
    """An instant of any zone is stored as UTC milliseconds and comes back aware, in UTC."""
    assert COLUMN.process_bind_param(moment, DIALECT) == stored
    back = COLUMN.process_result_value(stored, DIALECT)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


def test_a_naive_value_is_refused() -> None:
    """What has no zone has no instant."""
    with pytest.raises(ValueError, match="time zone"):
        COLUMN.process_bind_param(datetime(2026, 11, 24), DIALECT)


def test_nothing_stays_nothing() -> None:
    """None is stored as NULL and comes back as None."""
    assert COLUMN.process_bind_param(None, DIALECT) is None
    assert COLUMN.process_result_value(None, DIALECT) is None
