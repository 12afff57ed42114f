"""Promises of reminder/domain/breaker.py."""

from __future__ import annotations

from datetime import timedelta

from reminder.domain.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker

MOMENT = timedelta(hours=5)


def _failed(times: int, breaker: Breaker | None = None) -> Breaker:
    found = breaker or Breaker()
    for _ in range(times):
        found = found.after_failure(MOMENT)
    return found


def test_it_opens_at_the_fifth_failure_in_a_row() -> None:
    """Four failures change nothing, an answer forgets them, five open it."""
    four = _failed(FAILURES - 1)
    assert not four.is_open
    assert four.lets_through(99, MOMENT)
    assert _failed(FAILURES - 1, four.after_success()) == four
    assert _failed(1, four).is_open


def test_one_try_asks_when_the_pause_is_over() -> None:
    """During the pause nothing goes; then one at a time."""
    shut = _failed(FAILURES)
    end = MOMENT + FIRST_PAUSE
    assert not shut.lets_through(0, end - timedelta(seconds=1))
    assert shut.lets_through(0, end)
    assert not shut.lets_through(1, end)
    assert not shut.after_success().is_open


def test_what_ends_in_the_pause_says_nothing_new() -> None:
    """Tries that were under way when it opened do not make the pause longer."""
    shut = _failed(FAILURES)
    assert _failed(30, shut) == shut


def test_each_try_that_fails_doubles_the_pause() -> None:
    """30 s, 1 min, 2 min and on, ten minutes at most."""
    shut, now = _failed(FAILURES), MOMENT
    pauses = []
    for _ in range(8):
        assert shut.until is not None
        pauses.append(shut.until - now)
        now = shut.until
        shut = shut.after_failure(now)
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_one_failure_may_be_enough() -> None:
    """What leaves no doubt opens it at once."""
    assert Breaker().after_failure(MOMENT, at_once=True).is_open
