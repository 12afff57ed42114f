"""Numbers with their currency and their sign."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reminder.domain.intake.marks import plain, scan
from reminder.domain.intake.sums import Said, Sum, is_foreign, sums_of

TODAY = date(2026, 11, 22)


def found_in(text: str) -> list[Sum]:
    """The sums of a text."""
    bare = plain(text)
    return sums_of(Said(bare, scan(bare, TODAY)))[1]


@pytest.mark.parametrize(
    ("text", "values", "currency"),
    [
        ("300р", ["300"], "RUB"),
        ("₽300", ["300"], "RUB"),
        ("RUB 300", ["300"], "RUB"),
        ("руб.: 300", ["300"], "RUB"),
        ("PLN 300", ["300"], "PLN"),
        ("-$5", ["-5"], "USD"),
        ("$-5", ["-5"], "USD"),
        ("минус 5 р", ["-5"], "RUB"),
        ("負3元", ["-3"], "CNY"),
        ("x - 5 р", ["5", "-5"], "RUB"),
        ("x — 5 р", ["5"], "RUB"),
        ("x -5 р", ["-5"], "RUB"),
        ("x-5 р", ["5", "-5"], "RUB"),
        ("5 руб. 7 коп.", ["5.07"], "RUB"),
        ("5元6角", ["5.6"], "CNY"),
        ("5", ["5"], None),
    ],
)
def test_one_sum(text: str, values: list[str], currency: str | None) -> None:
    """The currency before or behind, the sign, and both meanings of a dash that leaves a doubt."""
    assert [(s.values, s.currency) for s in found_in(text)] == [
        (tuple(map(Decimal, values)), currency)
    ]


@pytest.mark.parametrize("text", ["5 GB", "120 минут", "50%", "A500", "1234567", "2: ", "+5", "/5"])
def test_no_sum(text: str) -> None:
    """What counts something else, or names something, is no sum."""
    assert found_in(text) == []


@pytest.mark.parametrize("text", ["5 руб. 120 коп.", "5 руб. 0.5 коп."])
def test_more_than_the_minor_unit_holds_is_a_sum_of_its_own(text: str) -> None:
    """Kopecks behind a sum are whole and fewer than a hundred; else two sums leave a doubt."""
    assert len(found_in(text)) == 2


def test_a_sign_belongs_to_one_number() -> None:
    """A currency between two numbers is the one's it stands closer to."""
    assert [s.currency for s in found_in("5 $10")] == [None, "USD"]
    assert [s.currency for s in found_in("5р 10")] == ["RUB", None]


def test_an_unknown_currency_is_noticed() -> None:
    """A word beside a bare sum may be a currency that we do not know."""
    for text, foreign in [("Rs 45", True), ("45 zl", True), ("is 45", False), ("45 р", False)]:
        bare = plain(text)
        said, sums = sums_of(Said(bare, scan(bare, TODAY)))
        assert is_foreign(said, sums[0]) is foreign
