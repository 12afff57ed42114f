"""Promises of reminder/config/logs.py."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from reminder.config import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The log of the other tests, once these are over."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logs.set_up("text")


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Each event is one line with its phrase, level, time and ids; standard output stays free."""
    logs.set_up("json")
    with structlog.contextvars.bound_contextvars(request="abc"):
        structlog.get_logger().debug("tried", delivery="dlv_06h0nphc00000000", outcome="sent")
    said = capsys.readouterr()
    event = json.loads(said.err)
    assert said.out == ""
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "tried",
        "level": "debug",
        "request": "abc",
        "delivery": "dlv_06h0nphc00000000",
        "outcome": "sent",
    }


def test_people_are_spared_the_small_things(capsys: pytest.CaptureFixture[str]) -> None:
    """As text only what is worth reading is written."""
    logs.set_up("text")
    structlog.get_logger().debug("tried")
    structlog.get_logger().warning("lease lost", delivery="dlv_06h0nphc00000000")
    said = capsys.readouterr().err
    assert "tried" not in said
    assert "lease lost" in said
    assert "dlv_06h0nphc00000000" in said


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_error_keeps_its_values_to_itself(
    form: logs.Form, capsys: pytest.CaptureFixture[str]
) -> None:
    """A trace names places in the code; what stood in its frames, and addresses in the error's
    sentence, are left out."""
    logs.set_up(form)
    token = "rmd_" + "a1B2" * 8
    try:
        int(f"anna@example.org said +7 916 123-45-67 and {token}")
    except ValueError:
        structlog.get_logger().exception("page failed")
    said = capsys.readouterr().err
    assert "…@… said +… and rmd…" in said
    assert "test_logs.py" in said
    for secret in ("anna", "916", "a1B2"):
        assert secret not in said


@pytest.mark.parametrize(
    "secret",
    [
        "https://api.telegram.org/bot123456:AAEx/sendMessage?chat_id=1",
        "postgresql://reminder:hunter2@db.example.org/reminder",
        "smtps://anna%40gmail.com:abcdefghijklmnop@smtp.gmail.com:465",
        "/a/snooze/cmVtXzA2aDBucGhjMDAwMDAwMDAAaSTZgB8mQ3vKx0RfWc2LhTn7Yb1A",
        "89161234567",
        "+79161234567",
        "8 (916) 123-45-67",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "Bearer rmd_abcdefghijklmnop",
        "анна@пример.рф",
    ],
)
def test_what_slips_through_is_masked(secret: str) -> None:
    """Links, addresses, numbers, tokens and passwords are not in what is left."""
    left = str(logs.masked(f"cannot reach {secret}, trying again"))
    kept = ("hunter2", "abcdefghij", "AAEx", "cmVtX", "916", "MfKQ", "анна")
    assert not [one for one in kept if one in left]
    assert left.startswith("cannot reach ")


def test_what_is_no_secret_stays() -> None:
    """Ids, days, times, counts, files and places are still there to read."""
    plain = "dlv_06h0nphc00000000 2026-11-24T06:00:00Z 12345 reminder-20261120T100000Z.db node-1:77"
    assert logs.masked(plain) == plain


def test_libraries_log_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    """What a library warns of leaves as JSON too, masked."""
    logs.take_in("json")
    logging.getLogger("asyncio").warning("socket of %s closed", "anna@example.org")
    event = json.loads(capsys.readouterr().err)
    assert (event["event"], event["level"]) == ("socket of …@… closed", "warning")
