"""Promises of reminder/service/people/clients.py."""

from __future__ import annotations

from reminder.service.people import NOBODY, Client


def test_a_client_is_its_network_and_its_device() -> None:
    """A client is counted by its network and named by its browser."""
    client = Client("2001:db8:1:2::9", "Mozilla/5.0 (X11; Linux x86_64) Firefox/143.0")
    assert (client.network, client.device) == ("2001:db8:1:2::", "Firefox, Linux")
    assert (NOBODY.network, NOBODY.device, NOBODY.cookie) == ("", "", "")
