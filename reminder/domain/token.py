"""Signed tokens: who may do what, until when.

A token is URL-safe base 64 of ``subject | expiry | signature``: the id it speaks of, five bytes of
unix seconds, and 16 bytes of HMAC-SHA256 over purpose, subject and expiry. The purpose (the verb of
an action link) is signed, not carried: a token for *snooze* opens nothing else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from reminder.errors import TokenRefused

LINK_LIFE = timedelta(days=30)
_SIGNATURE_BYTES = 16
_EXPIRY_BYTES = 5
_LONGEST = 200
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@lru_cache(maxsize=64)
def derive(key: bytes, purpose: str) -> bytes:
    """A key for one purpose from the service's one secret (HMAC as a key derivation)."""
    return hmac.digest(key, f"reminder/{purpose}".encode(), hashlib.sha256)


def sign(key: bytes, purpose: str, subject: str, until: datetime) -> str:
    """Make the token that lets its holder do ``purpose`` to ``subject`` until that instant."""
    return sign_each(key, (purpose,), subject, until)[0]


def sign_each(key: bytes, purposes: Iterable[str], subject: str, until: datetime) -> list[str]:
    """The tokens for several purposes, in their order."""
    body = subject.encode() + int(until.timestamp()).to_bytes(_EXPIRY_BYTES, "big")
    return [_written(body + _signature(key, purpose, body)) for purpose in purposes]


def _written(token: bytes) -> str:
    return binascii.b2a_base64(token, newline=False).translate(_URL_SAFE, b"=").decode()


def verify(key: bytes, purpose: str, token: str, now: datetime) -> str:
    """Return the subject; raise TokenRefused when the token is forged, or has expired."""
    body, signature = _split(token)
    if not hmac.compare_digest(signature, _signature(key, purpose, body)):
        raise TokenRefused("This link is not one of ours, or was cut short")
    if now >= good_until(token):
        raise TokenRefused("This link is too old", expired=True)
    return body[:-_EXPIRY_BYTES].decode()


def good_until(token: str) -> datetime:
    """The instant up to which a token is good that was verified."""
    body, _ = _split(token)
    return datetime.fromtimestamp(int.from_bytes(body[-_EXPIRY_BYTES:], "big"), UTC)


def _split(token: str) -> tuple[bytes, bytes]:
    if not token.isascii() or len(token) > _LONGEST:
        raise TokenRefused("This link is not one of ours, or was cut short")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TokenRefused("This link is not one of ours, or was cut short") from error
    return raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]


def _signature(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + body, hashlib.sha256)[:_SIGNATURE_BYTES]
