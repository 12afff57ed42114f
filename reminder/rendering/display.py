"""Money, dates, days and zones as people write them in one language (Babel and CLDR).

A language is ``en``, ``ru`` or ``zh``; a tag such as ``zh-Hans`` is read by its first part, and
any other is English. A no-break space stands in groups of digits, before ₽ and 卢布, and between
day and month.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_timedelta, get_timezone_location
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from reminder.domain.money import Money, decimals
from reminder.domain.schedule import zone

NBSP = "\u00a0"
LANGUAGES = ("en", "ru", "zh")
_LOCALES = {"en": "en", "ru": "ru", "zh": "zh_Hans"}
_CACHED = 4096
_ENDLESS = 1e9
_PROBED = re.compile(r"(\D*)1(\D?)234\D?567(?:(\D)8+)?(\D*)")
_WORD_THEN_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
_DIGIT_THEN_DAY = re.compile(r"(?<=\d)(?=天)")
_RUBLES = {"en": "₽", "ru": "₽", "zh": "卢布"}
_ON_RU = ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье")
_RELATIVE = {
    "en": ("yesterday", "today", "tomorrow"),
    "ru": ("вчера", "сегодня", "завтра"),
    "zh": ("昨天", "今天", "明天"),
}
_TIME_RU = {
    "Europe/Moscow": "московскому",
    "Europe/Minsk": "минскому",
    "Europe/London": "лондонскому",
    "America/New_York": "нью-йоркскому",
    "Asia/Bangkok": "бангкокскому",
    "Asia/Almaty": "алматинскому",
    "Asia/Bishkek": "бишкекскому",
    "Asia/Shanghai": "шанхайскому",
}


@lru_cache(maxsize=64)
def language_of(tag: str) -> str:
    """The language of a tag, one of :data:`LANGUAGES`.

    >>> language_of("zh-Hans"), language_of("ru"), language_of("fr")
    ('zh', 'ru', 'en')
    """
    first = re.split("[-_]", tag, maxsplit=1)[0].casefold()
    return first if first in LANGUAGES else "en"


def locale_of(language: str) -> Locale:
    """Babel's locale for a language."""
    return Locale.parse(_LOCALES[language_of(language)])


@lru_cache(maxsize=_CACHED)
def money(amount: Money, language: str) -> str:
    r"""An amount with its currency; decimals only where there are any.

    >>> money(Money(17950, "RUB"), "zh"), money(Money(500, "USD"), "en")
    ('179.50\xa0卢布', '$5')
    """
    places = decimals(amount.currency)
    whole, part = divmod(abs(amount.minor), 10**places)
    sign = "-" if amount.minor < 0 else ""
    form = _form(amount.currency, language_of(language), sign, places if part else 0)
    shown = f"{whole:,}".replace(",", form.group)
    rest = f"{form.point}{part:0{places}}" if part else ""
    return f"{form.before}{shown}{rest}{form.after}"


class _Form(NamedTuple):
    """What stands around the digits of an amount, and between them."""

    before: str
    group: str
    point: str
    after: str


@lru_cache(maxsize=_CACHED)
def _form(currency: str, language: str, sign: str, places: int) -> _Form:
    """How a currency's amounts look, read off a number that was laid on CLDR's pattern: Babel
    needs longer for one amount than all the rest of its sentence."""
    probe = Decimal(f"{sign}1234567.{places * '8'}")
    written = by_pattern(probe, currency, language)
    found = _PROBED.fullmatch(written)
    assert found is not None, written
    return _Form(*(part or "" for part in found.groups()))


def by_pattern(value: Decimal, currency: str, language: str) -> str:
    """An amount by CLDR's pattern, its decimals as they are given."""
    places = "." + "0" * -int(value.as_tuple().exponent) if value.as_tuple().exponent else ""
    if currency == "RUB":
        group = "0" if language == "zh" else "#,##0"
        number = format_decimal(value, format=group + places, locale=locale_of(language))
        return _spaced(f"{number}{NBSP}{_RUBLES[language]}")
    pattern = locale_of(language).currency_formats["standard"].pattern.split(";")[0]
    pattern = pattern.replace(".00", places)
    text = format_currency(
        value, currency, format=pattern, locale=locale_of(language), currency_digits=False
    )
    return _spaced(_WORD_THEN_DIGIT.sub(NBSP, text))


def _spaced(text: str) -> str:
    return text.replace("\u202f", NBSP).replace("-", "−")


@lru_cache(maxsize=_CACHED)
def date_short(day: date, language: str, today: date) -> str:
    r"""A date without its weekday; the year where it is not ``today``'s.

    >>> date_short(date(2026, 11, 27), "ru", date(2026, 11, 1))
    '27\xa0ноября'
    """
    spoken = language_of(language)
    month = {"en": "MMM", "ru": "MMMM", "zh": "M"}[spoken]
    pattern = "M月d日" if spoken == "zh" else f"d{NBSP}{month}"
    if day.year != today.year:
        pattern = f"y年{pattern}" if spoken == "zh" else f"{pattern}{NBSP}y"
    return format_date(day, pattern, locale=locale_of(spoken))


def month(day: date, language: str) -> str:
    r"""The month of a day, as a sentence has it after "since".

    >>> month(date(2020, 8, 1), "ru"), month(date(2020, 8, 1), "zh")
    ('августа\xa02020', '2020年8月')
    """
    spoken = language_of(language)
    pattern = "y年M月" if spoken == "zh" else f"MMMM{NBSP}y"
    return format_date(day, pattern, locale=locale_of(spoken))


def year(day: date, language: str) -> str:
    r"""The year of a day, as a sentence has it after "since".

    >>> year(date(2016, 1, 1), "en"), year(date(2016, 1, 1), "zh")
    ('2016', '2016年')
    """
    written = {"en": "{y}", "ru": f"{{y}}{NBSP}года", "zh": "{y}年"}[language_of(language)]
    return written.format(y=day.year)


@lru_cache(maxsize=_CACHED)
def date_long(day: date, language: str, today: date) -> str:
    """A date with its weekday, or with its year where it is not ``today``'s.

    >>> date_long(date(2026, 11, 27), "zh", date(2026, 11, 1))
    '11月27日（周五）'
    """
    short = date_short(day, language, today)
    if day.year != today.year:
        return short
    spoken = language_of(language)
    weekday = format_date(day, "EEE", locale=locale_of(spoken))
    match spoken:
        case "zh":
            return f"{short}（{weekday}）"
        case "ru":
            return f"{weekday}, {short}"
        case _:
            return f"{weekday} {short}"


@lru_cache(maxsize=_CACHED)
def on_day(day: date, language: str, today: date) -> str:
    """A date as the beginning of a sentence: ``On Friday 27 Nov``, ``В пятницу, 27 ноября``."""
    short = date_short(day, language, today)
    match language_of(language):
        case "zh":
            return date_long(day, "zh", today)
        case "ru":
            before = "Во" if day.weekday() == 1 else "В"
            return f"{before} {_ON_RU[day.weekday()]}, {short}"
        case _:
            return f"On {format_date(day, 'EEEE', locale=locale_of('en'))} {short}"


def time_of_day(moment: datetime, zone_name: str) -> str:
    """The local time of an instant as ``09:00``, in every language."""
    there = moment.astimezone(zone(zone_name))
    return f"{there.hour:02}:{there.minute:02}"


def in_days(count: int, language: str) -> str:
    """How far a day is from today: ``in 3 days``, ``завтра``, ``5 天前``."""
    spoken = language_of(language)
    if -1 <= count <= 1:
        return _RELATIVE[spoken][count + 1]
    return _far(count, spoken)


@lru_cache(maxsize=_CACHED)
def _far(count: int, language: str) -> str:
    text = format_timedelta(
        timedelta(days=count),
        granularity="day",
        threshold=_ENDLESS,
        add_direction=True,
        locale=locale_of(language),
    )
    return _DIGIT_THEN_DAY.sub(" ", text)


def days(count: Decimal | int, language: str) -> str:
    """A number of days: ``3 days``, ``1,5 дня``, ``3 天``."""
    spoken = language_of(language)
    if spoken == "zh":
        return f"{count} 天"
    return format_unit(count, "duration-day", length="long", locale=locale_of(spoken))


@lru_cache(maxsize=_CACHED)
def city(zone_name: str, language: str) -> str:
    """The city that a zone is named for: ``Shanghai``, ``Шанхай``, ``上海``."""
    return str(get_timezone_location(zone_name, locale=locale_of(language), return_city=True))


def zone_time(zone_name: str, language: str) -> str:
    """A zone's time as a sentence names it: ``Moscow time``, ``по московскому времени``."""
    spoken = language_of(language)
    match spoken:
        case "zh":
            name = city(zone_name, spoken)
            return f"{name} 时间" if name.isascii() else f"{name}时间"
        case "ru":
            known = _TIME_RU.get(zone_name)
            if known:
                return f"по {known} времени"
            return f"по местному времени ({city(zone_name, spoken)})"
        case _:
            return f"{city(zone_name, spoken)} time"


def country_of_zone(zone_name: str) -> str | None:
    """The country (ISO 3166) that a zone lies in by CLDR, None for UTC and what it does not know.

    >>> country_of_zone("Europe/Moscow"), country_of_zone("PRC"), country_of_zone("UTC")
    ('RU', 'CN', None)
    """
    territories = get_global("zone_territories")
    name = get_global("zone_aliases").get(zone_name, zone_name)
    found = territories.get(name)
    return str(found) if found and found not in ("001", "ZZ") else None
