"""Lists in pages: ``{"items": [...], "next": cursor or null}``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from reminder.errors import InvalidInput

MOST = 500
T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items at most.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next` of the page before this one.")
]
USUAL = 100


def page(
    items: Sequence[T], identity: Callable[[T], str], limit: int, cursor: str | None
) -> tuple[list[T], str | None]:
    """One page of a whole list, and the cursor of the next. The cursor names the last item seen
    and its place, so that the list may change between two pages."""
    start = _after(items, identity, cursor) if cursor else 0
    chosen = list(items[start : start + limit])
    if not chosen or start + limit >= len(items):
        return chosen, None
    return chosen, pack(f"{start + limit}:{identity(chosen[-1])}")


def _after(items: Sequence[T], identity: Callable[[T], str], cursor: str) -> int:
    place, _, last = unpack(cursor).partition(":")
    if not place.isdigit():
        raise _unknown()
    seen = (n for n, item in enumerate(items) if identity(item) == last)
    return next(seen, int(place) - 1) + 1


def pack(text: str) -> str:
    """Make a cursor."""
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def unpack(cursor: str) -> str:
    """Read a cursor; raise InvalidInput for one that is not ours."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise _unknown() from error


def _unknown() -> InvalidInput:
    return InvalidInput.of("cursor", "Take the cursor from the field next of the page before")
