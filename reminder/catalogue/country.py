"""The countries whose operators the catalogue may hold: zone, currency and calling code.

The zones and currencies are PRODUCT 3a, rules 1 and 22: a fee is taken by the operator's calendar.
"""

from __future__ import annotations

from dataclasses import dataclass

from reminder.catalogue.fact import Text


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166 code; ``zone`` is where its operators count days, ``language``
    the one of ours in which they write their own names."""

    code: str
    names: Text
    zone: str
    currency: str
    calling_code: str
    language: str


COUNTRIES = (
    Country("RU", Text("俄罗斯", "Россия", "Russia"), "Europe/Moscow", "RUB", "7", "ru"),
    Country("BY", Text("白俄罗斯", "Беларусь", "Belarus"), "Europe/Minsk", "BYN", "375", "ru"),
    Country("KZ", Text("哈萨克斯坦", "Казахстан", "Kazakhstan"), "Asia/Almaty", "KZT", "7", "ru"),
    Country(
        "KG", Text("吉尔吉斯斯坦", "Киргизия", "Kyrgyzstan"), "Asia/Bishkek", "KGS", "996", "ru"
    ),
    Country("CN", Text("中国", "Китай", "China"), "Asia/Shanghai", "CNY", "86", "zh"),
    Country(
        "GB", Text("英国", "Великобритания", "United Kingdom"), "Europe/London", "GBP", "44", "en"
    ),
    Country("US", Text("美国", "США", "United States"), "America/New_York", "USD", "1", "en"),
    Country("TH", Text("泰国", "Таиланд", "Thailand"), "Asia/Bangkok", "THB", "66", "en"),
)


def country_of(code: str | None) -> Country | None:
    """The country of an ISO code in any case, or nothing."""
    wanted = (code or "").upper()
    return next((country for country in COUNTRIES if country.code == wanted), None)


def zone_of(code: str | None) -> str | None:
    """The zone in which this country's operators count days; nothing means the owner's own.

    >>> zone_of("RU"), zone_of("FR")
    ('Europe/Moscow', None)
    """
    country = country_of(code)
    return country.zone if country else None


def currency_of(code: str | None) -> str | None:
    """The currency of this country's operators, ISO 4217."""
    country = country_of(code)
    return country.currency if country else None
