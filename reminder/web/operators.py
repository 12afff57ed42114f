"""The public list of operators: found by any name or country, and what guides say of topping up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from starlette.responses import Response

from reminder.catalogue.catalogue import OTHER
from reminder.catalogue.claims import Claim, Verdict
from reminder.catalogue.country import country_of
from reminder.catalogue.operator import Operator
from reminder.web.visit import Visit
from reminder.web.words import mark

_VERDICTS = {
    Verdict.TRUE: mark("Still true"),
    Verdict.PARTLY: mark("True in part"),
    Verdict.OUTDATED: mark("Out of date"),
    Verdict.WRONG: mark("Wrong"),
    Verdict.NOT_CONFIRMED: mark("Not confirmed"),
    Verdict.ADVICE: mark("Advice"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An operator in the list."""

    id: str
    name: str
    former: str


@dataclass(frozen=True, slots=True)
class Group:
    """The operators of one country."""

    country: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Told:
    """What a guide says, and what is so."""

    claim: str
    verdict: str
    today: str


async def index(visit: Visit) -> Response:
    """``/operators?find=&country=``."""
    catalogue = visit.site.app.catalogue
    find, country = visit.asked("find")[:80], visit.asked("country")[:2]
    found = [o for o in catalogue.find(find, country) if o.id != OTHER]
    countries = [(c.code, c.names.in_(visit.language)) for c in catalogue.countries]
    return visit.render(
        "operators.html",
        groups=_groups(visit, found, by_rank=bool(find.strip())),
        count=len(found),
        values={"find": find, "country": country.upper()},
        countries=[("", visit.t("all countries")), *countries],
        claims=[_told(visit, claim) for claim in catalogue.claims],
        is_search=bool(find.strip() or country),
        other=OTHER,
    )


def _groups(visit: Visit, found: list[Operator], *, by_rank: bool) -> list[Group]:
    """By country; what was searched for by name keeps its order, the best first."""
    if by_rank:
        return [Group("", [_entry(visit, operator) for operator in found])]
    return [
        Group(_country(visit, code), [_entry(visit, operator) for operator in inside])
        for code, inside in groupby(found, key=lambda operator: operator.country)
    ]


def _country(visit: Visit, code: str | None) -> str:
    country = country_of(code)
    return country.names.in_(visit.language) if country else code or ""


def _entry(visit: Visit, operator: Operator) -> Entry:
    former = next(iter(operator.former_names), "")
    return Entry(operator.id, operator.names.in_(visit.language), former)


def _told(visit: Visit, claim: Claim) -> Told:
    words = claim.claim.in_(visit.language), claim.today.in_(visit.language)
    return Told(words[0], visit.t(_VERDICTS[claim.verdict]), words[1])
