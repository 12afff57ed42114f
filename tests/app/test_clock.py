"""Promises of reminder/app/clock.py."""

from __future__ import annotations

from datetime import timedelta

from reminder.app.clock import uptime, uptime_by, utc_now
from tests.conftest import HandClock


def test_the_clock_is_utc_in_whole_milliseconds() -> None:
    """An instant read is aware, UTC, and the same when it comes back from the database."""
    now = utc_now()
    assert now.utcoffset() is not None
    assert now.isoformat().endswith("+00:00")
    assert now.microsecond % 1000 == 0


def test_the_uptime_only_grows(clock: HandClock) -> None:
    """How long the machine has run never falls; a clock set by hand moves it as it moves."""
    first = uptime()
    assert timedelta(0) < first <= uptime()
    assert uptime_by(utc_now) is uptime
    by_hand = uptime_by(clock)
    before = by_hand()
    clock.at += timedelta(hours=3)
    assert by_hand() - before == timedelta(hours=3)
    now = clock.at
    clock.at += timedelta(milliseconds=1)
    assert now - by_hand() < now
