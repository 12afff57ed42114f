"""What a message calls a line: its own name, its operator, its masked number."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from reminder.catalogue.catalogue import OTHER
from reminder.catalogue.operator import Operator
from reminder.domain.line import Line
from reminder.domain.phone import mask

_JOINER = "\u200d"
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn"})
_FEWEST_SIGNS = 6
_SAME_NUMBER = 7


@lru_cache(maxsize=1024)
def clean(text: str) -> str:
    r"""One line without control signs, marks of direction or broken signs; spaces made single.

    >>> clean("Mum\r\nBcc: x")
    'Mum Bcc: x'
    """
    plain = " ".join(text.split())
    if plain.isprintable():  # as nearly all are
        return plain
    shown = (c for c in plain if c == _JOINER or _is_shown(c))
    return " ".join("".join(shown).split())


def _is_shown(sign: str) -> bool:
    return unicodedata.category(sign) not in _HIDDEN


def shorten(text: str, longest: int) -> str:
    """The text, cut to ``longest`` signs with an ellipsis; what is shown as one sign stays whole.

    >>> shorten("Grandmother’s phone", 12)
    'Grandmother…'
    """
    if len(text) <= longest:
        return text
    end = longest - 1
    while end > 0 and (_belongs_to_the_last(text[end]) or text[end - 1] == _JOINER):
        end -= 1
    return text[:end].rstrip() + "…"


def _belongs_to_the_last(sign: str) -> bool:
    """Whether a sign changes the one before it: an accent, a joiner, a variant, a skin tone."""
    return (
        sign == _JOINER
        or unicodedata.combining(sign) > 0
        or unicodedata.category(sign) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
    )


def within(text: str, most: int) -> str:
    """The text, cut like :func:`shorten` to so many UTF-16 units, as chat services count.

    >>> within("👩👩👩", 4)
    '👩…'
    """
    longest = most
    while len((short := shorten(text, longest)).encode("utf-16-le", "replace")) > 2 * most:
        longest -= 1
    return short


def fit(text: str, rest: str, longest: int) -> str:
    """The text, cut so that it and ``rest`` are no longer than ``longest`` together; six signs
    of it are always left."""
    return shorten(text, max(longest - len(rest), _FEWEST_SIGNS))


def operator_name(operator: Operator | None, language: str) -> str:
    """The operator's own name in a language; ``""`` for one that the catalogue does not know."""
    if operator is None or operator.id == OTHER:
        return ""
    return operator.names.in_(language)


def name_of(line: Line, operator: Operator | None, language: str) -> str:
    """The owner's name for a line, else the operator and the last two digits.

    A name that holds the number itself is not used: messages never show a number whole.
    """
    label = clean(line.label)
    typed = re.sub(r"\D", "", label)
    if label and line.number[-_SAME_NUMBER:] not in typed:
        return label
    return f"{operator_name(operator, language)} …{line.number[-2:]}".strip()


def title_of(line: Line, operator: Operator | None, language: str, whose: str = "") -> str:
    """Name, operator, masked number and, where told, whose it is, parted by commas: ``Mum, MTS,
    +7 916 ••• •• 67``."""
    masked = mask(line.number, language).replace(" ", "\u00a0")
    name, network = name_of(line, operator, language), operator_name(operator, language)
    comma = "，" if language == "zh" else ", "
    return comma.join(part for part in (name, network, masked, whose) if part)
