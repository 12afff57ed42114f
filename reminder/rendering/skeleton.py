"""What a shipped template prints around its values, kept for all values that look alike.

A mail of one kind is the same from the first sign to the last but for a few dozen values. Our own
templates only print values and ask whether there are any (a test reads them for that), so what
stands between depends on nothing but which values are empty and how many there are: on their
*shape*. It is printed once for each shape, with marks in place of the values; from then on the
values are laid between. A site's own template may do more with a value, and is printed each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

from markupsafe import escape

from reminder.domain.laid import Laid

Shape: TypeAlias = tuple[object, ...]
Values: TypeAlias = Mapping[str, object]
LARGEST = 250  # values: hardly ever has a long list of numbers the shape of another
MOST = 500  # shapes
_MARK = re.compile("\x00([0-9]+)\x00")


class Skeletons:
    """The skeletons that one set of templates has made so far. ``render`` prints a template with
    values."""

    def __init__(self, render: Callable[[str, Values], str]) -> None:
        self._render = render
        self._kept: dict[tuple[str, Shape], Skeleton] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def print(self, names: Sequence[str], values: Values) -> list[str]:
        """What each of these templates makes of the values."""
        found, shape = read(values)
        if len(found) > LARGEST:
            return [self._render(name, values) for name in names]
        return [self._of(name, values, shape).filled(found) for name in names]

    def _of(self, name: str, values: Values, shape: Shape) -> Skeleton:
        kept = self._kept.get((name, shape))
        if kept is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            printed = self._render(name, marked(values))
            kept = self._kept[name, shape] = Skeleton(printed, is_html=".html." in name)
        return kept


class _Reader(NamedTuple):
    """What reads every field of a dataclass at once, and whether all are texts."""

    fields: Callable[[object], tuple[Any, ...]]
    only_texts: bool


_READERS: dict[type, _Reader] = {}


def read(values: Values) -> tuple[list[str], Shape]:
    """The values of a message, in the order of their fields, and their shape."""
    found: list[str] = []
    kinds: list[object] = []
    for value in values.values():
        _read(value, found, kinds)
    return found, (*kinds, *map(bool, found))


def _read(value: object, found: list[str], kinds: list[object]) -> None:
    """Add the texts in a value to ``found``, and to ``kinds`` all that holds them."""
    if isinstance(value, str | int):
        found.append(str(value) if value else "")
    elif isinstance(value, tuple | list):
        kinds.append(len(value))
        for each in value:
            _read(each, found, kinds)
    elif value is None:
        kinds += (None, len(found))
    else:
        kinds.append(type(value))
        reader = _READERS.get(type(value)) or _reader(value)
        if reader.only_texts:
            found += reader.fields(value)
            return
        for each in reader.fields(value):
            if each.__class__ is str:  # most are: not worth a call
                found.append(each)
            else:
                _read(each, found, kinds)


def _reader(value: object) -> _Reader:
    assert is_dataclass(value)
    held = fields(value)
    found = _Reader(attrgetter(*_names(value)), all(one.type in {"str", str} for one in held))
    return _READERS.setdefault(type(value), found)


def _names(value: object) -> list[str]:
    assert is_dataclass(value)
    return [one.name for one in fields(value)]


def marked(values: Values) -> dict[str, object]:
    """The same values, with a mark in place of each that is not empty."""
    marks = _Marks()
    return {name: marks.on(value) for name, value in values.items()}


class _Marks:
    """Marks with the numbers of the values, in the order in which :func:`read` finds them."""

    def __init__(self) -> None:
        self._count = 0

    def on(self, value: object) -> object:
        """The value with marks."""
        if isinstance(value, str | int):
            self._count += 1
            return f"\x00{self._count - 1}\x00" if value else value
        if isinstance(value, tuple | list):
            return type(value)(self.on(each) for each in value)
        if value is None:
            return None
        return type(value)(**{name: self.on(getattr(value, name)) for name in _names(value)})


class Skeleton:
    """The text around the values of one shape, and which value goes where."""

    def __init__(self, printed: str, *, is_html: bool) -> None:
        self._parts = _MARK.split(printed)
        self._holes = [int(number) for number in self._parts[1::2]]
        self._is_html = is_html

    def filled(self, values: list[str]) -> str:
        """The text with these values."""
        shown = _escaped(values) if self._is_html else values
        parts = self._parts.copy()
        parts[1::2] = [shown[hole] for hole in self._holes]
        return Laid(parts)


def _escaped(values: list[str]) -> list[str]:
    """Each value as HTML has it: all in one go, for a go costs more than its signs."""
    shown = str(escape("\x00".join(values))).split("\x00")
    return shown if len(shown) == len(values) else [str(escape(value)) for value in values]
