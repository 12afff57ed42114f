"""The tree of errors: one root, and what each carries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder import errors
from reminder.errors import (
    Fault,
    InvalidInput,
    LimitReached,
    Refused,
    ReminderError,
    Throttled,
    step,
)


def test_one_root() -> None:
    """Everything raised on purpose can be caught as a ReminderError."""
    found = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    assert len(found) > 10
    assert all(issubclass(error, ReminderError) for error in found)


def test_codes_are_stable_words() -> None:
    """Each class has a code of its own, a word without spaces."""
    found = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, Exception)]
    codes = [str(vars(error)["code"]) for error in found]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("_", "").isalpha() for code in codes)


@pytest.mark.parametrize(
    ("field", "name"),
    [("fee", "fee"), ("fee/amount", "fee"), (step("a/b~"), "a~1b~0"), (step("a.b"), "a.b")],
)
def test_a_path_begins_with_its_field(field: str, name: str) -> None:
    """A fault within a field is a fault of that field."""
    assert Fault(field, "…").name == name


def test_faults_name_their_fields() -> None:
    """Every wrong field is named in the sentence."""
    error = InvalidInput(Fault("fee", "Write digits"), Fault("period", "Write P1M"))
    assert str(error) == "fee: Write digits; period: Write P1M"
    assert str(InvalidInput.of("", "Send one JSON object")) == "Send one JSON object"
    assert InvalidInput.of("fee", "Write digits").faults == (Fault("fee", "Write digits"),)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (LimitReached("too often", timedelta(minutes=1)), timedelta(minutes=1)),
        (Throttled("busy", timedelta(hours=2)), timedelta(hours=2)),
    ],
)
def test_waits_are_named(error: LimitReached | Throttled, wait: timedelta) -> None:
    """What asks for patience says how long."""
    assert error.retry_after == wait


def test_a_refusal_is_certain() -> None:
    """What was refused was not taken; only a channel that is gone is turned off."""
    assert not Refused("no").maybe_accepted
    assert not Refused("no").channel_off
    assert Refused("gone", channel_off=True).channel_off
