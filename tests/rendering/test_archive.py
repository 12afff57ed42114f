"""Promises of reminder/rendering/archive.py."""

from __future__ import annotations

import pytest

from reminder.rendering.archive import readme


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_the_page_says_whose_it_is_and_when(language: str) -> None:
    """With nothing left unfilled."""
    text = readme(language, "anna@example.org", "2026-11-20 10:00")
    assert "anna@example.org" in text
    assert "2026-11-20 10:00" in text
    assert "{" not in text
