"""Read what a person typed, field by field, and collect every fault before refusing any."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TypeVar
from urllib.parse import quote

from reminder.domain.money import Money, check_currency
from reminder.domain.schedule import parse_date, parse_lead
from reminder.errors import Fault, InvalidInput, step

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")
LONGEST_TEXT = 200
MONEY_KEYS = frozenset({"amount", "currency"})
MOST_LEADS = 20
AS_TEXT = "Write this as text, in quotes"
_AMOUNT = 'Write the amount as text, such as "120.50"'
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_IN_FRAGMENTS = "/~!$&'()*+,;=:@?"
_JOINERS = "\u200c\u200d"


def pointer(field: str) -> str:
    """A field's path (``balance/amount``) as a JSON pointer in a fragment (RFC 6901, section 6).

    >>> pointer("balance/amount"), pointer("имя"), pointer("")
    ('#/balance/amount', '#/%D0%B8%D0%BC%D1%8F', '#')
    """
    return f"#/{quote(field, safe=_IN_FRAGMENTS)}" if field else "#"


def is_plain(text: str) -> bool:
    """Whether a text holds no line break and no other sign that nobody sees; what joins an emoji,
    or the flag of a country, is none of them."""
    if text.isascii():
        return text.isprintable()
    return all(
        unicodedata.category(sign) not in _UNSEEN
        or sign in _JOINERS
        or "\U000e0020" <= sign <= "\U000e007f"
        for sign in text
    )


class Fields:
    """The fields of one request, typed as JSON types them. A reading that fails is noted and
    yields the default; call :meth:`check` when all are read. Of one field only the first fault
    is told."""

    def __init__(self, given: Mapping[str, object], allowed: frozenset[str]) -> None:
        self._given = given
        self._faults: list[Fault] = []
        for name in given:
            if name not in allowed:
                self.fault(step(name), "There is no such field", "unknown")

    def __contains__(self, name: str) -> bool:
        """Whether the field was given at all, null included."""
        return name in self._given

    def is_null(self, name: str) -> bool:
        """Whether the field was given as null: back to what holds without it."""
        return name in self._given and self._given[name] is None

    def fault(self, field: str, detail: str, code: str = "invalid") -> None:
        """Note a fault of a field, or of a part of it (``balance/amount``)."""
        if not self.is_faulty(field.partition("/")[0]):
            self._faults.append(Fault(field, detail, code))

    def is_faulty(self, name: str) -> bool:
        """Whether a fault of that field is noted already."""
        return any(fault.name == name for fault in self._faults)

    def refuse(self, names: Iterable[str], detail: str) -> None:
        """Note a fault for each of those fields that was given, null aside."""
        for name in names:
            if self._given.get(name) is not None:
                self.fault(name, detail, "unfit")

    def check(self) -> None:
        """Raise InvalidInput with every fault noted, if there is one."""
        if self._faults:
            raise InvalidInput(*self._faults)

    def take(self, read: Callable[[], T], default: T) -> T:
        """The result of ``read``; a refusal is noted and yields ``default``."""
        try:
            return read()
        except InvalidInput as error:
            for found in error.faults:
                self.fault(found.field, found.detail, found.code)
            return default

    def text(
        self,
        name: str,
        longest: int = LONGEST_TEXT,
        *,
        lines: bool = False,
        blank: bool = False,
        trim: Callable[[str], str] = str.strip,
    ) -> str | None:
        """A text without control characters, trimmed; None when it is absent or null. An empty one
        is a fault, unless ``blank`` says that it means none."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(name, AS_TEXT)
            return None
        trimmed = trim(value)
        if not trimmed and not blank:
            self.fault(name, "This is empty: write something, or leave it out")
        if len(trimmed) > longest:
            self.fault(name, f"At most {longest} characters; these are {len(trimmed)}")
            return None
        if lines and not is_plain(re.sub(r"[\t\n\r]", "", trimmed)):
            self.fault(name, "Leave out control characters; line breaks may stay")
            return None
        if not lines and not is_plain(trimmed):
            self.fault(name, "Leave out line breaks and control characters")
            return None
        return trimmed or None

    def money(self, name: str, currency: str) -> Money | None:
        """An amount: a decimal text, or an object of amount and currency."""
        value = self._given.get(name)
        if isinstance(value, Mapping):
            return self._money_object(name, value, currency)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(name, _AMOUNT)
            return None
        return self.take(lambda: Money.parse(value, currency, name), None)

    def _money_object(
        self, name: str, value: Mapping[object, object], currency: str
    ) -> Money | None:
        amount, code = value.get("amount"), value.get("currency", currency)
        for other in sorted(str(key) for key in value if key not in MONEY_KEYS):
            self.fault(f"{name}/{step(other)}", "There is no such field", "unknown")
        if not isinstance(amount, str):
            self.fault(f"{name}/amount", _AMOUNT)
            return None
        if not isinstance(code, str):
            self.fault(f"{name}/currency", AS_TEXT)
            return None
        if self.take(lambda: check_currency(code, f"{name}/currency"), "") != currency:
            self.fault(f"{name}/currency", f"This line is kept in {currency}")
            return None
        return self.take(lambda: Money.parse(amount, currency, f"{name}/amount"), None)

    def day(self, name: str) -> date | None:
        """A civil date, ``2026-12-01``."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(name, 'Write a date as text, such as "2026-12-01"')
            return None
        return self.take(lambda: parse_date(value, name), None)

    def choice(
        self, name: str, kind: type[E], *, blank: bool = False, without: Collection[E] = ()
    ) -> E | None:
        """One of the words of an enumeration, but for those that are set elsewhere; ``blank``: or
        an empty text, which is None."""
        value = self._given.get(name)
        if value is None or (blank and value == ""):
            return None
        words = [word for word in kind if word not in without]
        if not isinstance(value, str) or value.strip() not in words:
            self.fault(name, f"Choose one of: {', '.join(words)}")
            return None
        return kind(value.strip())

    def number(self, name: str, least: int, most: int) -> int | None:
        """A whole number between two bounds."""
        value = self._given.get(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # JSON knows one kind of number: 90.0 is 90
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault(name, f"Write a whole number from {least} to {most}")
            return None
        return value

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self._given.get(name)
        if value is None or isinstance(value, bool):
            return value
        self.fault(name, "Write true or false, without quotes")
        return None

    def texts(self, name: str, most: int = 20, example: str = '["…"]') -> tuple[str, ...] | None:
        """A list of short texts; one that is none is named by its place."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            self.fault(name, f"Write a list, such as {example}")
            return None
        if len(value) > most:
            self.fault(name, f"At most {most} entries")
            return None
        for place, one in enumerate(value):
            if not isinstance(one, str):
                self.fault(f"{name}/{place}", AS_TEXT)
                return None
        return tuple(value)

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
        texts = self.texts(name, MOST_LEADS, '["P7D", "P3D"]')
        if texts is None:
            return None
        if len(texts) < least:
            self.fault(name, "Name at least one lead time, such as P3D, or null for the usual ones")
        days = {
            self.take(partial(parse_lead, text, f"{name}/{place}"), 0)
            for place, text in enumerate(texts)
        }
        return tuple(sorted(days, reverse=True))


def _is_of_texts(value: object, keys: frozenset[str]) -> bool:
    """Whether a value is an object of these keys, with a text for each."""
    if not isinstance(value, Mapping) or set(value) != keys:
        return False
    return all(isinstance(text, str) for text in value.values())
