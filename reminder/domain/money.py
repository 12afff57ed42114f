"""Amounts in the minor unit of an ISO 4217 currency: whole kopecks, whole fen, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from reminder.domain.quick import quick
from reminder.errors import InvalidInput

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD
XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
_NO_DECIMALS = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
Minor = Fraction | int
"""A sum in minor units, exact: whole wherever it can be, for that is counted much faster."""

SUMS_KEPT = 4096
LARGEST_MINOR = 10**14
MOST_DIGITS = 20
_FINE_UNTIL = 10
_AMOUNT = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?")
_WIDE = "０１２３４５６７８９．，－＋"
_SIGNS = str.maketrans(
    f"{_WIDE}\N{MINUS SIGN}", "0123456789.,-+-", " \u00a0\u202f\u2009\N{IDEOGRAPHIC SPACE}"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")


def decimals(currency: str) -> int:
    """How many decimals a currency has (ISO 4217): 2 for RUB, 0 for JPY, 3 for KWD."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def check_currency(code: str, field: str = "currency") -> str:
    """Return the code in capitals; raise InvalidInput when ISO 4217 does not list it."""
    known = code.strip().upper()
    if known not in CURRENCIES:
        raise InvalidInput.of(field, "Write a currency code of three letters, such as RUB")
    return known


@quick
@dataclass(frozen=True, slots=True)
class Money:
    """An amount: ``minor`` units (12050) of ``currency`` (RUB). May be negative."""

    minor: int
    currency: str

    @classmethod
    @lru_cache(maxsize=SUMS_KEPT)
    def parse(cls, text: str, currency: str, field: str = "amount") -> Money:
        """Read ``120.50`` or ``1 030,5``: digits, spaces between them, one point or comma.

        Raises InvalidInput that names ``field``, also when there are more decimals than the
        currency has, the amount is out of all bounds, or its comma may part thousands.

        >>> Money.parse("1 030,5", "RUB")
        Money(minor=103050, currency='RUB')
        """
        places = decimals(currency)
        match = _AMOUNT.fullmatch(text.translate(_SIGNS))
        if match is None or not match[0].isascii():
            raise InvalidInput.of(field, "Write the amount in digits, such as 250 or 250.50")
        sign, whole, part = match[1], match[2], match[3] or ""
        if len(part.rstrip("0")) > places:
            raise InvalidInput.of(field, f"{currency} has {places} decimals at most")
        minor = int(whole[:MOST_DIGITS] + part.rstrip("0").ljust(places, "0"))
        if minor > LARGEST_MINOR or len(whole) > MOST_DIGITS:
            raise InvalidInput.of(field, "This amount is too large")
        read = cls(-minor if sign == "-" else minor, currency)
        if places < len(part) and _THOUSANDS.fullmatch(match[0].lstrip("+-")):
            other = f"{sign}{whole}{part}"
            raise InvalidInput.of(field, f"This can mean {other} or {read.amount}: write which")
        return read

    @property
    def amount(self) -> str:
        """The amount as a decimal string with all decimals of the currency: ``"120.50"``."""
        places = decimals(self.currency)
        sign, digits = ("-" if self.minor < 0 else ""), str(abs(self.minor)).zfill(places + 1)
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    @classmethod
    def at_least(cls, minor: Minor, currency: str) -> Money:
        """Round up to a whole minor unit: a sum to pay is never said too small."""
        return cls(-((-minor.numerator) // minor.denominator), currency)

    @classmethod
    def enough(cls, minor: Minor, currency: str) -> Money:
        """Round up what rests on an estimate: to whole units, below ten units to the minor unit.

        >>> Money.enough(Fraction(33739), "RUB"), Money.enough(Fraction(449), "RUB")
        (Money(minor=33800, currency='RUB'), Money(minor=449, currency='RUB'))
        """
        unit = 10 ** decimals(currency)
        whole = unit if minor >= _FINE_UNTIL * unit else 1
        return cls(-((-minor.numerator) // (minor.denominator * whole)) * whole, currency)

    @classmethod
    def at_most(cls, minor: Minor, currency: str) -> Money:
        """Round down to a whole minor unit: a balance is never said too large."""
        return cls(minor.numerator // minor.denominator, currency)

    @classmethod
    def about(cls, minor: Minor, currency: str) -> Money:
        """Round to whole units what is only an estimate, below ten units to the minor unit.

        >>> Money.about(Fraction(104950, 100), "RUB"), Money.about(Fraction(449), "RUB")
        (Money(minor=1000, currency='RUB'), Money(minor=449, currency='RUB'))
        """
        unit = 10 ** decimals(currency)
        whole = unit if abs(minor) >= _FINE_UNTIL * unit else 1
        return cls(round(Fraction(minor, whole)) * whole, currency)
