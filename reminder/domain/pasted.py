"""A pasted list of numbers and sums, read row by row against the numbers that somebody has.

Any spelling of a number, any usual separator, a decimal point or comma. What can be read in two
ways is never guessed: it is named, as is every row that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reminder.domain.intake.words import currency_of
from reminder.domain.money import Money, decimals
from reminder.domain.phone import spellings
from reminder.errors import InvalidInput

MOST_ROWS = 5000
LONGEST_ROW = 200
_STRONG = re.compile(r"[\t;|]")
_WEAK = re.compile(r"[\s,:=]+")
_NUMBER = re.compile(r"[\d\s()+.\-/\u2010-\u2015]+")
_SUM = re.compile(r"([+-]?)\d+(?:[.,]\d+)*")
_SPACES = re.compile(r"\s+")
_AFFIXES = re.compile(r"^([^\d+-]*)(.*?)([^\d]*)$")
_LIKE_A_NUMBER = 7
_THOUSAND = 3


class Fit(StrEnum):
    """What became of a row."""

    READ = "read"
    HEADING = "heading"
    UNKNOWN = "unknown"
    NO_NUMBER = "no_number"
    NO_SUM = "no_sum"
    AMBIGUOUS = "ambiguous"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Pasted:
    """A row as it was read: ``number`` in E.164 where it is known, ``sum`` where it is told,
    ``first`` the row where a number that comes twice stood before."""

    row: int
    text: str
    fit: Fit
    number: str = ""
    sum: Money | None = None
    first: int = 0


Reading = tuple[str, Money]


def read(text: str, known: Mapping[str, str]) -> list[Pasted]:
    """Read every row that holds anything; ``known`` are the numbers in E.164 with their currency.
    Raises InvalidInput for ``text`` that is empty or too long."""
    rows = [(n, row.strip()) for n, row in enumerate(text.splitlines(), 1) if row.strip()]
    if not rows:
        raise InvalidInput.of("text", "Paste a list: a number and a sum on each row", "required")
    if len(rows) > MOST_ROWS:
        raise InvalidInput.of("text", f"At most {MOST_ROWS} rows; these are {len(rows)}")
    spelled = _spelled(known)
    found: list[Pasted] = []
    seen: dict[str, int] = {}
    for n, row in rows:
        one = _row(n, row, spelled, known, is_first=not found)
        first = seen.setdefault(one.number, n) if one.fit is Fit.READ else n
        found.append(one if first == n else Pasted(n, row, Fit.TWICE, one.number, one.sum, first))
    return found


def _spelled(known: Iterable[str]) -> dict[str, str]:
    """Each way to write a number, with the number; what two numbers share stands for neither."""
    spelled = {number.removeprefix("+"): number for number in known}
    at_home: dict[str, str] = {}
    for number in spelled.values():
        for digits in spellings(number):
            same = at_home.setdefault(digits, number) == number
            at_home[digits] = number if same else ""
    return {digits: number for digits, number in at_home.items() if number} | spelled


def _row(
    n: int, row: str, spelled: Mapping[str, str], known: Mapping[str, str], *, is_first: bool
) -> Pasted:
    if len(row) > LONGEST_ROW:
        return Pasted(n, row[:LONGEST_ROW], Fit.NO_NUMBER)
    pairs = list(_pairs(row))
    readings = {
        (number, sum_)
        for left, right in pairs
        if (number := spelled.get(_digits(left), "")) and _is_spelled(left)
        for sum_ in sums(right, known[number])
    }
    if len(readings) == 1:
        number, sum_ = readings.pop()
        return Pasted(n, row, Fit.READ, number, sum_)
    named = {spelled[_digits(left)] for left, _ in pairs if _digits(left) in spelled}
    if readings:
        return Pasted(n, row, Fit.AMBIGUOUS, named.pop() if len(named) == 1 else "")
    if named:
        return Pasted(n, row, Fit.NO_SUM, named.pop())
    if spelled.get(_digits(row)) and _is_spelled(row):
        return Pasted(n, row, Fit.NO_SUM, spelled[_digits(row)])
    if is_first and not any(sign.isdecimal() for sign in row):
        return Pasted(n, row, Fit.HEADING)
    looks = any(_is_spelled(left) and len(_digits(left)) >= _LIKE_A_NUMBER for left, _ in pairs)
    return Pasted(n, row, Fit.UNKNOWN if looks else Fit.NO_NUMBER)


def _pairs(row: str) -> Iterator[tuple[str, str]]:
    """Every way to take a row for a number and a sum: by its cells, else at any gap."""
    cells = [cell.strip().strip('"') for cell in _STRONG.split(row)]
    cells = [cell for cell in cells if cell]
    if len(cells) > 1:
        yield from ((one, other) for one in cells for other in cells if one is not other)
    else:
        plain = row.replace('"', "")
        yield from ((plain[: gap.start()], plain[gap.end() :]) for gap in _WEAK.finditer(plain))


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdecimal())


def _is_spelled(text: str) -> bool:
    """Whether a text is written as numbers are."""
    return _NUMBER.fullmatch(text.strip()) is not None


def sums(text: str, currency: str) -> set[Money]:
    """What a text can mean as a sum above zero in that currency: nothing, one sum, or two where a
    point or comma may stand between thousands.

    >>> sorted(m.amount for m in sums("1,500 ₽", "RUB")), sums("1 000,50", "RUB")
    (['1.00', '1500.00'], {Money(minor=100050, currency='RUB')})
    """
    match = _AFFIXES.match(_SPACES.sub("", text))
    before, told, after = match.groups() if match else ("", "", "")
    marks = [mark for mark in (before, after.rstrip(".")) if mark]
    if not _SUM.fullmatch(told) or any(
        currency_of(m.casefold(), currency) != currency for m in marks
    ):
        return set()
    return {money for form in _forms(told, decimals(currency)) for money in _money(form, currency)}


def _money(form: str, currency: str) -> Iterable[Money]:
    try:
        money = Money.parse(form, currency)
    except InvalidInput:
        return ()
    return (money,) if money.minor > 0 else ()


def _forms(told: str, places: int) -> Iterator[str]:
    """A sum's digits with a decimal point at most, in every way they can be meant."""
    groups = re.split(r"[.,]", told)
    marks = re.findall(r"[.,]", told)
    in_thousands = all(len(group) == _THOUSAND for group in groups[1:])
    if not marks:
        yield told
    elif len(marks) == 1:
        doubtful = in_thousands and places < _THOUSAND and len(groups[0].lstrip("+-")) <= _THOUSAND
        yield from (groups[0], "".join(groups)) if doubtful else (f"{groups[0]}.{groups[1]}",)
    elif len(set(marks)) == 1 and in_thousands:
        yield "".join(groups)
    elif len(set(marks[:-1])) == 1 and all(len(g) == _THOUSAND for g in groups[1:-1]):
        yield f"{''.join(groups[:-1])}.{groups[-1]}"
