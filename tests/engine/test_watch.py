"""Promises of reminder/engine/watch.py."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from reminder.engine.watch import HELD_FOR, Trouble, Watch
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


class _Machine:
    """A machine whose wall clock can be moved."""

    def __init__(self) -> None:
        self.up = timedelta(hours=1)
        self.moved = timedelta()

    def wall(self) -> datetime:
        """What the clock shows."""
        return START + self.up + self.moved

    def uptime(self) -> timedelta:
        """How long it runs."""
        return self.up


@pytest.mark.parametrize("move", [timedelta(hours=1), -timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_is_moved_holds_one_tick(move: timedelta) -> None:
    """Forward or back: for half a minute nothing may begin, with an alarm; then what the clock
    says is believed."""
    machine = _Machine()
    watch = Watch(machine.wall, machine.uptime)
    machine.up += timedelta(days=3)  # a machine that slept: no jump
    assert not watch.holds_still()
    machine.moved = move
    assert watch.holds_still()
    assert [alarm.trouble for alarm in watch.alarms] == [Trouble.CLOCK_MOVED]
    machine.up += HELD_FOR - timedelta(seconds=1)
    assert watch.holds_still()
    machine.up += timedelta(seconds=1)
    assert not watch.holds_still()
    assert watch.alarms == []


def test_small_steps_are_no_jump() -> None:
    """A clock that is set right by four minutes, again and again, holds nothing up."""
    machine = _Machine()
    watch = Watch(machine.wall, machine.uptime)
    for _ in range(5):
        machine.moved += timedelta(minutes=4)
        assert not watch.holds_still()
