"""Bodies: small, JSON, one object."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from reminder.api.problems import MEDIA_TYPE
from tests.api.conftest import Site


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"number": ', "application/json", 400, "malformed"),
        (b"\xff\xfe{}", "application/json", 400, "malformed"),
        (b'{"fee": NaN}', "application/json", 400, "malformed"),
        (b'{"label": "\\ud800"}', "application/json", 400, "malformed"),
        (b"[" * 30_000, "application/json", 400, "malformed"),
        (b'{"inactivity_days": ' + b"9" * 5000 + b"}", "application/json", 400, "malformed"),
        (b"[]", "application/json", 422, "invalid_input"),
        (b"null", "application/json", 422, "invalid_input"),
        (b'"text"', "application/json", 422, "invalid_input"),
        (b"number=1", "application/x-www-form-urlencoded", 415, "wrong_type"),
        (b"{}", "text/plain", 415, "wrong_type"),
        (b" " * (64 * 1024 + 1), "application/json", 413, "too_large"),
    ],
)
async def test_bodies_that_cannot_be_read(
    site: Site, content: bytes, kind: str, status: int, code: str
) -> None:
    """A body that is no small JSON object is refused as a problem, never with a stack."""
    headers = {"content-type": kind}
    answer = await site.anna.post("/lines", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "Traceback" not in answer.text


async def test_a_long_body_without_a_length_is_refused(site: Site) -> None:
    """A body that comes in pieces is cut off at 64 kB too."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b" " * 1024

    answer = await site.anna.post("/lines", content=pieces())
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/lines/lin_%00", "/deliveries?line=%00"])
async def test_an_address_with_a_zero_byte_is_refused(site: Site, path: str) -> None:
    """No database takes a zero byte in a text, so no call does."""
    assert (await site.anna.get(path)).status_code == 400


async def test_an_empty_body_is_an_empty_object(site: Site) -> None:
    """A call without needed fields needs no body either."""
    assert (await site.anna.patch("/me")).status_code == 200
