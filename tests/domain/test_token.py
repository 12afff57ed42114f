"""A token opens one thing for one purpose until one instant, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.token import LINK_LIFE, derive, sign, sign_each, verify
from reminder.errors import TokenRefused

KEY = derive(b"secret" * 6, "links")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOKEN = sign(KEY, "snooze", "rem_1", NOW + LINK_LIFE)


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=60))
def test_subject_comes_back(subject: str) -> None:
    """What was signed is read back while the token lives."""
    token = sign(KEY, "snooze", subject, NOW + LINK_LIFE)
    assert verify(KEY, "snooze", token, NOW) == subject


def test_several_purposes_at_once() -> None:
    """Tokens made together are those made one by one, in their order."""
    purposes = ("stop", "snooze")
    together = sign_each(KEY, purposes, "rem_1", NOW + LINK_LIFE)
    assert together == [sign(KEY, purpose, "rem_1", NOW + LINK_LIFE) for purpose in purposes]
    assert together[1] == TOKEN


def test_ends_at_its_instant() -> None:
    """A token is good just before its end and too old at it."""
    assert verify(KEY, "snooze", TOKEN, NOW + LINK_LIFE - timedelta(seconds=1)) == "rem_1"
    with pytest.raises(TokenRefused) as refused:
        verify(KEY, "snooze", TOKEN, NOW + LINK_LIFE)
    assert refused.value.expired


@pytest.mark.parametrize(
    ("key", "purpose", "token"),
    [
        (KEY, "stop", TOKEN),
        (derive(b"secret" * 6, "sessions"), "snooze", TOKEN),
        (KEY, "snooze", TOKEN[:-2]),
        (KEY, "snooze", ""),
        (KEY, "snooze", "A"),
        (KEY, "snooze", "no token!"),
        (KEY, "snooze", "ж" * 40),
        (KEY, "snooze", TOKEN * 9),
    ],
)
def test_refuses_what_was_not_signed(key: bytes, purpose: str, token: str) -> None:
    """Another purpose, another key, a cut or invented token: refused, and not as expired."""
    with pytest.raises(TokenRefused) as refused:
        verify(key, purpose, token, NOW)
    assert not refused.value.expired


@given(st.integers(0, len(TOKEN) - 2), st.sampled_from("ABCabc012-_"))
def test_one_sign_changed_is_refused(index: int, sign_: str) -> None:
    """No single sign of a token can be exchanged."""
    changed = TOKEN[:index] + sign_ + TOKEN[index + 1 :]
    if changed != TOKEN:
        with pytest.raises(TokenRefused):
            verify(KEY, "snooze", changed, NOW)


def test_purposes_have_their_own_keys() -> None:
    """One secret gives a different key for each purpose."""
    assert derive(b"x", "links") != derive(b"x", "sessions")
