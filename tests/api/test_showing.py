"""Domain values as answers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from reminder.api import showing
from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.ids import ReadingId
from reminder.domain.money import Money

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "balance", "amount"),
    [
        (ReadingKind.READING, "5.00", None),
        (ReadingKind.TOP_UP, None, "5.00"),
        (ReadingKind.FEE, None, "5.00"),
        (ReadingKind.UNKNOWN, None, None),
    ],
)
def test_a_reading_names_its_sum_by_kind(
    kind: ReadingKind, balance: str | None, amount: str | None
) -> None:
    """A whole balance stands under ``balance``, a sum added or taken under ``amount``."""
    one = Reading(ReadingId("rdg_x"), kind, NOW, date(2026, 11, 22), NOW, 500)
    said = showing.reading(one, "RUB")
    assert (said.balance and said.balance.amount) == balance
    assert (said.amount and said.amount.amount) == amount


def test_money_and_leads() -> None:
    """Money keeps its decimals, nothing stays nothing, and leads are ISO 8601."""
    shown = showing.money(Money(-5, "RUB"))
    assert shown is not None
    assert (shown.amount, shown.currency) == ("-0.05", "RUB")
    assert showing.money(None) is None
    assert showing.leads((7, 0)) == ["P7D", "P0D"]
