"""Numbers are read in any spelling into E.164, and shown masked."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.phone import country_of, mask, parse
from reminder.errors import InvalidInput


@given(st.integers(0, 10**10 - 1), st.sampled_from(["+7", "+7 ", "+8", "7"]))
def test_a_russian_mobile_number_is_read_as_the_library_reads_it(rest: int, head: str) -> None:
    """What is taken for one as it stands is a valid number of that very form; all else is read."""
    for digits in (f"{rest:010}", f"9{rest % 10**9:09}"):
        spelled = f"{head}{digits}"
        try:
            number = phonenumbers.parse(spelled, "RU")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert parse(spelled, "RU") == plain
        else:
            with pytest.raises(InvalidInput):
                parse(spelled, "RU")


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+7 916 123-45-67", None, "+79161234567"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("9161234567", "RU", "+79161234567"),
        ("+86 138 0013 8000", "RU", "+8613800138000"),
        ("+49 1512 3456789", None, "+4915123456789"),
        ("\u202a+7\u00a0916\u202f123\u201145\u201167\u202c", None, "+79161234567"),
        ("\ufeff８（９１６）１２３\u3000４５\u200b６７", "RU", "+79161234567"),
    ],
)
def test_reads_any_spelling(text: str, country: str | None, number: str) -> None:
    """Every usual spelling comes to the same number."""
    assert parse(text, country) == number


@pytest.mark.parametrize(
    ("text", "country", "words"),
    [
        ("", "RU", "with its country code"),
        ("+" + "1" * 41, None, "with its country code"),
        ("+7 916\n1234567", None, "with its country code"),
        ("hello", "RU", "with its country code"),
        ("9161234567", None, "Start with \\+"),
        ("+7 916 123-45", None, "Enter all 10 digits after \\+7. You entered 8"),
        ("007 916 123 45 67", "RU", "Enter all 10 digits after \\+7. You entered 13"),
        ("13800138000", "RU", "Enter all 10 digits after \\+7. You entered 11"),
        ("+86 1380 0138 0", None, "\\+86 has no such number: check the digits"),
        ("+86 138", None, "too short: 3 digits after \\+86"),
        ("+86 138 0013 8000 123", None, "too long: 14 digits after \\+86"),
        ("+7 916 123-45-67 ext. 5", None, "without an extension"),
        ("+7 000 123-45-67", None, "no such number"),
    ],
)
def test_refuses_with_what_would_be_right(text: str, country: str | None, words: str) -> None:
    """A wrong number is refused for the field ``number``, with what would be right."""
    with pytest.raises(InvalidInput, match=words) as refused:
        parse(text, country)
    assert refused.value.faults[0].field == "number"


@pytest.mark.parametrize(
    ("number", "language", "masked"),
    [
        ("+79161234567", "ru", "+7 916 ••• •• 67"),
        ("+79161234567", "en", "+7 916 ••• •• 67"),
        ("+79161234567", "zh", "+7 916 *** ** 67"),
        ("+8613800138000", "en", "+86 1380 ••• •• 00"),
    ],
)
def test_mask_hides_the_middle(number: str, language: str, masked: str) -> None:
    """The operator's digits and the last two are shown, the rest is not."""
    assert mask(number, language) == masked


def test_country_is_of_the_numbering_plan() -> None:
    """Numbers of +7 are told apart: Russia and Kazakhstan."""
    assert country_of("+79161234567") == "RU"
    assert country_of("+77011234567") == "KZ"
    assert country_of("+70001234567") is None


def test_a_plain_russian_number_is_read_as_any_other() -> None:
    """What needs no reading comes to the same as what is read sign by sign, whatever its prefix."""
    for prefix in range(1000):
        plain = f"+7{prefix:03}1234567"
        said = []
        for spelled in (plain, f"{plain[:2]} {plain[2:]}"):
            try:
                said.append(parse(spelled, None))
            except InvalidInput as error:
                said.append(str(error.faults))
        assert said[0] == said[1], plain
