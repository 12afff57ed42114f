"""Promises about countries: rules 1 and 22."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from reminder.catalogue.country import COUNTRIES, country_of, currency_of, zone_of


@pytest.mark.parametrize(
    ("code", "zone", "currency"),
    [
        ("RU", "Europe/Moscow", "RUB"),
        ("GB", "Europe/London", "GBP"),
        ("US", "America/New_York", "USD"),
        ("TH", "Asia/Bangkok", "THB"),
        ("KZ", "Asia/Almaty", "KZT"),
        ("CN", "Asia/Shanghai", "CNY"),
        ("BY", "Europe/Minsk", "BYN"),
        ("KG", "Asia/Bishkek", "KGS"),
        ("ru", "Europe/Moscow", "RUB"),
        ("FR", None, None),
        (None, None, None),
    ],
)
def test_zone_and_currency(code: str | None, zone: str | None, currency: str | None) -> None:
    """An operator's days and money are its country's; an unknown country has neither."""
    assert (zone_of(code), currency_of(code)) == (zone, currency)


def test_every_zone_exists() -> None:
    """Each named zone can be opened, and each country is found by its own code."""
    for country in COUNTRIES:
        assert ZoneInfo(country.zone).key == country.zone
        assert country_of(country.code) is country
