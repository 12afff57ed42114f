"""One fact: what is said, who says it, from which day, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)

STALE_AFTER = timedelta(days=180)


class Confidence(StrEnum):
    """How sure a fact is. What is *low* stands in a file but is never shown."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Evidence(StrEnum):
    """Whether the source's own text was read, or only named by another public source."""

    SEEN = "seen"
    CITED = "cited"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in the three languages of the service."""

    zh: str
    ru: str
    en: str

    def in_(self, language: str) -> str:
        """The words in ``language``, a tag such as ``ru`` or ``zh-Hans``; English for any other.

        >>> Text("号码", "номер", "number").in_("zh-Hans")
        '号码'
        """
        match language.partition("-")[0].casefold():
            case "zh":
                return self.zh
            case "ru":
                return self.ru
            case _:
                return self.en


@dataclass(frozen=True, slots=True)
class Fact(Generic[T_co]):
    """A value with its origin.

    ``source`` is an address, or ``""`` where the source is not public (then at most *medium*).
    ``source_date`` is the source's own date as far as it is known (``"2026"``, ``"2026-09"``,
    ``"2026-09-29"`` or ``""``); ``checked_on`` its earliest day, or else the day the file was
    collected. ``advice`` marks our own advice, which needs no source.
    """

    value: T_co
    source: str
    checked_on: date
    confidence: Confidence
    evidence: Evidence
    source_date: str = ""
    advice: bool = False

    def is_stale(self, today: date) -> bool:
        """Whether nobody has checked it for more than 180 days. Our own advice does not age."""
        return not self.advice and today - self.checked_on > STALE_AFTER
