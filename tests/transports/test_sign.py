"""Signatures, against the reference implementation of Standard Webhooks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from reminder.errors import InvalidInput
from reminder.transports.sign import key_of, new_secret, signature

AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@given(st.binary(min_size=24, max_size=64), st.text(st.characters(exclude_categories=["Cs"])))
def test_equals_the_reference(entropy: bytes, body: str) -> None:
    """Our signature is that of the reference, for any key and any body in UTF-8."""
    secret = new_secret(entropy)
    ours = signature("dlv_1", int(AT.timestamp()), body.encode(), (secret,))
    assert ours == Webhook(secret).sign("dlv_1", AT, body)


def test_equals_the_example_of_the_specification() -> None:
    """The known vector of the specification's own libraries is reproduced."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    ours = signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', (secret,))
    assert ours == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_give_two_values() -> None:
    """While a secret rotates each of the two verifies, in their order."""
    new, old = new_secret(b"n" * 32), new_secret(b"o" * 32)
    both = signature("dlv_1", 5, b"x", (new, old)).split(" ")
    assert both == [signature("dlv_1", 5, b"x", (each,)) for each in (new, old)]


@pytest.mark.parametrize("size", [0, 23, 65])
def test_weak_and_overlong_secrets_are_refused(size: int) -> None:
    """A secret holds 24 to 64 random bytes."""
    with pytest.raises(InvalidInput):
        new_secret(bytes(size))


@pytest.mark.parametrize(
    "text",
    ["", "abc", "whsec_", "whsec_###", "whsec_AAAA", "whsk_" + "A" * 32, "whsec_#" + "A" * 32],
)
def test_what_is_no_secret_is_refused_and_not_shown(text: str) -> None:
    """A damaged secret is refused without being repeated."""
    with pytest.raises(InvalidInput) as caught:
        key_of(text)
    assert not text or text == "whsec_" or text not in str(caught.value)
