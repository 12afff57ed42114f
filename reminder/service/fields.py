"""Read what a person typed, field by field, and collect every fault before refusing any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TypeVar

from reminder.domain.money import Money, check_currency
from reminder.domain.schedule import parse_date, parse_lead
from reminder.errors import Fault, InvalidInput

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
LONGEST_TEXT = 200
MONEY_KEYS = frozenset({"amount", "currency"})
MOST_LEADS = 20


class Fields:
    """The fields of one request. A reading that fails is noted and yields the default; call
    :meth:`check` when all are read."""

    def __init__(self, given: Mapping[str, object], allowed: frozenset[str]) -> None:
        self._given = given
        self._faults = [
            Fault(name, "There is no such field", "unknown")
            for name in given
            if name not in allowed
        ]

    def __contains__(self, name: str) -> bool:
        """Whether the field was given at all, null included."""
        return name in self._given

    def is_null(self, name: str) -> bool:
        """Whether the field was given as null: back to what holds without it."""
        return name in self._given and self._given[name] is None

    def fault(self, field: str, detail: str, code: str = "invalid") -> None:
        """Note a fault that concerns several fields."""
        self._faults.append(Fault(field, detail, code))

    def is_faulty(self, name: str) -> bool:
        """Whether a fault of that field is noted already."""
        return any(fault.field == name for fault in self._faults)

    def check(self) -> None:
        """Raise InvalidInput with every fault noted, if there is one."""
        if self._faults:
            raise InvalidInput(*self._faults)

    def take(self, read: Callable[[], T], default: T) -> T:
        """The result of ``read``; a refusal is noted and yields ``default``."""
        try:
            return read()
        except InvalidInput as error:
            self._faults += error.faults
            return default

    def text(self, name: str, longest: int = LONGEST_TEXT, *, lines: bool = False) -> str | None:
        """A text without control characters, trimmed; None when it is absent, null or empty."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(name, "Write this as text")
            return None
        trimmed = value.strip()
        plain = trimmed.replace("\n", "").replace("\r", "") if lines else trimmed
        if len(trimmed) > longest:
            self.fault(name, f"At most {longest} characters; these are {len(trimmed)}")
            return None
        if not all(sign.isprintable() or sign == "\u200d" for sign in plain):
            self.fault(name, "Leave out line breaks and control characters")
            return None
        return trimmed or None

    def money(self, name: str, currency: str) -> Money | None:
        """An amount: a decimal text, or an object of amount and currency."""
        value = self._given.get(name)
        if isinstance(value, Mapping):
            return self._money_object(name, value, currency)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            self.fault(name, 'Write the amount as text, such as "120.50"')
            return None
        return self.take(lambda: Money.parse(value, currency, name), None)

    def _money_object(
        self, name: str, value: Mapping[object, object], currency: str
    ) -> Money | None:
        amount, code = value.get("amount"), value.get("currency", currency)
        if not isinstance(amount, str) or not isinstance(code, str) or set(value) - MONEY_KEYS:
            self.fault(name, 'Write {"amount": "120.50", "currency": "RUB"}')
            return None
        if self.take(lambda: check_currency(code, name), "") not in {currency, ""}:
            self.fault(name, f"This line is kept in {currency}")
            return None
        return self.take(lambda: Money.parse(amount, currency, name), None)

    def day(self, name: str) -> date | None:
        """A civil date, ``2026-12-01``."""
        value = self.text(name, 40)
        return None if value is None else self.take(lambda: parse_date(value, name), None)

    def choice(self, name: str, kind: type[E]) -> E | None:
        """One of the words of an enumeration."""
        value = self.text(name, 40)
        if value is None:
            return None
        if value not in set(kind):
            self.fault(name, f"Choose one of: {', '.join(kind)}")
            return None
        return kind(value)

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number between two bounds; digits as text are read too."""
        value = self._given.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip()[:9])
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault(name, f"Write a whole number from {least} to {most}")
            return None
        return value

    def flag(self, name: str) -> bool | None:
        """True or false; a form's ``on`` is true."""
        value = self._given.get(name)
        if value is None or isinstance(value, bool):
            return value
        if value in ("on", "true", "1"):
            return True
        if value in ("", "off", "false", "0"):
            return False
        self.fault(name, "Write true or false")
        return None

    def texts(self, name: str, most: int = 20) -> tuple[str, ...] | None:
        """A list of short texts."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.fault(name, "Write a list of texts")
            return None
        if len(value) > most:
            self.fault(name, f"At most {most} entries")
            return None
        return tuple(dict.fromkeys(value))

    def objects(self, name: str, keys: frozenset[str], most: int) -> list[Mapping[str, str]]:
        """A list of objects whose values are texts; empty for null."""
        value = self._given.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(_is_of_texts(one, keys) for one in value):
            self.fault(name, f"Write a list of objects with the texts {', '.join(sorted(keys))}")
            return []
        if len(value) > most:
            self.fault(name, f"At most {most} entries")
            return []
        return value

    def leads(self, name: str, least: int = 1) -> tuple[int, ...] | None:
        """Lead times in whole days, ``["P7D", "P3D"]``, ``least`` or more; longest first."""
        texts = self.texts(name, MOST_LEADS)
        if texts is None:
            return None
        if len(texts) < least:
            self.fault(name, "Name at least one lead time, such as P3D")
        days = {self.take(partial(parse_lead, text, name), 0) for text in texts}
        return tuple(sorted(days, reverse=True))


def _is_of_texts(value: object, keys: frozenset[str]) -> bool:
    """Whether a value is an object of these keys, with a text for each."""
    if not isinstance(value, Mapping) or set(value) != keys:
        return False
    return all(isinstance(text, str) for text in value.values())
