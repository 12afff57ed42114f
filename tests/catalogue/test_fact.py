"""Promises about a single fact."""

from __future__ import annotations

from datetime import date

import pytest

from reminder.catalogue.fact import Confidence, Evidence, Fact, Text


def fact(*, advice: bool = False) -> Fact[str]:
    """A fact checked on 1 June 2026."""
    return Fact("x", "", date(2026, 6, 1), Confidence.MEDIUM, Evidence.SEEN, advice=advice)


@pytest.mark.parametrize(
    ("today", "stale"),
    [
        (date(2026, 6, 1), False),
        (date(2026, 11, 28), False),
        (date(2026, 11, 29), True),
        (date(2026, 5, 1), False),
    ],
)
def test_goes_stale_after_180_days(today: date, stale: bool) -> None:
    """A fact is fresh for 180 days after its check and stale from the day after."""
    assert fact().is_stale(today) is stale


def test_advice_does_not_age() -> None:
    """Our own advice has no source to be checked again."""
    assert not fact(advice=True).is_stale(date(2036, 1, 1))


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("zh", "一"),
        ("zh-Hans", "一"),
        ("ru", "один"),
        ("RU-ru", "один"),
        ("en", "one"),
        ("fr", "one"),
    ],
)
def test_speaks_the_readers_language(language: str, word: str) -> None:
    """A text answers to a language tag, with region or script, and to others in English."""
    assert Text("一", "один", "one").in_(language) == word
