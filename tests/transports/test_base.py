"""What every transport promises."""

from __future__ import annotations

import pytest

from reminder.transports.base import EXCERPT_LENGTH, excerpt


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("  no \r\n such\tuser ", "no such user"),
        ("a\x00b\x1b[0m\udcff", "a?b?[0m?"),
        ("нет такого", "нет такого"),
        ("x" * 10_000, "x" * EXCERPT_LENGTH),
    ],
)
def test_excerpt_is_short_and_harmless(text: str, shown: str) -> None:
    """A foreign answer is kept on one short line without control signs."""
    assert excerpt(text) == shown
