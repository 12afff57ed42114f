"""Ids sort by age, carry their prefix and are safe in a URL."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.ids import ENTROPY_BYTES, Series, compose

NOW = datetime(2026, 11, 24, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
ENTROPY = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)


@given(INSTANTS, ENTROPY)
def test_form(now: datetime, entropy: bytes) -> None:
    """A prefix and 16 signs of Crockford's base 32, without a dot."""
    assert re.fullmatch(r"dlv_[0-9a-hjkmnp-tv-z]{16}", compose("dlv", now, entropy))


@given(INSTANTS, ENTROPY, ENTROPY)
def test_sorts_by_age(now: datetime, first: bytes, second: bytes) -> None:
    """A younger id sorts after an older one, whatever the random bytes."""
    later = now + timedelta(milliseconds=1)
    assert compose("lin", now, first) < compose("lin", later, second)


@given(ENTROPY, ENTROPY)
def test_differs_by_entropy(first: bytes, second: bytes) -> None:
    """Within one millisecond ids are equal only if the random bytes are."""
    assert (compose("lin", NOW, first) == compose("lin", NOW, second)) == (first == second)


@given(INSTANTS, st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES))
def test_no_id_of_a_series_comes_twice(now: datetime, entropy: bytes) -> None:
    """Whatever the random bytes: they are ids of that very millisecond, each but once."""
    series = Series(now, entropy)
    made = [series.new("rem") for _ in range(200)]
    assert len(set(made)) == 200
    least, most = compose("rem", now, bytes(4)), compose("rem", now, b"\xff" * 4)
    assert all(least <= one <= most for one in made)


def test_a_hundred_thousand_of_one_millisecond_are_different() -> None:
    """So many random ids of 32 bits would hold two that are alike."""
    series = Series(NOW, b"any4")
    assert len({series.new("rem") for _ in range(100_000)}) == 100_000
