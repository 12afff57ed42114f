"""A text cut into marks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.intake.marks import plain, scan

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "number", "doubtful"),
    [
        ("120,50", "120.50", False),
        ("120.5", "120.5", False),
        ("1 030,50", "1030.50", False),
        ("1\u00a0030", "1030", False),
        ("12\u202f345", "12345", False),
        ("150 300", "150300", True),
        ("150\u00a0300", "150300", False),
        ("1,234", "1234", False),
        ("1,234.56", "1234.56", False),
        ("1.234,56", "1234.56", False),
        ("1.234", "1234", True),
        ("0.512", "0.512", True),
        ("１２.５０", "12.50", False),
        ("1'250.00", "1250.00", False),
    ],
)
def test_numbers(text: str, number: str, doubtful: bool) -> None:
    """Spaces, points and commas as people write them; what can be meant in two ways says so."""
    marks = scan(plain(text), TODAY)
    assert [(m.number, m.doubtful) for m in marks] == [(Decimal(number), doubtful)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("20.11.2026", ["2026-11-20"]),
        ("20.11.26", ["2026-11-20"]),
        ("2026-11-20", ["2026-11-20"]),
        ("20/11/2026", ["2026-11-20"]),
        ("11/20/2026", ["2026-11-20"]),
        ("11/10/2026", ["2026-10-11", "2026-11-10"]),
        ("20 ноября 2026", ["2026-11-20"]),
        ("20 Nov 2026", ["2026-11-20"]),
        ("Nov 20, 2026", ["2026-11-20"]),
        ("2026年11月20日", ["2026-11-20"]),
        ("12月31日", ["2025-12-31"]),
        ("31.02.2026", []),
    ],
)
def test_days(text: str, days: list[str]) -> None:
    """A date is every day that it can mean; without a year the latest past one."""
    marks = scan(plain(text), TODAY)
    assert [(m.kind, [str(d) for d in m.days]) for m in marks] == [("day", days)]


@pytest.mark.parametrize(
    "text",
    ["+7 916 123-45-67", "8 800 250 08 90", "*100#", "14:35", "10-20", "1.2.3", "https://a.b/1"],
)
def test_noise(text: str) -> None:
    """Telephone numbers, codes, times, ranges, versions and addresses are no sums."""
    assert [m.kind for m in scan(text, TODAY)] == ["noise"]


@settings(deadline=None)
@given(st.text())
def test_marks_stand_in_their_order(text: str) -> None:
    """Marks do not overlap, and each says where it stands."""
    said = plain(text)
    marks = scan(said, TODAY)
    places = [edge for m in marks for edge in (m.start, m.end)]
    assert places == sorted(places)
    assert all(0 <= m.start < m.end <= len(said) for m in marks)
