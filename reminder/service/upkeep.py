"""Whether the catalogue still holds: each shown official address is visited, and the facts that
nobody has checked for long are named. Needs the network, and no database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from reminder.catalogue.fact import Evidence, Fact
from reminder.catalogue.joining import is_official
from reminder.catalogue.operator import Operator
from reminder.errors import Unreachable
from reminder.transports.guard import Networks
from reminder.transports.probe import Prober, Seen

MOST_HOPS = 5
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_GOOD = range(200, 300)


class Looks(Protocol):
    """Somebody who asks for a page once."""

    async def look(self, url: str) -> Seen:
        """What is there; raises Unreachable."""
        ...


class LinkState(StrEnum):
    """What was met at an address. Everything but *good* wants a person to look."""

    GOOD = "good"
    MOVED = "moved"
    ELSEWHERE = "elsewhere"
    GONE = "gone"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Visited:
    """One address, where it is shown, and what was met there. ``cited``: our source named it, and
    nobody of us has opened it."""

    url: str
    operators: tuple[str, ...]
    topics: tuple[str, ...]
    cited: bool
    state: LinkState
    detail: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A shown fact that nobody has checked for 180 days."""

    operators: tuple[str, ...]
    section: str
    source: str
    checked_on: date
    cited: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: the addresses and the stale facts, *cited* ones first."""

    visited: tuple[Visited, ...]
    stale: tuple[Stale, ...]
    faults: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing wants a person to look."""
        bad = [one for one in self.visited if one.state is not LinkState.GOOD]
        return not (bad or self.stale or self.faults)


@dataclass(frozen=True, slots=True)
class _Shown:
    url: str
    operators: tuple[Operator, ...]
    topics: tuple[str, ...]
    cited: bool


async def check_links(
    operators: Iterable[Operator], networks: Networks, on_done: Callable[[int, int], None]
) -> tuple[Visited, ...]:
    """Visit every shown address once, eight at a time; ``on_done`` is told how many of how many.
    Private addresses are called only in ``networks``."""
    async with Prober(allow_networks=networks) as prober:
        return await visit_all(operators, prober, on_done)


async def visit_all(
    operators: Iterable[Operator], prober: Looks, on_done: Callable[[int, int], None]
) -> tuple[Visited, ...]:
    """Visit every shown address of these operators through ``prober``."""
    shown = _shown(operators)
    done = 0

    async def one(link: _Shown) -> Visited:
        nonlocal done
        state, detail = await _visit(link, prober)
        done += 1
        on_done(done, len(shown))
        names = tuple(operator.id for operator in link.operators)
        return Visited(link.url, names, link.topics, link.cited, state, detail)

    return tuple(await asyncio.gather(*(one(link) for link in shown)))


def _shown(operators: Iterable[Operator]) -> list[_Shown]:
    """Each address once, *cited* ones first."""
    found: dict[str, _Shown] = {}
    for operator in operators:
        for link in operator.links:
            old = found.get(link.fact.value)
            known, topics = (old.operators, old.topics) if old else ((), ())
            cited = link.fact.evidence is Evidence.CITED or bool(old and old.cited)
            everyone = known if operator in known else (*known, operator)
            named = (*topics, link.topic.value)
            found[link.fact.value] = _Shown(link.fact.value, everyone, named, cited)
    return sorted(found.values(), key=lambda link: not link.cited)


async def _visit(link: _Shown, prober: Looks) -> tuple[LinkState, str]:
    domains = {domain for operator in link.operators for domain in operator.official_domains}
    url, moved = link.url, False
    try:
        for _ in range(MOST_HOPS):
            seen = await prober.look(url)
            if seen.status not in _REDIRECTS or not seen.location:
                return _met(seen.status, url, moved=moved)
            if not is_official(seen.location, domains) and not _same_host(url, seen.location):
                return LinkState.ELSEWHERE, f"leads to {seen.location}"
            moved = moved or seen.status in _PERMANENT
            url = seen.location
    except Unreachable as error:
        return LinkState.SILENT, str(error)
    return LinkState.REFUSED, f"more than {MOST_HOPS} redirects"


def _same_host(one: str, other: str) -> bool:
    """Whether two addresses have scheme, host and port in common."""
    return one.split("/")[:3] == other.split("/")[:3]


def _met(status: int, url: str, *, moved: bool) -> tuple[LinkState, str]:
    if status in _GONE:
        return LinkState.GONE, f"status {status}"
    if status not in _GOOD:
        return LinkState.REFUSED, f"status {status}"
    return (LinkState.MOVED, f"moved for good to {url}") if moved else (LinkState.GOOD, "")


def stale_facts(operators: Iterable[Operator], today: date) -> tuple[Stale, ...]:
    """The shown facts that are older than 180 days, each once, *cited* and oldest first. What
    holds for a whole country is named once, with all its operators."""
    found: dict[tuple[str, Fact[object]], list[str]] = {}
    for operator in operators:
        for section, fact in operator.facts():
            if fact.is_stale(today):
                names = found.setdefault((section, fact), [])
                if operator.id not in names:
                    names.append(operator.id)
    stale = [
        Stale(tuple(names), section, f.source, f.checked_on, f.evidence is Evidence.CITED)
        for (section, f), names in found.items()
    ]
    return tuple(sorted(stale, key=lambda one: (not one.cited, one.checked_on, one.operators)))
