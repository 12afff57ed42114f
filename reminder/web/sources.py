"""What stands under a fact on a page: where it comes from, how sure it is, and how old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from markupsafe import Markup

from reminder.catalogue.fact import Evidence, Fact, Text
from reminder.catalogue.joining import is_official
from reminder.catalogue.operator import Operator
from reminder.catalogue.values import Topic
from reminder.rendering import display
from reminder.web.visit import Visit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. ``url`` only where the operator itself says so: the other hosts are
    named, not linked (DESIGN section 15). ``cited``: the source only names the fact's own page;
    ``stale``: nobody checked it for long."""

    confidence: str
    host: str
    url: str
    day: str
    stale: bool
    cited: bool
    advice: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph with its source; ``tag`` is short and stands beside the title."""

    title: str
    text: str
    url: str
    source: Source
    own_name: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Teller:
    """Says the facts of one operator to one visitor."""

    visit: Visit
    operator: Operator

    def words(self, text: Text | None) -> str:
        """A text in the reader's language, ``""`` for none."""
        return text.in_(self.visit.language) if text else ""

    def source(self, fact: Fact[T]) -> Source:
        """The line under a fact."""
        official = is_official(fact.source, self.operator.official_domains)
        return Source(
            confidence=fact.confidence.value,
            host=urlsplit(fact.source).hostname or "",
            url=fact.source if official else "",
            day=self._day(fact),
            stale=fact.is_stale(self.visit.today) or fact.evidence is Evidence.CITED,
            cited=fact.evidence is Evidence.CITED,
            advice=fact.advice,
        )

    def _day(self, fact: Fact[T]) -> str:
        """The source's date no finer than it is known."""
        language = self.visit.language
        match len(fact.source_date):
            case 4:
                return display.year(fact.checked_on, language)
            case 7:
                return display.month(fact.checked_on, language)
            case _:
                return self.visit.short_day(fact.checked_on)

    def page(self, topic: Topic | None) -> str:
        """The address of the operator's page on a topic, ``""`` for none."""
        link = self.operator.link(topic) if topic else None
        return link.value if link else ""

    def said(self, fact: Fact[T], title: Text, text: Text, topic: Topic | None = None) -> Said:
        """A titled paragraph."""
        url = self.page(topic)
        return Said(self.words(title), self.words(text), url, self.source(fact))

    def plain(self, fact: Fact[T], text: Text | Markup) -> Said:
        """A paragraph without a title."""
        words = text if isinstance(text, Markup) else self.words(text)
        return Said("", words, "", self.source(fact))
