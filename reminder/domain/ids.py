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
_PAIRS = [first + second for first in _SIGNS for second in _SIGNS]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = 1 << 32


def compose(prefix: str, now: datetime, entropy: bytes) -> str:
    """Make an id of ``prefix`` from the instant and :data:`ENTROPY_BYTES` random bytes.

    >>> compose("lin", datetime(2026, 11, 24, tzinfo=UTC), bytes(4))
    'lin_06h0nphc00000000'
    """
    return f"{prefix}_{_signs(_millis(now) << 32 | int.from_bytes(entropy[:ENTROPY_BYTES], 'big'))}"


def _millis(now: datetime) -> int:
    return (now - _EPOCH) // timedelta(milliseconds=1)


def _signs(bits: int) -> str:
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(70, -10, -10)])


class Series:
    """Ids of one instant of which none comes twice, be they many thousands: who makes so many of
    one millisecond must not leave it to chance. :data:`ENTROPY_BYTES` random bytes say where among
    the others of that millisecond they begin; they follow each other, so that two series seldom
    meet, and an index takes them at its end."""

    def __init__(self, now: datetime, entropy: bytes) -> None:
        millis = _millis(now)
        self._head = _signs(millis << 32)[:8]
        self._tail = (millis & 255) << 32
        self._next = int.from_bytes(entropy[:4], "big")

    def new(self, prefix: str) -> str:
        """The next id, of that prefix."""
        self._next = (self._next + 1) % _END
        bits, pairs = self._tail | self._next, _PAIRS
        high, low = pairs[bits >> 30] + pairs[bits >> 20 & 1023], pairs[bits >> 10 & 1023]
        return f"{prefix}_{self._head}{high}{low}{pairs[bits & 1023]}"
