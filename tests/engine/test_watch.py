"""Promises of reminder/engine/watch.py."""

from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from reminder.engine.watch import Trouble, Watch
from tests.conftest import START, HandClock


def test_an_alarm_stands_until_it_is_over(clock: HandClock) -> None:
    """It is said once, keeps the instant at which it began, and is said again when it is over."""
    watch = Watch(clock, timedelta)
    with capture_logs() as said:
        watch.raise_alarm(Trouble.MAIL_STOPPED, "No mail leaves: no.")
        clock.at += timedelta(hours=1)
        watch.raise_alarm(Trouble.MAIL_STOPPED, "No mail leaves: still no.")
        (alarm,) = watch.alarms
        watch.end_alarm(Trouble.MAIL_STOPPED)
        watch.end_alarm(Trouble.MAIL_STOPPED)
    assert (alarm.since, alarm.detail) == (START, "No mail leaves: still no.")
    assert watch.alarms == []
    assert [one["event"] for one in said] == ["alarm", "alarm over"]
