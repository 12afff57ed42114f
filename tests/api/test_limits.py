"""Buckets that fill with time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reminder.api.limits import A_TOKEN, MOST_KEYS, Buckets, Rate
from reminder.errors import LimitReached

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_burst_then_the_rate() -> None:
    """A token may call 500 times at once, and 50 times in each second after that."""
    buckets = Buckets(A_TOKEN, "too often")
    for _ in range(500):
        buckets.take("a", NOW)
    with pytest.raises(LimitReached) as refused:
        buckets.take("a", NOW)
    assert refused.value.retry_after == timedelta(milliseconds=20)
    for _ in range(50):
        buckets.take("a", NOW + timedelta(seconds=1))
    with pytest.raises(LimitReached):
        buckets.take("a", NOW + timedelta(seconds=1))


def test_each_key_has_its_own() -> None:
    """One caller's haste costs another nothing."""
    buckets = Buckets(Rate(1, timedelta(minutes=1), 1), "too often")
    buckets.take("a", NOW)
    buckets.take("b", NOW)
    with pytest.raises(LimitReached):
        buckets.take("a", NOW)


def test_a_clock_that_goes_back_locks_nobody_out() -> None:
    """After a step back in time a caller waits for one call at most, and is then served."""
    buckets = Buckets(Rate(1, timedelta(minutes=1), 2), "too often")
    buckets.take("a", NOW)
    before = NOW - timedelta(days=1)
    with pytest.raises(LimitReached) as refused:
        buckets.take("a", before)
    assert refused.value.retry_after <= timedelta(minutes=1)
    with pytest.raises(LimitReached):
        buckets.take("a", before + timedelta(seconds=59))
    buckets.take("a", before + timedelta(minutes=1))


def test_memory_stays_bounded() -> None:
    """However many addresses come, the number of buckets kept has an end."""
    buckets = Buckets(Rate(1, timedelta(minutes=1), 1), "too often")
    for n in range(MOST_KEYS * 2):
        buckets.take(str(n), NOW)
    assert len(buckets._full_at) <= MOST_KEYS
