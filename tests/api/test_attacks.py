"""What somebody who means harm tries on the API; docs/security.md lists each with its result."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from reminder.service import people
from tests.api.conftest import Site

LONG = "x" * 5000
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer rmd_",
        "Bearer rmd_" + "A" * 32,
        "Bearer " + "A" * 9000,
        "Bearer null",
        "Bearer",
        "Basic YTpi",
        "rmd_abc",
        "Bearer rmd_\xff\xfe",
    ],
)
async def test_a_forged_token_is_nobodys(site: Site, header: str) -> None:
    """What is no token of ours gets 401 and learns nothing."""
    sent = {"authorization": header.encode("latin-1")}
    answer = await site.nobody.get("/me", headers=sent)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert "anna" not in answer.text


async def test_a_cookie_opens_no_call(site: Site) -> None:
    """A page of another site cannot use the reader's session on the API, and is told no origin."""
    owner = site.owners["anna"]
    path = await site.app.write(lambda work: people.owner_link(work, owner))
    token = path.removeprefix("/sign-in/")
    cookie = await site.app.write(lambda work: people.sign_in(work, token))
    for name in ("reminder_session", "__Host-reminder_session"):
        headers = {"cookie": f"{name}={cookie}", "origin": "https://evil.test"}
        answer = await site.nobody.post("/tokens", json={"name": "x"}, headers=headers)
        assert answer.status_code == 401
        assert not any(one.startswith("access-control") for one in answer.headers)


async def test_a_line_takes_no_channel_of_another(site: Site, line: dict[str, object]) -> None:
    """Another owner's channel cannot be named, nor found out by naming it."""
    theirs = (await site.anna.get("/channels")).json()["items"][0]["id"]
    answers = []
    for channel in (theirs, "chn_06h0nphc00000000"):
        answer = await site.boris.post("/lines", json={**line, "channels": [channel]})
        assert answer.status_code == 422
        answers.append(answer.text.replace(channel, "…"))
    assert answers[0] == answers[1]


async def test_a_key_of_another_answers_nothing(site: Site, line: dict[str, object]) -> None:
    """The same Idempotency-Key of two owners is two keys."""
    key = {"Idempotency-Key": "one"}
    mine = await site.anna.post("/lines", json=line, headers=key)
    theirs = await site.boris.post("/lines", json=line, headers=key)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


async def test_two_at_once_are_one(site: Site, line: dict[str, object]) -> None:
    """The same number from eight callers in one moment is one line; under one key all get its
    answer."""
    plain = await asyncio.gather(*(site.anna.post("/lines", json=line) for _ in range(8)))
    assert sorted(one.status_code for one in plain) == [201, *[409] * 7]
    key = {"Idempotency-Key": "two"}
    keyed = await asyncio.gather(
        *(site.boris.post("/lines", json=line, headers=key) for _ in range(8))
    )
    assert {one.status_code for one in keyed} == {201}
    assert len({one.json()["id"] for one in keyed}) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/lines", {"number": LONG, "renews_on": "2026-12-01"}),
        ("/lines", {"number": "+79161234567", "renews_on": "2026-12-01", "label": LONG}),
        ("/lines", {"number": "+79161234567", "renews_on": "2026-12-01", "note": LONG * 3}),
        ("/lines", {"number": "+79161234567", "renews_on": LONG}),
        ("/lines", {"number": "+79161234567", "renews_on": "2026-12-01", "balance": "9" * 5000}),
        ("/channels", {"kind": "email", "address": f"{LONG}@example.org"}),
        ("/channels", {"kind": "webhook", "url": f"https://example.org/{LONG}"}),
        ("/tokens", {"name": LONG}),
        ("/tokens", {"name": "x", "scope": LONG}),
    ],
)
async def test_a_field_that_is_too_long_is_refused(
    site: Site, path: str, body: dict[str, object]
) -> None:
    """No length of a field breaks a call."""
    assert (await site.anna.post(path, json=body)).status_code == 422


async def test_markup_stays_text(site: Site, line: dict[str, object]) -> None:
    """HTML in a label leaves as JSON that no browser takes for a page."""
    answer = await site.anna.post("/lines", json={**line, "label": SCRIPT})
    assert answer.json()["label"] == SCRIPT
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    preview = await site.anna.get(f"/lines/{answer.json()['id']}/preview?format=html")
    assert SCRIPT not in preview.text


async def test_a_bad_id_is_an_unknown_one(site: Site) -> None:
    """Ids that were never made, in any shape, answer 404 or are no address; none breaks a call."""
    strange = ("lin_none", "%00", "a" * 3000, "%F0%9F%98%80", "lin_1'--", "%2e%2e%2f")
    for identity in strange:
        for noun in ("lines", "channels", "deliveries"):
            answer = await site.anna.get(f"/{noun}/{identity}")
            assert answer.status_code in {400, 404}, (noun, identity)


async def test_a_revoked_token_dies_at_once(site: Site) -> None:
    """A token that is taken back while it is in use gets no further answer."""
    made = (await site.anna.post("/tokens", json={"name": "x"})).json()
    client: httpx.AsyncClient = site.client(made["token"])
    assert (await client.get("/me")).status_code == 200
    await site.anna.delete(f"/tokens/{made['id']}")
    assert (await client.get("/me")).status_code == 401


async def test_an_invitation_needs_an_administrator(site: Site) -> None:
    """Where sign-up is closed even an administrator invites nobody."""
    admin = await site.token("anna", "admin")
    answer = await admin.post("/invitations")
    assert answer.status_code == 403
    assert "closed" in answer.json()["detail"]
