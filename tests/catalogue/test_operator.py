"""Promises about one operator: its official link (rule 26), its period (rule 22), its silence."""

from __future__ import annotations

import pytest

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.operator import LinkKind
from tests.catalogue.conftest import Site

URLS = {
    "topup.url": "https://example.com/pay",
    "topup.help_url": "https://help.example.com/pay",
    "topup.terms_url": "https://example.com/terms",
    "account.url": "https://my.example.org/",
    "site.official": "https://www.example.com/",
}


def links(*topics: str, confidence: str = "medium") -> str:
    """Entries for these pages."""
    return "".join(
        f'[links."{topic}"]\nvalue = "{URLS[topic]}"\nsource = ""\n'
        f'confidence = "{confidence}"\nevidence = "cited"\n'
        for topic in topics
    )


@pytest.mark.parametrize(
    ("body", "url", "kind"),
    [
        (links(*reversed(URLS)), URLS["topup.url"], LinkKind.INSTRUCTIONS),
        (
            links("site.official", "account.url", "topup.terms_url", "topup.help_url"),
            URLS["topup.help_url"],
            LinkKind.INSTRUCTIONS,
        ),
        (
            links("site.official", "account.url", "topup.terms_url"),
            URLS["topup.terms_url"],
            LinkKind.INSTRUCTIONS,
        ),
        (links("site.official", "account.url"), URLS["account.url"], LinkKind.ACCOUNT),
        (links("site.official"), URLS["site.official"], LinkKind.SITE),
        (
            links("topup.url", confidence="low") + links("site.official"),
            URLS["site.official"],
            LinkKind.SITE,
        ),
        (links(*URLS, confidence="low"), "https://example.com/", LinkKind.TYPED),
        ("", "https://example.com/", LinkKind.TYPED),
    ],
)
def test_official_link(site: Site, body: str, url: str, kind: LinkKind) -> None:
    """The first page above low wins, in the order of rule 26; else the domain, to be typed."""
    link = site(body).get("example").official_link
    assert link is not None
    assert (link.url, link.kind) == (url, kind)
    assert (link.fact is None) is (kind is LinkKind.TYPED)


def convention(name: str, period: str, confidence: str) -> str:
    """One way in which the fee comes round."""
    text = 'text.zh = "一"\ntext.ru = "один"\ntext.en = "one"\n'
    return (
        f'[conventions.{name}]\nperiod = "{period}"\nsource = ""\n'
        f'confidence = "{confidence}"\nevidence = "seen"\n{text}'
    )


@pytest.mark.parametrize(
    ("body", "period"),
    [
        (convention("a", "P30D", "medium"), "P30D"),
        (convention("a", "P30D", "medium") + convention("b", "P30D", "medium"), "P30D"),
        (convention("a", "P30D", "medium") + convention("b", "P1M", "medium"), None),
        (convention("a", "P30D", "medium") + convention("b", "P1M", "low"), "P30D"),
        (convention("a", "P30D", "low"), None),
        ("", None),
    ],
)
def test_default_period(site: Site, body: str, period: str | None) -> None:
    """A period is a default only where everything above low agrees on it."""
    assert site(body).get("example").default_period == period


def test_an_operator_names_all_its_facts(shipped: Catalogue) -> None:
    """Every fact of an operator can be walked, each with the section that it stands in."""
    mts = shipped.get("mts")
    found = list(mts.facts())
    sections = {section for section, _ in found}
    assert {"links", "balance_checks", "methods", "keepalive", "cautions"} <= sections
    assert len([fact for section, fact in found if section == "links"]) == len(mts.links)
    assert mts.keepalive.rule in [fact for _, fact in found]
