"""Sums: numbers with their currency and sign. What counts minutes, or names a contract, is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from reminder.domain.intake.marks import Mark
from reminder.domain.intake.words import LINKS, Sense, currency_of, is_unit
from reminder.domain.money import CURRENCIES

LONGEST_UNMARKED = 6
"""A longer whole number without a currency is a contract, a card or a code."""
NEAR = 2
FULL = 100
HAN = "\u2e80"
_BEFORE_ONLY = frozenset({"$", "us$", "hk$", "nt$", "£", "€", "¥", "฿"})
_ANY_DOLLAR = frozenset({"元", "块", "圆"})  # behind "NT$" it is Taiwan's
_LABELS = frozenset({Sense.MAIN, Sense.WEAK, Sense.OTHER, Sense.MONEY})


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum in the marks ``first`` to ``last``, its number being ``place``. ``values`` holds two
    where a dash may be a minus."""

    values: tuple[Decimal, ...]
    currency: str | None
    place: int
    first: int
    last: int
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A text with its marks; ``kept`` is the currency of the line it is about."""

    text: str
    marks: list[Mark]
    kept: str | None = None

    def kind(self, place: int) -> str:
        """The kind of a mark; ``""`` where there is none."""
        return self.marks[place].kind if 0 <= place < len(self.marks) else ""

    def gap(self, left: int) -> str:
        """What stands between a mark and the next one, both being there."""
        return self.text[self.marks[left].end : self.marks[left + 1].start]

    def is_near(self, left: int, between: str = " \u00a0.") -> bool:
        """Whether a mark and the next one are there, with hardly anything between them."""
        if not 0 <= left < len(self.marks) - 1:
            return False
        gap = self.gap(left)
        return len(gap) <= NEAR and not gap.strip(between)

    def currency(self, place: int) -> str | None:
        """The currency that a mark names; a code of ISO 4217 in capitals is one."""
        mark = self.marks[place]
        if mark.kind == Sense.MONEY:
            return currency_of(mark.text, self.kept)
        code = self.text[mark.start : mark.end]
        return code if mark.kind == Sense.WORD and code in CURRENCIES else None


def sums_of(said: Said) -> tuple[Said, list[Sum]]:
    """Every sum of a text, in order; numbers that are names become noise in the text returned."""
    found: list[Sum] = []
    marks = list(said.marks)
    for place, mark in enumerate(said.marks):
        taken = found[-1].last if found else -1
        if mark.kind != "number" or place <= taken:
            continue
        one = _sum(said, place, taken)
        marked = one.currency is not None
        if _is_name(said, one, marked=marked):
            marks[place] = replace(mark, kind="noise")
        elif marked or not _counts(said, place):
            found.append(one)
    return replace(said, marks=marks), found


def _sum(said: Said, place: int, taken: int) -> Sum:
    number = said.marks[place].number
    assert number is not None
    first, last, currency = place, *_behind(said, place)
    if currency is None or said.marks[last].text in _ANY_DOLLAR:
        sign, named = _ahead(said, place, taken)
        first, currency = (sign, named) if named else (first, currency)
    if currency is not None:
        number, last = _with_minor(said, number, last)
    first, values = _signed(said, first, number, taken)
    if currency is None and first < place:
        first, currency = _ahead(said, first, taken)
    return Sum(values, currency, place, first, last, said.marks[place].doubtful)


def _behind(said: Said, place: int) -> tuple[int, str | None]:
    """The currency behind a number: not one that belongs to the number after it."""
    sign = place + 1
    if not said.is_near(place) or said.currency(sign) is None:
        return place, None
    is_tight = said.kind(sign + 1) == "number" and said.gap(sign) == ""
    if is_tight and (said.marks[sign].text in _BEFORE_ONLY or said.gap(place)):
        return place, None
    return sign, said.currency(sign)


def _ahead(said: Said, place: int, taken: int) -> tuple[int, str | None]:
    """The currency ahead of a number or its sign: ``$5``, ``RUB 5``, ``руб.: 5``."""
    sign = place - 1
    if sign > taken + 1 and said.kind(sign) == "colon":
        sign -= 1
    if sign <= taken or not said.is_near(sign) or said.currency(sign) is None:
        return place, None
    return sign, said.currency(sign)


def _is_name(said: Said, one: Sum, *, marked: bool) -> bool:
    """Whether a number names something: a contract, a part of a word, the first of several."""
    place, mark = one.place, said.marks[one.place]
    left = said.marks[place - 1] if place else None
    if left and said.gap(place - 1) == "":
        if left.kind in {"plus", "slash"}:
            return True
        if left.text.isalpha() and left.text[0] < HAN and left.kind not in _LABELS:
            return said.currency(place - 1) is None
    digits = sum(sign.isdigit() for sign in mark.text)
    if marked or mark.number != int(mark.number or 0):
        return False
    is_index = said.kind(place + 1) == "colon" and said.gap(place) == "" and digits <= NEAR
    return is_index or digits > LONGEST_UNMARKED


def _counts(said: Said, place: int) -> bool:
    """Whether a number counts minutes, gigabytes or per cent."""
    if said.kind(place + 1) == "percent":
        return True
    if not said.is_near(place) or not is_unit(said.marks[place + 1].text):
        return False
    names_next = said.is_near(place + 1, " ") and said.kind(place + 2) in {"number", "colon"}
    return not names_next


def _with_minor(said: Said, number: Decimal, last: int) -> tuple[Decimal, int]:
    """Kopecks, jiao or cents written behind, as in ``99 руб. 5 коп``."""
    place = last + 1
    is_near = said.is_near(last) and said.is_near(place)
    if not is_near or said.kind(place) != "number" or not _is_minor(said, place + 1):
        return number, last
    part = said.marks[place].number or Decimal(0)
    if part != int(part) or part >= FULL:
        return number, last
    return number + part / (10 if said.marks[place + 1].text == "角" else FULL), place + 1


def _is_minor(said: Said, place: int) -> bool:
    """Whether a word names kopecks or the like; ``к`` alone only at the end of what is said."""
    if said.kind(place) == Sense.MINOR:
        return True
    is_short = 0 <= place < len(said.marks) and said.marks[place].text == "к"
    return is_short and said.kind(place + 1) in {"", "stop", "break"}


def _signed(said: Said, first: int, number: Decimal, taken: int) -> tuple[int, tuple[Decimal, ...]]:
    """The number with its sign; both, where a dash can be a minus as well as a dash."""
    sign = first - 1
    if sign <= taken or not said.is_near(sign, " \u00a0"):
        return first, (number,)
    mark, is_tight = said.marks[sign], said.gap(sign) == ""
    if mark.kind == Sense.MINUS:
        return sign, (-number,)
    if mark.kind != "dash":
        return first, (number,)
    before = said.text[: mark.start]
    is_stuck = before[-1:].isalpha() and before[-1:] < HAN
    if mark.text != "-" and not is_tight:
        return first, (number,)
    starts = before.rstrip(" \u00a0")[-1:] in {":", "=", ""}
    if mark.text != "—" and ((is_tight and not is_stuck) or starts):
        return sign, (-number,)
    return sign, (number, -number)


def is_foreign(said: Said, one: Sum) -> bool:
    """Whether a sum without a known currency stands beside a word that may be an unknown one."""
    if one.currency is not None:
        return False
    beside = [one.first - 1] if said.is_near(one.first - 1) else []
    beside += [one.last + 1] if said.is_near(one.last) else []
    words = [said.marks[n].text for n in beside if said.kind(n) == Sense.WORD]
    return any(word not in LINKS for word in words)
