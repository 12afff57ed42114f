"""Promises of reminder/domain/device.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.device import LONGEST, name_of

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko)"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"Mozilla/5.0 (Linux; Android 15; SM-S921B) {CHROME} Mobile Safari/537.36",
         "Chrome, Android"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/140.0",
         "Edge, Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} YaBrowser/25.8 Safari/537.36",
         "Yandex Browser, Windows"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.50", "WeChat, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0",
         "Firefox, Mac"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_person_knows_their_device(agent: str, name: str) -> None:
    """Browser and system are named; what is neither is called by its first word."""
    assert name_of(agent) == name


@given(st.text(max_size=400))
def test_any_text_becomes_a_short_printable_name(agent: str) -> None:
    """Whatever a program says of itself, the name is short and holds no control character."""
    name = name_of(agent)
    assert len(name) <= LONGEST
    assert name.isprintable()
