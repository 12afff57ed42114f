"""Promises about looking whether the catalogue still holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.fact import Confidence, Evidence, Fact
from reminder.catalogue.loading import load
from reminder.catalogue.operator import Link, Operator
from reminder.catalogue.values import Topic
from reminder.errors import Unreachable
from reminder.service.upkeep import (
    LinkState,
    Report,
    Stale,
    check_links,
    stale_facts,
    visit_all,
)
from reminder.transports.guard import networks
from reminder.transports.probe import Seen
from tests.fakes.site import SiteSink

CHECKED = date(2026, 11, 1)
CATALOGUE: Catalogue = load()


def fact(url: str, evidence: Evidence = Evidence.SEEN) -> Fact[str]:
    """A shown address."""
    return Fact(url, "", CHECKED, Confidence.MEDIUM, evidence)


def operator(name: str, *links: Fact[str]) -> Operator:
    """An operator of example.org with these pages and nothing else."""
    topics = (Topic.TOPUP_URL, Topic.HELP, Topic.ACCOUNT)
    pages = tuple(Link(topic, link) for topic, link in zip(topics, links, strict=False))
    return replace(CATALOGUE.get("other"), id=name, links=pages, official_domains=("example.org",))


class Web:
    """Addresses with what is there; anything else is silent."""

    def __init__(self, **pages: tuple[int, str]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def look(self, url: str) -> Seen:
        self.asked.append(url)
        name = url.rstrip("/").rpartition("/")[2]
        if name not in self.pages:
            raise Unreachable("no connection to the host")
        return Seen(*self.pages[name])


def ignore(_done: int, _all: int) -> None:
    """No bar."""


@pytest.mark.parametrize(
    ("pages", "state", "detail"),
    [
        ({"pay": (200, "")}, LinkState.GOOD, ""),
        ({"pay": (404, "")}, LinkState.GONE, "status 404"),
        ({"pay": (410, "")}, LinkState.GONE, "status 410"),
        ({"pay": (403, "")}, LinkState.REFUSED, "status 403"),
        ({"pay": (503, "")}, LinkState.REFUSED, "status 503"),
        ({}, LinkState.SILENT, "no connection to the host"),
        (
            {"pay": (302, "https://www.example.org/in"), "in": (200, "")},
            LinkState.GOOD,
            "",
        ),
        (
            {"pay": (301, "https://example.org/new"), "new": (200, "")},
            LinkState.MOVED,
            "moved for good to https://example.org/new",
        ),
        ({"pay": (301, "https://example.org/x"), "x": (404, "")}, LinkState.GONE, "status 404"),
        (
            {"pay": (302, "https://example.net/pay")},
            LinkState.ELSEWHERE,
            "leads to https://example.net/pay",
        ),
        (
            {"pay": (301, "http://example.org/pay")},
            LinkState.ELSEWHERE,
            "leads to http://example.org/pay",
        ),
        ({"pay": (302, "https://example.org/pay")}, LinkState.REFUSED, "more than 5 redirects"),
    ],
)
async def test_what_is_met(
    pages: dict[str, tuple[int, str]], state: LinkState, detail: str
) -> None:
    """Good, moved, gone, led elsewhere, refused and silent are told apart."""
    web = Web(**pages)
    (found,) = await visit_all([operator("one", fact("https://example.org/pay"))], web, ignore)
    assert (found.state, found.detail) == (state, detail)
    assert all("example.net" not in url and url.startswith("https") for url in web.asked)


async def test_each_address_once_and_cited_ones_first() -> None:
    """An address that several topics or operators show is visited once; the bar counts to all."""
    seen, cited = fact("https://example.org/a"), fact("https://example.org/b", Evidence.CITED)
    web, steps = Web(a=(200, ""), b=(200, "")), list[tuple[int, int]]()
    operators = [operator("one", seen, cited, seen), operator("two", seen)]
    found = await visit_all(operators, web, lambda done, every: steps.append((done, every)))
    assert [(one.url[-1], one.cited, one.operators) for one in found] == [
        ("b", True, ("one",)),
        ("a", False, ("one", "two")),
    ]
    assert sorted(web.asked) == ["https://example.org/a", "https://example.org/b"]
    assert steps == [(1, 2), (2, 2)]


async def test_real_visits_need_the_network_to_be_allowed() -> None:
    """Over real sockets: a page on loopback is found where loopback is allowed, else refused."""
    async with SiteSink() as site:
        site.answers |= {"/pay": (301, "/new"), "/new": (200, "")}
        one = operator("one", fact(f"{site.url}/pay"), fact(f"{site.url}/gone"))
        found = await check_links([one], networks(["127.0.0.0/8"]), ignore)
        assert [visited.state for visited in found] == [LinkState.MOVED, LinkState.GONE]
        before = len(site.requests)
        found = await check_links([one], (), ignore)
        assert {visited.state for visited in found} == {LinkState.SILENT}
        assert len(site.requests) == before


def test_stale_facts_are_named_once_for_a_whole_country() -> None:
    """What holds for all of Russia is one line with its operators; advice does not age."""
    fresh = stale_facts([operator("one", fact("https://example.org/"))], date(2026, 11, 2))
    assert fresh == ()
    found = stale_facts(CATALOGUE.all(), date(2027, 11, 2))
    shared = [one for one in found if len(one.operators) == 14]
    assert shared
    assert [one.cited for one in found] == sorted((one.cited for one in found), reverse=True)
    assert stale_facts([CATALOGUE.get("other")], date(2027, 11, 2)) == ()


def test_a_report_is_good_only_if_nothing_wants_a_look() -> None:
    """One bad address, one stale fact or one broken file is enough."""
    stale = Stale(("one",), "links", "", CHECKED, cited=False)
    assert Report((), ()).is_good
    assert not Report((), (stale,)).is_good
    assert not Report((), (), ("broken",)).is_good
