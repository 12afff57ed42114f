"""Time zones to choose from, by country and city: one's own country first, then those whose
operators the catalogue knows, then the rest of the world by continent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from babel.core import get_global

from reminder.catalogue.country import COUNTRIES
from reminder.domain.schedule import zone
from reminder.errors import InvalidInput
from reminder.rendering.display import city, country_of_zone, locale_of

_CONTINENTS = {
    "Europe": "150",
    "Asia": "142",
    "America": "019",
    "Africa": "002",
    "Australia": "009",
    "Pacific": "009",
    "Atlantic": "001",
    "Indian": "001",
    "Arctic": "001",
    "Antarctica": "001",
}
_WORLD = "001"
_ORDER = ("150", "142", "019", "002", "009", _WORLD)
_UTC = "UTC"


@dataclass(frozen=True, slots=True)
class ZoneGroup:
    """The zones of a country or a continent: names and the words that a person chooses by."""

    name: str
    zones: tuple[tuple[str, str], ...]


def zone_groups(language: str, mine: str, now: datetime) -> tuple[ZoneGroup, ...]:
    """Every zone once, the country of ``mine`` first; each with its city and its offset now. What
    is no zone has no country, and is not offered."""
    return _groups(
        language, mine if _is_known(mine) else _UTC, now.replace(minute=0, second=0, microsecond=0)
    )


@lru_cache(maxsize=64)
def _groups(language: str, mine: str, now: datetime) -> tuple[ZoneGroup, ...]:
    territories = locale_of(language).territories
    home = country_of_zone(mine)
    known = [one.code for one in COUNTRIES]
    first = list(dict.fromkeys([home, *known] if home else known))
    by_country = get_global("territory_zones")
    groups = [
        ZoneGroup(str(territories[code]), _of_country(by_country[code], language, now))
        for code in first
        if code in by_country
    ]
    taken = {name for group in groups for name, _ in group.zones}
    groups += _of_the_world(language, taken, now)
    if mine not in taken and not any(mine in dict(group.zones) for group in groups):
        return (ZoneGroup("", ((mine, _words(mine, language, now)),)), *groups)
    return tuple(groups)


def _of_country(names: list[str], language: str, now: datetime) -> tuple[tuple[str, str], ...]:
    """The zones of one country from west to east."""
    east = sorted((_offset(n, now), city(n, language), n) for n in names if _is_known(n))
    return tuple((n, _words(n, language, now)) for _, _, n in east)


def _of_the_world(language: str, taken: set[str], now: datetime) -> list[ZoneGroup]:
    territories = locale_of(language).territories
    found: dict[str, list[tuple[str, str]]] = {code: [] for code in _ORDER}
    for name, country in get_global("zone_territories").items():
        if name in taken or not _is_known(name) or name.startswith("Etc/"):
            continue
        place = _CONTINENTS.get(name.partition("/")[0], _WORLD)
        of = "" if country in {"001", "ZZ"} else f", {territories.get(country, country)}"
        found[place].append((f"{city(name, language)}{of}, {_offset_words(name, now)}", name))
    found[_WORLD].append((_UTC, _UTC))
    return [
        ZoneGroup(str(territories[code]), tuple((name, words) for words, name in sorted(zones)))
        for code, zones in found.items()
    ]


def _words(name: str, language: str, now: datetime) -> str:
    return f"{city(name, language)}, {_offset_words(name, now)}"


def _offset(name: str, now: datetime) -> timedelta:
    return now.astimezone(zone(name)).utcoffset() or timedelta()


def _offset_words(name: str, now: datetime) -> str:
    minutes = int(_offset(name, now).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def _is_known(name: str) -> bool:
    try:
        zone(name)
    except InvalidInput:
        return False
    return True
