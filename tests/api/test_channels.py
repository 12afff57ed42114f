"""Channels over the API."""

from __future__ import annotations

import pytest

from tests.api.conftest import Site

HOOK = {"kind": "webhook", "url": "https://hooks.example.org/bot/s3cret?chat=1", "label": "Home"}


async def test_a_webhook_shows_its_secret_once(site: Site) -> None:
    """POST answers 201 with the signing secret; the URL is cut, and a second POST is 200."""
    answer = await site.anna.post("/channels", json=HOOK)
    said = answer.json()
    assert answer.status_code == 201
    assert said["secret"].startswith("whsec_")
    assert said["url"] == "https://hooks.example.org/bot/…"
    assert (said["kind"], said["format"], said["use"]) == ("webhook", "standard", "always")
    assert said["state"] == "unconfirmed"
    assert "address" not in said
    again = await site.anna.post("/channels", json=HOOK)
    assert (again.status_code, again.json()["id"]) == (200, said["id"])
    assert "secret" not in again.json()
    shown = await site.anna.get(f"/channels/{said['id']}")
    assert "secret" not in shown.text
    assert "s3cret" not in shown.text


async def test_rotation_shows_the_new_secret(site: Site) -> None:
    """PATCH with rotate_secret answers another secret, and until when both sign."""
    first = (await site.anna.post("/channels", json=HOOK)).json()
    said = (await site.anna.patch(f"/channels/{first['id']}", json={"rotate_secret": True})).json()
    assert said["secret"] != first["secret"]
    assert said["rotated_until"] == "2026-11-23T09:30:00Z"


async def test_a_test_is_a_delivery(site: Site) -> None:
    """A test message is put in the outbox and shown in the log."""
    mine = (await site.anna.get("/channels")).json()["items"][0]
    assert mine["address"] == "anna@example.org"
    answer = await site.anna.post(f"/channels/{mine['id']}/test")
    assert answer.status_code == 202
    found = (await site.anna.get(f"/deliveries/{answer.json()['id']}")).json()
    assert (found["kind"], found["channel"], found["state"]) == ("test", mine["id"], "pending")


async def test_a_removed_channel_is_gone(site: Site) -> None:
    """DELETE answers 204, then 404."""
    made = (await site.anna.post("/channels", json=HOOK)).json()
    assert (await site.anna.delete(f"/channels/{made['id']}")).status_code == 204
    assert (await site.anna.get(f"/channels/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "email"}, "address"),
        ({"kind": "email", "address": "nobody"}, "address"),
        ({"kind": "email", "address": "a@b.example\r\nBcc: c@d.example"}, "address"),
        ({"kind": "webhook"}, "url"),
        ({"kind": "webhook", "url": "ftp://example.org/x"}, "url"),
        ({"kind": "webhook", "url": "http://127.0.0.1/x"}, "url"),
        ({"kind": "webhook", "url": 5}, "url"),
        ({**HOOK, "format": "fax"}, "format"),
        ({**HOOK, "secret": "short"}, "secret"),
        ({**HOOK, "use": "often"}, "use"),
        ({**HOOK, "label": "x" * 101}, "label"),
        ({**HOOK, "colour": "red"}, "colour"),
    ],
)
async def test_wrong_channels_are_refused(site: Site, body: dict[str, object], field: str) -> None:
    """A wrong field is named."""
    answer = await site.anna.post("/channels", json=body)
    assert answer.status_code == 422
    assert f"#/{field}" in [one["pointer"] for one in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": "failing"}, "state"),
        ({"use": 5}, "use"),
        ({"url": "https://example.org"}, "url"),
        ({"rotate_secret": True}, "rotate_secret"),
    ],
)
async def test_wrong_changes_are_refused(site: Site, body: dict[str, object], field: str) -> None:
    """A mailbox has no secret to rotate, and only label, use and state change."""
    mine = (await site.anna.get("/channels")).json()["items"][0]["id"]
    answer = await site.anna.patch(f"/channels/{mine}", json=body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"#/{field}"]


async def test_why_a_channel_is_off(site: Site) -> None:
    """A channel says why nothing is sent to it; stopped by its owner there is no reason to name."""
    made = (await site.anna.post("/channels", json=HOOK)).json()
    assert made["reason"] == ""
    one = f"/channels/{made['id']}"
    stopped = (await site.anna.patch(one, json={"state": "stopped"})).json()
    assert (stopped["state"], stopped["reason"]) == ("stopped", "")
    assert (await site.anna.post(f"{one}/test")).status_code == 422


async def test_a_confirmation_is_for_who_waits_for_one(site: Site) -> None:
    """What is confirmed, or is no mailbox, is not asked again; another's is not there."""
    made = (await site.anna.post("/channels", json=HOOK)).json()
    for identity in (made["id"], (await site.anna.get("/channels")).json()["items"][0]["id"]):
        assert (await site.anna.post(f"/channels/{identity}/confirmation")).status_code == 422
        assert (await site.boris.post(f"/channels/{identity}/confirmation")).status_code == 404
