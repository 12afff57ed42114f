"""Reading a TOML table so that a fault names its file, its operator and its field."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar

from reminder.catalogue.fact import Text
from reminder.errors import ConfigError

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table and where it stands: ``file``, ``owner`` (the operator), ``path`` (dotted)."""

    values: dict[str, object]
    file: str
    owner: str
    path: str = ""

    def fail(self, field: str, detail: str) -> NoReturn:
        """Refuse ``field``, saying what would be right.

        Raises:
            ConfigError: always.
        """
        where = ".".join(part for part in (self.path, field) if part)
        raise ConfigError(f"{self.file}: operator {self.owner or '?'}: {where}: {detail}")

    def allow(self, fields: Iterable[str]) -> None:
        """Refuse every key that is not among ``fields``."""
        known = sorted(fields)
        for name in self.values:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                self.fail(name, f"this key is not known; {hint}")

    def has(self, field: str) -> bool:
        """Whether the key is there."""
        return field in self.values

    def table(self, field: str) -> Table:
        """The table under ``field``, empty if it is not there."""
        value = self.values.get(field, {})
        if not isinstance(value, dict):
            self.fail(field, "must be a table")
        path = ".".join(part for part in (self.path, field) if part)
        return Table(value, self.file, self.owner, path)

    def tables(self) -> list[tuple[str, Table]]:
        """The named tables in this one, in the order of the file."""
        return [(name, self.table(name)) for name in self.values]

    def only(self, *fields: str) -> Table:
        """This table with no other keys than ``fields``."""
        kept = {name: value for name, value in self.values.items() if name in fields}
        return Table(kept, self.file, self.owner, self.path)

    def string(self, field: str) -> str:
        """The string at ``field``, which must be there and not be empty."""
        value = self.values.get(field)
        if not isinstance(value, str) or not value.strip():
            self.fail(field, "must be text in quotes, not empty")
        return value

    def optional(self, field: str) -> str:
        """The string at ``field``, or the empty one."""
        value = self.values.get(field, "")
        if not isinstance(value, str):
            self.fail(field, "must be text in quotes")
        return value

    def strings(self, field: str) -> tuple[str, ...]:
        """The list of strings at ``field``, empty if it is not there."""
        value = self.values.get(field, [])
        if not isinstance(value, list):
            self.fail(field, 'must be a list of texts, such as ["a", "b"]')
        items = [item for item in value if isinstance(item, str) and item.strip()]
        if len(items) != len(value):
            self.fail(field, 'must be a list of texts, such as ["a", "b"]')
        return tuple(items)

    def number(self, field: str) -> int | None:
        """The whole number at ``field``, zero or more, or nothing."""
        value = self.values.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fail(field, "must be a whole number, 0 or more")
        return value

    def flag(self, field: str) -> bool:
        """The truth at ``field``, false if it is not there."""
        value = self.values.get(field, False)
        if not isinstance(value, bool):
            self.fail(field, "must be true or false")
        return value

    def day(self, field: str) -> date:
        """The date at ``field``."""
        value = self.values.get(field)
        if type(value) is not date:
            self.fail(field, "must be a date without quotes, such as 2026-11-22")
        return value

    def choice(self, field: str, kind: type[E]) -> E:
        """The member of ``kind`` named at ``field``."""
        return self._member(field, self.values.get(field), kind)

    def choices(self, field: str, kind: type[E]) -> frozenset[E]:
        """The members of ``kind`` named in the list at ``field``, at least one."""
        found = frozenset(self._member(field, name, kind) for name in self.strings(field))
        if not found:
            self.fail(field, f"must name at least one of {', '.join(kind)}")
        return found

    def _member(self, field: str, value: object, kind: type[E]) -> E:
        wrong = f"must be one of {', '.join(kind)}"
        if not isinstance(value, str):
            self.fail(field, wrong)
        try:
            return kind(value)
        except ValueError:
            self.fail(field, wrong)

    def text(self, field: str) -> Text:
        """The words at ``field`` in all three languages."""
        words = self.table(field)
        words.allow(("zh", "ru", "en"))
        return Text(words.string("zh"), words.string("ru"), words.string("en"))

    def optional_text(self, field: str) -> Text | None:
        """The words at ``field``, or nothing if it is not there."""
        return self.text(field) if self.has(field) else None

    def texts(self, field: str) -> tuple[Text, ...]:
        """The list at ``field``, equally long in each language."""
        words = self.table(field)
        words.allow(("zh", "ru", "en"))
        each = words.strings("zh"), words.strings("ru"), words.strings("en")
        if len({len(list_) for list_ in each}) != 1:
            self.fail(field, "must have as many entries in zh as in ru and in en")
        return tuple(Text(zh, ru, en) for zh, ru, en in zip(*each, strict=True))
