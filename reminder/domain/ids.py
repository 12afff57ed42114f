"""Identities: one type a noun, so that a channel's id is never taken for a line's.

An id is ``<prefix>_<16 signs>``: 48 bits of UTC milliseconds, then 32 random bits, in Crockford's
base 32 and lower case. It sorts by age, is safe in a URL and never holds a dot (Standard Webhooks
1.0 forbids dots in ``webhook-id``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NewType

OwnerId = NewType("OwnerId", str)
LineId = NewType("LineId", str)
ChannelId = NewType("ChannelId", str)
ReadingId = NewType("ReadingId", str)
ActId = NewType("ActId", str)
ReminderId = NewType("ReminderId", str)
DeliveryId = NewType("DeliveryId", str)
TokenId = NewType("TokenId", str)
DeviceId = NewType("DeviceId", str)

ENTROPY_BYTES = 4
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def compose(prefix: str, now: datetime, entropy: bytes) -> str:
    """Make an id of ``prefix`` from the instant and :data:`ENTROPY_BYTES` random bytes.

    >>> compose("lin", datetime(2026, 11, 24, tzinfo=UTC), bytes(4))
    'lin_06h0nphc00000000'
    """
    millis = (now - _EPOCH) // timedelta(milliseconds=1)
    bits = millis << 32 | int.from_bytes(entropy[:ENTROPY_BYTES], "big")
    signs = "".join(_SIGNS[bits >> shift & 31] for shift in range(75, -5, -5))
    return f"{prefix}_{signs}"
