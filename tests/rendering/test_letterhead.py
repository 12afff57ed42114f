"""The frame of a message."""

from __future__ import annotations

from tests.rendering.notices import head


def test_own_addresses() -> None:
    """The host is that of the base address, and the safety page speaks the reader's language."""
    made = head("ru")
    assert made.host == "reminder.example.org"
    assert made.safety_url == "https://reminder.example.org/safety?language=ru"
