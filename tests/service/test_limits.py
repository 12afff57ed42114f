"""Promises of reminder/service/limits.py."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.app import App
from reminder.errors import LimitReached
from reminder.service import limits
from reminder.service.limits import LINK_MAILS, client_of
from tests.conftest import HandClock


async def _take(app: App, subject: str) -> None:
    await app.write(lambda work: limits.take(work, LINK_MAILS, subject))


async def test_the_fourth_waits_until_the_first_is_out_of_the_span(
    app: App, clock: HandClock
) -> None:
    """Three in a quarter of an hour; the refusal names the time until the next is welcome."""
    for minute in ("10:00", "10:05", "10:10"):
        clock.set(f"2026-11-20T{minute}")
        await _take(app, "anna@example.org")
    with pytest.raises(LimitReached) as refused:
        await _take(app, "ANNA@example.org")
    assert refused.value.retry_after == timedelta(minutes=5)
    await _take(app, "boris@example.org")
    clock.set("2026-11-20T10:15")
    await _take(app, "anna@example.org")
    with pytest.raises(LimitReached):
        await _take(app, "anna@example.org")


async def test_a_restart_forgets_nothing(app: App, clock: HandClock) -> None:
    """What was asked stands in the database, as a digest, until tidying drops what is over."""
    for _ in range(LINK_MAILS.most):
        await _take(app, "anna@example.org")
    files = app.settings.server.data_dir.glob("reminder.db*")
    assert all(b"anna@example.org" not in file.read_bytes() for file in files)
    await app.tidy()
    with pytest.raises(LimitReached):
        await _take(app, "anna@example.org")


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_household_is_one_client(host: str, client: str) -> None:
    """In IPv6 whoever has a /64 has it whole."""
    assert client_of(host) == client
