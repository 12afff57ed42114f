"""Values that are kept as JSON in one column: where a line stands, habits, lists."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeVar, cast

import orjson
from pydantic import TypeAdapter

from reminder.domain.days import Trip
from reminder.domain.line import Standing
from reminder.domain.owner import Habits

T = TypeVar("T")
STANDING: TypeAdapter[Standing] = TypeAdapter(Standing)
HABITS: TypeAdapter[Habits] = TypeAdapter(Habits)
DAYS: TypeAdapter[tuple[int, ...]] = TypeAdapter(tuple[int, ...])
TRIPS: TypeAdapter[tuple[Trip, ...]] = TypeAdapter(tuple[Trip, ...])
TEXTS: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])


def dump(_adapter: TypeAdapter[T], value: T) -> str:
    """A value as JSON text that the adapter reads again; it is the value's type that matters."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


@lru_cache(maxsize=1024)
def habits_in(text: str) -> Habits:
    """An owner's habits out of their JSON text; those of most owners are alike."""
    return load(HABITS, text)


def load(adapter: TypeAdapter[T], text: str) -> T:
    """A value out of its JSON text."""
    return cast("T", adapter.validator.validate_json(text))


def texts_in(text: str) -> tuple[Any, ...]:
    """A list of texts out of its JSON text."""
    return () if text == "[]" else load(TEXTS, text)


def texts(values: tuple[str, ...]) -> str:
    """A list of texts as JSON text; most are empty.

    >>> texts(()), texts(("family",))
    ('[]', '["family"]')
    """
    return dump(TEXTS, values) if values else "[]"
