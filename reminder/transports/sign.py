"""Signatures after Standard Webhooks 1.0: HMAC-SHA256 over ``id.timestamp.body``.

Source: the specification of Standard Webhooks 1.0.0, "Signature scheme" and "Signing secret".
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from functools import lru_cache

from reminder.errors import InvalidInput

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
KNOWN = 2048


def new_secret(entropy: bytes) -> str:
    """Write 24 to 64 random bytes as a secret; other lengths are a mistake of the caller.

    >>> new_secret(bytes(24))
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    if not SHORTEST <= len(entropy) <= LONGEST:
        raise InvalidInput.of("secret", f"a secret holds {SHORTEST} to {LONGEST} bytes")
    return PREFIX + b64encode(entropy).decode("ascii")


@lru_cache(maxsize=KNOWN)
def key_of(secret: str) -> bytes:
    """The bytes that a secret stands for; raises :class:`InvalidInput`, never showing it."""
    if not secret.startswith(PREFIX):
        raise InvalidInput.of("secret", f"a secret starts with {PREFIX}")
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except (NotBase64, ValueError) as error:
        raise InvalidInput.of("secret", "a secret is base64 after its prefix") from error
    if not SHORTEST <= len(key) <= LONGEST:
        raise InvalidInput.of("secret", f"a secret holds {SHORTEST} to {LONGEST} bytes")
    return key


def signature(identity: str, timestamp: int, body: bytes, secrets: tuple[str, ...]) -> str:
    """The ``webhook-signature`` header: one ``v1,…`` for each secret, in their order.

    ``timestamp`` is in Unix seconds; ``body`` is signed byte for byte as it will be sent.
    """
    signed = f"{identity}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode("ascii")
        for secret in secrets
    )
