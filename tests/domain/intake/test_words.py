"""What words mean."""

from __future__ import annotations

import pytest

from reminder.domain.intake.words import (
    BEGINNINGS,
    CURRENCY_OF,
    HAN,
    WHOLE,
    Sense,
    currency_of,
    is_unit,
    sense_of,
)
from reminder.domain.money import CURRENCIES


@pytest.mark.parametrize(
    ("word", "sense"),
    [
        ("баланса", Sense.MAIN),
        ("balances", Sense.MAIN),
        ("остаток", Sense.WEAK),
        ("бонусный", Sense.OTHER),
        ("платёж", Sense.OTHER),
        ("абонплата", Sense.OTHER),
        ("абонента", Sense.WORD),
        ("составляет", Sense.WORD),
        ("составит", Sense.OTHER),
        ("credit", Sense.WEAK),
        ("credited", Sense.OTHER),
        ("после", Sense.AFTER),
        ("погода", Sense.WORD),
        ("", Sense.WORD),
    ],
)
def test_a_word_is_known_whole_or_by_its_beginning(word: str, sense: Sense) -> None:
    """The whole word goes first, then its longest known beginning."""
    assert sense_of(word) is sense


def test_every_currency_is_one() -> None:
    """Each currency named is one of ISO 4217, and words are in small letters."""
    assert set(CURRENCY_OF.values()) <= CURRENCIES
    assert all(word == word.lower() for word in [*CURRENCY_OF, *WHOLE, *BEGINNINGS])
    assert currency_of("погода", "RUB") is None


def test_a_chinese_word_means_one_thing() -> None:
    """No Chinese word stands under two senses."""
    every = [word for words in HAN.values() for word in words.split()]
    assert len(set(every)) == len(every)


def test_units_are_known_with_their_endings() -> None:
    """Minutes, gigabytes and points count something else than money."""
    assert all(map(is_unit, ["мин", "минутах", "гб", "баллов", "分钟", "sms"]))
    assert not any(map(is_unit, ["руб", "баланс", ""]))
