"""Every error leaves as a problem, and no class of error lacks its row."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from reminder import errors
from reminder.api.problems import MEDIA_TYPE, TABLE, answer_error
from reminder.errors import InvalidInput, LimitReached, NotAllowed, ReminderError, TokenRefused


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


def test_a_taken_number_names_its_line() -> None:
    """What is there already is told by a code of its own, with the line that has it."""
    said = json.loads(bytes(answer_error(errors.Taken("x", "lin_1")).body))
    assert (said["status"], said["code"], said["line"]) == (409, "taken", "lin_1")
    assert "line" not in json.loads(bytes(answer_error(errors.Taken("x")).body))


def test_not_known_is_not_the_same_as_not_allowed() -> None:
    """Who is not signed in learns so by another code than who may not."""
    codes = [
        json.loads(bytes(answer_error(e).body))["code"]
        for e in (NotAllowed("x"), NotAllowed("x", signed_in=True))
    ]
    assert codes == ["not_signed_in", "not_allowed"]
