"""Zones to choose from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reminder.domain.schedule import zone
from reminder.rendering.zones import zone_groups
from tests.rendering.notices import LANGUAGES

NOW = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_zone_stands_once(language: str) -> None:
    """No zone is offered twice, each is one that we know, and each has words of its own."""
    names = [
        name for group in zone_groups(language, "Asia/Shanghai", NOW) for name, _ in group.zones
    ]
    assert len(names) == len(set(names))
    assert len(names) > 400
    assert all(zone(name) for name in names)
    assert {"UTC", "Europe/Moscow", "America/New_York", "Africa/Cairo"} <= set(names)


@pytest.mark.parametrize(
    ("language", "mine", "country", "first", "words"),
    [
        ("en", "Asia/Shanghai", "China", "Asia/Urumqi", "Shanghai, UTC+8"),
        ("ru", "Europe/Moscow", "Россия", "Europe/Kaliningrad", "Москва, UTC+3"),
        ("zh", "Asia/Bangkok", "泰国", "Asia/Bangkok", "曼谷, UTC+7"),
        ("en", "Asia/Kolkata", "India", "Asia/Kolkata", "Kolkata, UTC+5:30"),
        ("en", "Pacific/Marquesas", "French Polynesia", "Pacific/Tahiti", "Marquesas, UTC−9:30"),
    ],
)
def test_ones_own_country_stands_first(
    language: str, mine: str, country: str, first: str, words: str
) -> None:
    """The country that one's zone lies in, its zones from west to east, each with its offset."""
    group, *_ = zone_groups(language, mine, NOW)
    assert (group.name, group.zones[0][0], dict(group.zones)[mine]) == (country, first, words)


@pytest.mark.parametrize("mine", ["Mars/Base", "", "../../etc/passwd", "UTC\r\nX: 1"])
def test_what_is_no_zone_is_not_offered(mine: str) -> None:
    """A zone that was mistyped leaves the list as it is for somebody who said nothing."""
    assert zone_groups("en", mine, NOW) == zone_groups("en", "UTC", NOW)


@pytest.mark.parametrize("mine", ["Europe/Kiev", "US/Eastern", "UTC", "Etc/GMT-4"])
def test_an_old_name_can_be_kept(mine: str) -> None:
    """Who has a zone under a name that the list does not hold finds it selected all the same."""
    found = [name for group in zone_groups("en", mine, NOW) for name, _ in group.zones]
    assert mine in found
