"""Promises of reminder/domain/signing.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reminder.domain.ids import DeviceId, OwnerId
from reminder.domain.signing import Device, Link, LinkKind

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
def test_a_link_ends_with_its_instant(seconds: int, good: bool) -> None:
    """At the instant itself a link is over."""
    link = Link(LinkKind.MAIL, NOW)
    assert link.is_good(NOW + timedelta(seconds=seconds)) is good


@pytest.mark.parametrize(("minutes", "due"), [(0, False), (59, False), (60, True)])
def test_a_device_is_noted_once_an_hour(minutes: int, due: bool) -> None:
    """Not each page writes to the database that a device was seen."""
    device = Device(DeviceId("dev_1"), OwnerId("own_1"), "", NOW, NOW, NOW)
    assert device.is_due(NOW + timedelta(minutes=minutes)) is due
