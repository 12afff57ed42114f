"""One JSON document for a whole export: a list of records, or a list inside a wrapper."""

from __future__ import annotations

import json
from collections.abc import Mapping

from reminder.errors import InvalidInput

LARGEST_DOCUMENT = 8 * 1024 * 1024
_TOO_LARGE = "One JSON document holds 8 MB at most: send CSV, or one object a line"


def is_document(first: str) -> bool:
    """Whether a file that begins with this line is one JSON document, not an object a line."""
    opening = first.lstrip()[:1]
    if opening == "[":
        return True
    if opening != "{":
        return False
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return first.strip() == "{" or first.rstrip().endswith((",", "[", "{"))
    return isinstance(found, dict) and _inner(found) is not None


def records_of(text: str) -> list[Mapping[str, object]]:
    """The records of a document. Raises InvalidInput where it is none, or too large."""
    if len(text) > LARGEST_DOCUMENT:
        raise InvalidInput.of("file", _TOO_LARGE)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput.of("file", "This JSON is broken: export it anew") from error
    listed = found if isinstance(found, list) else _inner(found)
    if listed is None or not all(isinstance(one, dict) for one in listed):
        raise InvalidInput.of("file", "This JSON is no list of numbers: see the template")
    return listed


def _inner(found: Mapping[str, object]) -> list[Mapping[str, object]] | None:
    """The list inside a wrapper: ``subscriptions``, beside other words or under ``data``."""
    inside = found.get("data")
    for holder in (found, inside if isinstance(inside, dict) else {}):
        listed = holder.get("subscriptions")
        if isinstance(listed, list):
            return listed
    return None
