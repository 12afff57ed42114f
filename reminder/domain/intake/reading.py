"""Read a balance out of an operator's answer, or say why it cannot be told.

Each sum of the text is given a role by the words around it, up to the next sum or the end of the
clause. A word that speaks of another sum (a fee, a bonus, a limit) outweighs one that speaks of a
balance: in doubt the text is handed back with what it might mean. Nothing is guessed silently.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from reminder.domain.intake.marks import Mark, plain, scan
from reminder.domain.intake.roles import Role, role_of, words_before
from reminder.domain.intake.sums import Said, Sum, sums_of
from reminder.domain.intake.words import Sense

LONGEST_TEXT = 4000
"""An operator's answer is a few hundred signs; what is longer is something else."""
LONGEST_BARE = 5
MOST_CANDIDATES = 6


class Confidence(StrEnum):
    """How sure a reading is: ``high`` where the text names a balance and its currency, ``medium``
    where one of the two is only understood."""

    HIGH = "high"
    MEDIUM = "medium"


class Why(StrEnum):
    """Why a text is not read: it holds no sum, none that it calls the balance, several that could
    be it, one that can be read in two ways, a balance of a day to come; or it is too long."""

    NOTHING = "nothing"
    UNNAMED = "unnamed"
    SEVERAL = "several"
    DOUBTFUL = "doubtful"
    TO_COME = "to_come"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a text may say: the amount, and its currency and civil date where they are said."""

    amount: Decimal
    currency: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """A balance that was read. ``matched`` is the part of the text that says it."""

    balance: Candidate
    confidence: Confidence
    matched: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """A text that must be asked about: why, and what it might mean (perhaps nothing)."""

    why: Why
    candidates: tuple[Candidate, ...] = ()


def read(text: str, today: date, kept: str | None = None) -> Understood | Unclear:
    """Read the balance that a text states. ``today`` completes dates without a year and bounds
    them; ``kept`` is the currency of the line, for signs that several countries share."""
    if len(text) > LONGEST_TEXT:
        return Unclear(Why.TOO_LONG)
    bare = plain(text)
    said, sums = sums_of(Said(bare, scan(bare, today), kept))
    if not sums:
        return Unclear(Why.NOTHING)
    roles = [role_of(said, sums, n) for n in range(len(sums))]
    named = [s for s, role in zip(sums, roles, strict=True) if role in {Role.MAIN, Role.UNSURE}]
    strong = bool(named)
    if not named:
        named = [s for s, role in zip(sums, roles, strict=True) if role is Role.WEAK]
    if not named and _is_bare(said, sums):
        named = sums
    if not named:
        return Unclear(Why.UNNAMED, _candidates([s for s in sums if s.currency]))
    named = [_marked(said, one) for one in named]
    unsure = {Role.NONE, Role.WEAK}
    loose = [s for s, role in zip(sums, roles, strict=True) if role in unsure and s.currency]
    loose = [s for s in loose if _follows(said, s, named[-1])]
    if Role.UNSURE in roles or loose:
        return Unclear(Why.DOUBTFUL, _candidates([*named, *loose]))
    return _settled(named, said, today, strong=strong)


def _marked(said: Said, one: Sum) -> Sum:
    """The sum with the currency that stands between its name and itself: ``в рублях: 88``."""
    if one.currency is not None:
        return one
    before, _ = words_before(said, one)
    signs = [said.marks.index(mark) for mark in before if mark.kind == Sense.MONEY]
    return replace(one, currency=said.currency(signs[0])) if signs else one


def _follows(said: Said, one: Sum, other: Sum) -> bool:
    """Whether a sum comes later in the same sentence and is another."""
    between = said.marks[other.place : one.place]
    differs = one.place > other.place and one.values != other.values
    return differs and all(mark.kind != "stop" for mark in between)


def _is_bare(said: Said, sums: list[Sum]) -> bool:
    """Whether a text is one sum and nothing else, short enough not to be a code."""
    only = sums[0]
    rest = [m for n, m in enumerate(said.marks) if not only.first <= n <= only.last]
    digits = sum(sign.isdigit() for sign in said.marks[only.place].text)
    is_short = only.currency is not None or digits <= LONGEST_BARE
    return len(sums) == 1 and is_short and all(mark.kind == "stop" for mark in rest)


def _candidates(sums: list[Sum], days: tuple[date | None, ...] = (None,)) -> tuple[Candidate, ...]:
    found = [
        Candidate(value, one.currency, day) for one in sums for value in one.values for day in days
    ]
    return tuple(dict.fromkeys(found))[:MOST_CANDIDATES]


def _settled(named: list[Sum], said: Said, today: date, *, strong: bool) -> Understood | Unclear:
    meanings = {(s.values, s.currency) for s in named}
    if len(meanings) > 1:
        return Unclear(Why.SEVERAL, _candidates(named))
    one = named[0]
    if one.doubtful or len(one.values) > 1:
        return Unclear(Why.DOUBTFUL, _candidates([one]))
    days = _days(one, said.marks)
    past = tuple(day for day in days if day <= today)
    if days and not past:
        return Unclear(Why.TO_COME, _candidates([one]))
    if len(past) > 1:
        return Unclear(Why.DOUBTFUL, _candidates([one], past))
    sure = Confidence.HIGH if strong and one.currency else Confidence.MEDIUM
    found = Candidate(one.values[0], one.currency, past[0] if past else None)
    return Understood(
        found, sure, said.text[said.marks[one.first].start : said.marks[one.last].end]
    )


def _days(one: Sum, marks: list[Mark]) -> tuple[date, ...]:
    """The days that the balance can be of: a date in its sentence after "on" or "as of", or the
    date that the text begins with."""
    found: list[date] = []
    for n, mark in enumerate(marks):
        if mark.kind == "day" and (n == 0 or _is_of(one, marks, n)):
            found += mark.days
    return tuple(dict.fromkeys(found))


def _is_of(one: Sum, marks: list[Mark], place: int) -> bool:
    low, high = sorted((place, one.first))
    before = marks[place - 1]
    if before.kind == "noise" and ":" in before.text:  # "на 23:59 21.11.2026"
        before = marks[place - 2]
    if any(m.kind == "stop" for m in marks[low:high]) or before.kind != Sense.SINCE:
        return False
    for mark in reversed(marks[:place]):
        if mark.kind in {"stop", "break"}:
            break
        if mark.kind in {Sense.TERM, Sense.OTHER, Sense.ADVICE}:
            return False
    return True
