"""Amounts are whole minor units, read from what people write and shown without a float."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.money import LARGEST_MINOR, Money, check_currency, decimals
from reminder.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("120.50", "RUB", 12050),
        ("120,5", "RUB", 12050),
        ("1 030,5", "RUB", 103050),
        ("1\u00a0030\u202f000", "JPY", 1030000),
        ("1.234", "KWD", 1234),
        ("300.000", "RUB", 30000),
        ("-179.50", "RUB", -17950),
        ("\u2212179.50", "RUB", -17950),
        ("+5", "CNY", 500),
        (" 0 ", "RUB", 0),
        ("１　２３４．５０", "RUB", 123450),
        ("－１２，５", "CNY", -1250),
        ("1 234,500", "RUB", 123450),
        ("0,500", "RUB", 50),
        ("1000000000000", "RUB", LARGEST_MINOR),
    ],
)
def test_reads_what_people_write(text: str, currency: str, minor: int) -> None:
    """Points, commas, spaces and both minus signs are read; trailing zeros do no harm."""
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1.2.3", "1e5", "12.345", "--1", "١٢", "1\n2", "1000000000000.01", "9" * 21, "."],
)
def test_refuses_what_is_no_amount(text: str) -> None:
    """Anything else is refused, and the refusal names the field."""
    with pytest.raises(InvalidInput) as refused:
        Money.parse(text, "RUB", "fee")
    assert [f.field for f in refused.value.faults] == ["fee"]


@pytest.mark.parametrize(
    ("text", "currency", "words"),
    [
        ("1,000", "RUB", "can mean 1000 or 1.00"),
        ("-12,500", "RUB", "can mean -12500 or -12.50"),
        ("1,000", "JPY", "can mean 1000 or 1:"),
    ],
)
def test_a_comma_that_may_part_thousands_is_not_guessed(
    text: str, currency: str, words: str
) -> None:
    """One is not taken for a thousand, nor a thousand for one: both are named."""
    with pytest.raises(InvalidInput, match=words):
        Money.parse(text, currency)
    assert Money.parse("1,000", "KWD") == Money(1000, "KWD")


@pytest.mark.parametrize(("currency", "places"), [("RUB", 2), ("JPY", 0), ("KWD", 3)])
def test_decimals_are_those_of_the_currency(currency: str, places: int) -> None:
    """The number of decimals is that of ISO 4217."""
    assert decimals(currency) == places


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(12050, "RUB"), "120.50"),
        (Money(-5, "RUB"), "-0.05"),
        (Money(7, "JPY"), "7"),
        (Money(7, "KWD"), "0.007"),
    ],
)
def test_amount_shows_all_decimals(money: Money, text: str) -> None:
    """An amount is shown with all decimals of its currency and a leading zero."""
    assert money.amount == text


@given(st.integers(-LARGEST_MINOR, LARGEST_MINOR), st.sampled_from(["RUB", "JPY", "KWD"]))
def test_what_is_shown_is_read_back(minor: int, currency: str) -> None:
    """An amount survives being shown and read."""
    money = Money(minor, currency)
    assert Money.parse(money.amount, currency) == money


@given(st.fractions(min_value=-1000, max_value=1000))
def test_rounding_never_flatters(value: Fraction) -> None:
    """A sum to pay is rounded up, a balance down, each by less than one minor unit."""
    up, down = Money.at_least(value, "RUB").minor, Money.at_most(value, "RUB").minor
    assert value <= up < value + 1
    assert value - 1 < down <= value


def test_currency_is_of_the_list() -> None:
    """A code is read in any case; one that ISO 4217 does not list is refused."""
    assert check_currency(" rub ") == "RUB"
    with pytest.raises(InvalidInput, match="currency"):
        check_currency("RUR")


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [("1049.5", "RUB", 1000), ("949.4", "RUB", 949), ("-1051", "RUB", -1100), ("49.6", "JPY", 50)],
)
def test_about_is_round(minor: str, currency: str, said: int) -> None:
    """An estimate of ten units or more is said in whole units."""
    assert Money.about(Fraction(minor), currency) == Money(said, currency)


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [("1000.1", "RUB", 1100), ("999.1", "RUB", 1000), ("33739", "RUB", 33800), ("0", "RUB", 0)],
)
def test_enough_is_never_too_little(minor: str, currency: str, said: int) -> None:
    """A sum that rests on an estimate is rounded up: to whole units from ten units on."""
    assert Money.enough(Fraction(minor), currency) == Money(said, currency)
    assert Money.enough(Fraction(minor), currency).minor >= Fraction(minor)
