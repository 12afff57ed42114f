"""What the words around a sum say it is."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

from reminder.domain.intake.marks import Mark
from reminder.domain.intake.sums import Said, Sum, is_foreign
from reminder.domain.intake.words import PER, WHOLE, Sense, is_unit

_ENDS = frozenset({"stop", "break"})
_CLEAR = frozenset(
    {"", *_ENDS, "paren", "day", "noise", "colon", "plus", "dash", Sense.SINCE, Sense.TERM}
    | {Sense.ADVICE, Sense.AFTER, Sense.WORD}
)
_ONTO = frozenset({"баланс", "счет", "счёт", "balans", "schet"})
_NEGATIVE = ("отриц", "negativ")
_REACH = 2
_CENTS = -2


class Role(StrEnum):
    """What a sum is: the balance, perhaps the balance (``WEAK``: "left", "available"), something
    else, unnamed, or called a balance in a way that leaves a doubt (``UNSURE``)."""

    MAIN = "main"
    WEAK = "weak"
    OTHER = "other"
    NONE = "none"
    UNSURE = "unsure"


def role_of(said: Said, sums: list[Sum], n: int) -> Role:
    """The role of the n-th sum."""
    one, marks = sums[n], said.marks
    if n and one.first - 1 == sums[n - 1].last + 1 and _joins(marks[one.first - 1]):
        return role_of(said, sums, n - 1)
    if _is_rate(said, one.last + 1) or _is_by(said, one.first - 1):
        return Role.OTHER
    before, carried = words_before(said, one)
    if max(one.values) < 0:  # "a negative balance" of a sum below zero is the balance
        before = [mark for mark in before if not mark.text.startswith(_NEGATIVE)]
    senses = _senses(before)
    if senses & {Sense.OTHER, Sense.ADVICE}:
        return Role.OTHER
    after, names_next = _after(marks, one)
    if Sense.MAIN in senses or Sense.WEAK in senses:
        role = Role.MAIN if Sense.MAIN in senses else Role.WEAK
        unlike = any(m.kind == Sense.OTHER and m.text not in WHOLE for m in _without_past(after))
        return (
            Role.UNSURE
            if unlike and not names_next
            else _unmarked(said, one, role, carried=carried)
        )
    if names_next or not one.currency or _speaks_of_another(marks, one.first):
        return Role.NONE
    return _named_behind(_senses(after))


def _named_behind(senses: set[str]) -> Role:
    """The role by the words behind a sum that has none before it: "64 ₽ on the account"."""
    if Sense.OTHER in senses:
        return Role.OTHER
    if Sense.MAIN in senses:
        return Role.MAIN
    return Role.WEAK if Sense.WEAK in senses else Role.NONE


def _unmarked(said: Said, one: Sum, role: Role, *, carried: bool) -> Role:
    """The same role; without a currency only where nothing else can be meant."""
    if one.currency:
        return role
    exact = one.values[0].as_tuple().exponent == _CENTS
    if is_foreign(said, one):
        return Role.UNSURE
    if role is Role.WEAK or (carried and not exact):
        return Role.NONE
    return role if exact or said.kind(one.last + 1) in _CLEAR else Role.UNSURE


def _joins(mark: Mark) -> bool:
    return mark.kind in {"slash", "plus", Sense.EITHER}


def _is_rate(said: Said, place: int) -> bool:
    """Whether a sum is a price for a time: ``300 ₽/мес``, ``300 руб. в месяц``."""
    ahead = [m.text for m in said.marks[place : place + 2]]
    if not ahead:
        return False
    if ahead[0].startswith(("ежем", "ежес", "monthly", "daily")):
        return True
    leads = ahead[0] in {"/", "в", "a", "per", "за"}
    return len(ahead) == _REACH and leads and (ahead[1] in PER or is_unit(ahead[1]))


def _is_by(said: Said, place: int) -> bool:
    """Whether a sum says by how much, as in ``на 300 руб``."""
    return place >= 0 and said.marks[place].text in {"на", "na"}


def words_before(said: Said, one: Sum) -> tuple[list[Mark], bool]:
    """The words before a sum, back to the number or the end of the clause before it; and whether
    they stand on the line above."""
    found: list[Mark] = []
    carried = False
    for place in range(one.first - 1, -1, -1):
        mark, above = said.marks[place], said.kind(place - 1)
        if mark.kind == "stop" and mark.text == "\n" and above in {Sense.MAIN, Sense.WEAK, "colon"}:
            carried = carried or not found
            continue
        is_heading = mark.kind == "break" and above in {Sense.MAIN, Sense.WEAK} and found
        if is_heading and found[-1].kind == Sense.MONEY:
            continue
        if mark.kind in _ENDS or mark.kind == "number":
            break
        found.append(mark)
    return found[::-1], carried


def _after(marks: list[Mark], one: Sum) -> tuple[list[Mark], bool]:
    """The words after a sum in its clause, and whether they lead to another number."""
    found: list[Mark] = []
    for mark in marks[one.last + 1 :]:
        if mark.kind in _ENDS or mark.text in {"and", "и"}:
            break
        if mark.kind in {"number", "colon"}:
            return found, bool(found)
        found.append(mark)
    return found, False


def _speaks_of_another(marks: list[Mark], place: int) -> bool:
    """Whether the sentence so far is about another sum: "you used 4 of your 20 balance"."""
    for mark in reversed(marks[:place]):
        if mark.kind == "stop":
            break
        if mark.kind in {Sense.OTHER, Sense.ADVICE}:
            return True
    return False


def _without_past(marks: list[Mark]) -> list[Mark]:
    """The marks without what came before: "after the charge" says nothing of the charge."""
    left: list[Mark] = []
    spared = 0
    for mark in marks:
        if mark.kind == Sense.AFTER:
            spared = _REACH + 1
        elif mark.kind == Sense.OTHER and spared:
            spared = 0
        else:
            left.append(mark)
        spared = max(spared - 1, 0)
    return left


def _senses(marks: list[Mark]) -> set[str]:
    """What the words say; what goes "на баланс", onto the balance, is not the balance."""
    left = _without_past(marks)
    found = {mark.kind for mark in left}
    onto = any(a.text in {"на", "na"} and b.text in _ONTO for a, b in pairwise(left))
    return (found - {Sense.MAIN}) | {Sense.OTHER} if onto else found
