"""Promises of reminder/engine/counts.py."""

from __future__ import annotations

from datetime import timedelta

from reminder.domain.delivery import Lane
from reminder.engine.counts import KEPT, Counts, Spread, spread

SECOND = timedelta(seconds=1)


def test_how_durations_are_spread() -> None:
    """Half, 99 of 100, the longest; nothing of nothing."""
    assert spread([]) == Spread()
    found = spread([n * SECOND for n in range(1000, 0, -1)])
    assert (found.half, found.most, found.longest) == (500 * SECOND, 990 * SECOND, 1000 * SECOND)
    assert spread([SECOND]).most == SECOND


def test_only_the_last_thousand_count() -> None:
    """An old delay is forgotten."""
    counts = Counts()
    counts.lateness.append(timedelta(days=1))
    counts.lateness.extend([SECOND] * KEPT)
    assert spread(list(counts.lateness)).longest == SECOND


def test_an_empty_claim_is_one_too() -> None:
    """Claims are counted whether or not they found something."""
    counts = Counts()
    counts.note_claims(Lane.EMAIL, [])
    assert (counts.claims[Lane.EMAIL], counts.empty_claims[Lane.EMAIL]) == (1, 1)
