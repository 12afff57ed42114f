"""Money, dates and days in three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.money import CURRENCIES, LARGEST_MINOR, Money, decimals
from reminder.rendering import display

TODAY = date(2026, 11, 20)


def plain(text: str) -> str:
    """The text with no-break spaces shown as ``_``."""
    return text.replace(display.NBSP, "_")


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (103000, "RUB", "en", "1,030_₽"),
        (103000, "RUB", "ru", "1_030_₽"),
        (103000, "RUB", "zh", "1030_卢布"),
        (17950, "RUB", "en", "179.50_₽"),
        (17950, "RUB", "ru", "179,50_₽"),
        (17950, "RUB", "zh", "179.50_卢布"),
        (-17950, "RUB", "ru", "−179,50_₽"),
        (0, "RUB", "en", "0_₽"),
        (500, "USD", "en", "$5"),
        (103050, "KZT", "en", "KZT_1,030.50"),
        (1030, "JPY", "ru", "1_030_¥"),
        (1500500, "KWD", "en", "KWD_1,500.500"),
        (-123456, "CNY", "zh", "−¥1,234.56"),
    ],
)
def test_money(minor: int, currency: str, language: str, written: str) -> None:
    """Money is written as each language writes it, decimals only where there are any."""
    assert plain(display.money(Money(minor, currency), language)) == written


@settings(max_examples=300, deadline=None)
@given(
    st.integers(-LARGEST_MINOR, LARGEST_MINOR) | st.integers(-2000, 2000),
    st.sampled_from(sorted(CURRENCIES)),
    st.sampled_from(display.LANGUAGES),
)
def test_money_is_what_cldr_has(minor: int, currency: str, language: str) -> None:
    """Every amount is written as CLDR's pattern, laid on that very amount, has it."""
    value = Decimal(minor).scaleb(-decimals(currency))
    value = value if value != value.to_integral_value() else Decimal(int(value))
    written = display.by_pattern(value, currency, language)
    if not minor:
        written = written.removeprefix("−")
    assert display.money(Money(minor, currency), language) == written


@pytest.mark.parametrize(
    ("language", "month", "year"),
    [
        ("en", "August_2020", "2020"),
        ("ru", "августа_2020", "2020_года"),
        ("zh", "2020年8月", "2020年"),
    ],
)
def test_dates_no_finer_than_known(language: str, month: str, year: str) -> None:
    """A month and a year are written as they stand after "since"."""
    day = date(2020, 8, 1)
    assert plain(display.month(day, language)) == month
    assert plain(display.year(day, language)) == year


@pytest.mark.parametrize(
    ("language", "near", "far", "short", "start"),
    [
        ("en", "Fri 27_Nov", "2_Apr_2027", "27_Nov", "On Friday 27_Nov"),
        ("ru", "пт, 27_ноября", "2_апреля_2027", "27_ноября", "В пятницу, 27_ноября"),
        ("zh", "11月27日（周五）", "2027年4月2日", "11月27日", "11月27日（周五）"),
    ],
)
def test_dates(language: str, near: str, far: str, short: str, start: str) -> None:
    """A date has its weekday, or its year where it is another than today's."""
    day = date(2026, 11, 27)
    assert plain(display.date_long(day, language, TODAY)) == near
    assert plain(display.date_long(date(2027, 4, 2), language, TODAY)) == far
    assert plain(display.date_short(day, language, TODAY)) == short
    assert plain(display.on_day(day, language, TODAY)) == start


def test_tuesday_in_russian() -> None:
    """Tuesday alone takes another preposition in Russian."""
    assert display.on_day(date(2026, 11, 24), "ru", TODAY).startswith("Во вторник")


@pytest.mark.parametrize(
    ("count", "en", "ru", "zh"),
    [
        (0, "today", "сегодня", "今天"),
        (1, "tomorrow", "завтра", "明天"),
        (-1, "yesterday", "вчера", "昨天"),
        (3, "in 3 days", "через 3 дня", "3 天后"),
        (5, "in 5 days", "через 5 дней", "5 天后"),
        (21, "in 21 days", "через 21 день", "21 天后"),
        (-5, "5 days ago", "5 дней назад", "5 天前"),
        (400, "in 400 days", "через 400 дней", "400 天后"),
    ],
)
def test_distance(count: int, en: str, ru: str, zh: str) -> None:
    """How far a day is from today is said in days, never in weeks or months."""
    assert [display.in_days(count, tag) for tag in ("en", "ru", "zh")] == [en, ru, zh]


@pytest.mark.parametrize(
    ("count", "ru"),
    [
        (0, "0 дней"),
        (1, "1 день"),
        (2, "2 дня"),
        (5, "5 дней"),
        (11, "11 дней"),
        (21, "21 день"),
        (22, "22 дня"),
        (25, "25 дней"),
        (101, "101 день"),
        (111, "111 дней"),
        (Decimal("1.5"), "1,5 дня"),
    ],
)
def test_days_in_russian(count: Decimal | int, ru: str) -> None:
    """A number of days takes the form that Russian wants."""
    assert plain(display.days(count, "ru")) == ru


def test_zones() -> None:
    """A zone is named for its city, in Russian by its adjective where we know one."""
    moscow = [display.zone_time("Europe/Moscow", tag) for tag in ("en", "ru", "zh")]
    assert moscow == ["Moscow time", "по московскому времени", "莫斯科时间"]
    assert display.zone_time("Asia/Tokyo", "ru") == "по местному времени (Токио)"
    assert display.zone_time("UTC", "zh") == "UTC 时间"
    assert display.city("Asia/Shanghai", "ru") == "Шанхай"
    assert display.time_of_day(datetime(2026, 11, 24, 1, tzinfo=UTC), "Asia/Shanghai") == "09:00"


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Moscow", "RU"),
        ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"),
        ("PRC", "CN"),
        ("UTC", None),
        ("Etc/GMT+3", None),
        ("Nowhere/City", None),
    ],
)
def test_country(zone: str, country: str | None) -> None:
    """A zone lies in one country, by its old name too; UTC and an unknown one in none."""
    assert display.country_of_zone(zone) == country


def test_language_of_tag() -> None:
    """A tag is read by its first part; a language that we do not speak is English."""
    assert [display.language_of(t) for t in ("zh-Hans", "ru_RU", "EN", "fr", "")] == [
        "zh",
        "ru",
        "en",
        "en",
        "en",
    ]
