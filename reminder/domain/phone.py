"""Numbers in E.164 form, and how to mask them. libphonenumber's metadata, read by phonenumbers."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, ValidationResult

from reminder.errors import InvalidInput

_MASKS = {"zh": "*"}
_LONGEST_INPUT = 40
_RUSSIA = 7
_SHORT_NATIONAL = 10
_PLAIN = len("+79161234567")
_KEPT = 512


@lru_cache(maxsize=_KEPT)  # a file's rows are looked for, some hundreds, before they are read
def parse(text: str, country: str | None) -> str:
    """Read a number in any spelling into E.164 (``+79161234567``).

    Without a leading + it is read in ``country`` (ISO 3166, ``RU``). Raises InvalidInput for
    ``number`` with what would be right.

    >>> parse("8 (916) 123-45-67", "RU")
    '+79161234567'
    """
    spelled = as_seen(text)
    if _is_plain_mobile(spelled):
        return spelled
    if not spelled or len(spelled) > _LONGEST_INPUT or not spelled.isprintable():
        raise _wrong("Write the number with its country code, such as +7 916 123-45-67")
    try:
        number = _plain_russian(spelled) or phonenumbers.parse(spelled, country)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            raise _wrong("Start with + and the country code, such as +7") from error
        raise _wrong("Write the number with its country code, such as +7 916 123-45-67") from error
    if number.extension:
        raise _wrong("Write the number without an extension")
    if not phonenumbers.is_valid_number(number):
        _check_length(number)
        raise _wrong(f"+{number.country_code} has no such number: check the digits")
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"


def as_seen(text: str) -> str:
    """A number without what nobody sees in it: contacts and web pages put marks of direction around
    it, and spaces that do not break into it.

    >>> as_seen("\u202a+7\u00a0916 123-45-67\u202c")
    '+7 916 123-45-67'
    """
    if not text.isascii():
        of = unicodedata.category
        text = "".join(" " if of(sign) == "Zs" else sign for sign in text if of(sign) != "Cf")
    return text.strip()


def _is_plain_mobile(spelled: str) -> bool:
    """Whether it is ``+7`` and the digits of a Russian mobile number, and so right as it stands."""
    is_plain = spelled.startswith("+7") and spelled.isascii()
    return is_plain and _mobile().fullmatch(spelled, len("+7")) is not None


@lru_cache(maxsize=1)
def _mobile() -> re.Pattern[str]:
    """Russia's mobile numbers without ``+7``, as libphonenumber knows them."""
    known = phonenumbers.PhoneMetadata.metadata_for_region("RU")
    assert known is not None
    assert known.mobile is not None
    return re.compile(str(known.mobile.national_number_pattern))


def _plain_russian(spelled: str) -> PhoneNumber | None:
    """``+7`` and ten digits need no reading; a list of thousands is mostly that."""
    digits = spelled[2:]
    if len(spelled) != _PLAIN or not spelled.startswith("+7") or digits.startswith("0"):
        return None
    return PhoneNumber(_RUSSIA, int(digits)) if digits.isascii() and digits.isdigit() else None


def _check_length(number: PhoneNumber) -> None:
    reason = phonenumbers.is_possible_number_with_reason(number)
    digits = len(phonenumbers.national_significant_number(number))
    if reason != ValidationResult.IS_POSSIBLE and number.country_code == _RUSSIA:
        raise _wrong(f"Enter all 10 digits after +7. You entered {digits}")
    if reason == ValidationResult.TOO_SHORT:
        raise _wrong(f"This number is too short: {digits} digits after +{number.country_code}")
    if reason == ValidationResult.TOO_LONG:
        raise _wrong(f"This number is too long: {digits} digits after +{number.country_code}")


def _wrong(detail: str) -> InvalidInput:
    return InvalidInput.of("number", detail)


def country_of(number: str) -> str | None:
    """The country (ISO 3166) whose numbering plan an E.164 number belongs to, if one does."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))


def spellings(number: str) -> tuple[str, ...]:
    """The digits by which an E.164 number is written: with its country code, after 00, and as at
    home, with and without what is dialled before.

    >>> spellings("+79161234567")
    ('79161234567', '0079161234567', '9161234567', '89161234567')
    """
    parsed = phonenumbers.parse(number, None)
    national = phonenumbers.national_significant_number(parsed)
    region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    digits = number.removeprefix("+")
    return tuple(dict.fromkeys([digits, f"00{digits}", national, f"{trunk}{national}"]))


@lru_cache(maxsize=4096)
def mask(number: str, language: str) -> str:
    """Show operator digits and the last two: ``+7 916 ••• •• 67``; in Chinese with ``*``.

    >>> mask("+79161234567", "zh")
    '+7 916 *** ** 67'
    """
    parsed = _plain_russian(number) or phonenumbers.parse(number, None)
    digits = phonenumbers.national_significant_number(parsed)
    head = 3 if len(digits) <= _SHORT_NATIONAL else 4
    hidden = max(len(digits) - head - 2, 0)
    sign = _MASKS.get(language, "•")
    groups = [sign * min(3, hidden - start) for start in range(0, hidden, 3)]
    return " ".join([f"+{parsed.country_code}", digits[:head], *groups, digits[-2:]])
