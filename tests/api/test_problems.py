"""Every error leaves as a problem, and no class of error lacks its row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder import errors
from reminder.api.problems import MEDIA_TYPE, TABLE, answer_error, pointer
from reminder.errors import InvalidInput, LimitReached, NotAllowed, ReminderError, TokenRefused
from tests.api.conftest import Site


def _classes(root: type[ReminderError]) -> set[type[ReminderError]]:
    return {root}.union(*(_classes(child) for child in root.__subclasses__()))


def test_no_error_lacks_a_row() -> None:
    """The table names every error class of the package, and no other."""
    assert set(TABLE) == {c for c in _classes(ReminderError) if c.__module__ == errors.__name__}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput.of("fee", "Write digits"), 422),
        (errors.NotFound("x"), 404),
        (errors.Conflict("x"), 409),
        (NotAllowed("x"), 401),
        (NotAllowed("x", signed_in=True), 403),
        (TokenRefused("x"), 403),
        (TokenRefused("x", expired=True), 410),
        (LimitReached("x", timedelta(seconds=1.2)), 429),
        (errors.StorageError("x"), 503),
        (errors.ConfigError("x"), 500),
        (errors.Refused("x"), 502),
    ],
)
def test_statuses(error: ReminderError, status: int) -> None:
    """Each error has the status that the contract names."""
    answer = answer_error(error)
    assert answer.status_code == status
    assert answer.media_type == MEDIA_TYPE
    assert answer.headers.get("retry-after") == ("2" if status == 429 else None)


def test_our_own_faults_are_not_told() -> None:
    """What is wrong with the service's set-up stays in its log."""
    body = bytes(answer_error(errors.ConfigError("key is abc")).body)
    assert b"abc" not in body


@pytest.mark.parametrize(
    ("field", "text"), [("fee", "#/fee"), ("fee.amount", "#/fee/amount"), ("a/b~", "#/a~1b~0")]
)
def test_pointers(field: str, text: str) -> None:
    """A field's name becomes a JSON pointer, escaped as RFC 6901 says."""
    assert pointer(field) == text


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

    async def pieces():  # type: ignore[no-untyped-def] # an endless body needs no type
        for _ in range(70):
            yield b" " * 1024

    answer = await site.anna.post("/lines", content=pieces())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/lines/", 404),
        ("GET", "/lines/lin_x", 404),
        ("PUT", "/lines", 405),
        ("DELETE", "/me", 405),
    ],
)
async def test_wrong_addresses(site: Site, method: str, path: str, status: int) -> None:
    """An unknown address is 404 and a wrong method 405, both as problems."""
    answer = await site.anna.request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert bool(answer.headers.get("allow")) is (status == 405)
    assert set(answer.json()) == {"type", "title", "status", "detail", "code", "errors"}


async def test_beside_version_one_there_is_nothing(site: Site) -> None:
    """An address under /api that is not of version 1 is a problem too."""
    answer = await site.anna.get("http://test/api/v2/lines")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
