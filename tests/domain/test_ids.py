"""Ids sort by age, carry their prefix and are safe in a URL."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.ids import ENTROPY_BYTES, compose

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
