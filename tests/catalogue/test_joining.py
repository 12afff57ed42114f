"""Promises about joining sheets into operators: low facts out, official addresses only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.joining import is_official
from reminder.catalogue.values import Topic, TopUpCounts
from reminder.errors import ConfigError
from tests.catalogue.conftest import Site

DOMAINS = ("mts.ru", "mymts.ru")


@pytest.mark.parametrize(
    ("url", "official"),
    [
        ("https://mts.ru/", True),
        ("https://moskva.mts.ru/a?b=c", True),
        ("https://mymts.ru/", True),
        ("https://MTS.ru/", True),
        ("http://mts.ru/", False),
        ("https://amts.ru/", False),
        ("https://mts.ru.example.com/", False),
        ("https://mts.ru@example.com/", False),
        ("https://user@mts.ru/", False),
        ("https://example.com/mts.ru", False),
        ("https://example.com\\@mts.ru/", False),
        ("https://mts.ru:8443/", False),
        ("https://mts.ru:x/", False),
        ("https://mts.ru/a b", False),
        ("https://mts.ru/\n", False),
        ("//mts.ru/", False),
        ("mts.ru", False),
        ("javascript:alert(1)//mts.ru", False),
        ("", False),
    ],
)
def test_official_means_https_on_that_host_or_below(url: str, official: bool) -> None:
    """No trick of an address makes a foreign host official."""
    assert is_official(url, DOMAINS) is official


@given(host=st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,3}", fullmatch=True))
def test_a_foreign_host_is_never_official(host: str) -> None:
    """A host that is neither a domain nor below one is refused."""
    inside = host in DOMAINS or host.endswith(tuple(f".{domain}" for domain in DOMAINS))
    assert is_official(f"https://{host}/", DOMAINS) is inside


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://example.net/", "https://example.com:444/"]
)
def test_a_link_off_the_official_domains_is_refused(site: Site, url: str) -> None:
    """A file cannot bring in an address that is not the operator's own."""
    origin = 'source = ""\nconfidence = "low"\nevidence = "seen"\n'
    body = f'[links."topup.url"]\nvalue = "{url}"\n{origin}'
    with pytest.raises(
        ConfigError, match=r"operator example: links.topup.url: must be https and on"
    ):
        site(body)


def test_an_entry_cannot_point_to_a_page_that_is_not_there(site: Site) -> None:
    """A note's page must be among the operator's shown links."""
    words = "".join(f'title.{k} = "a"\ntext.{k} = "b"\n' for k in ("zh", "ru", "en"))
    body = f'[notes.n]\ntopic = "fraud"\nlink = "help.url"\nadvice = true\n{words}'
    with pytest.raises(ConfigError, match=r"notes\.n\.link: there is no help\.url above low"):
        site(body)


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ("kind", "kind: is missing"),
        ("country", "country: is missing"),
        ("names", "names: is missing"),
        ("official_domains", "official_domains: is missing"),
    ],
)
def test_a_new_operator_needs_its_head(site: Site, field: str, fault: str) -> None:
    """An operator that does not ship must say who it is."""
    head = [
        'id = "new"',
        "collected_on = 2026-11-22",
        'country = "GB"',
        'kind = "mno"',
        'official_domains = ["new.example"]',
        'names = { zh = "新", ru = "Новый", en = "New" }',
    ]
    kept = "\n".join(line for line in head if not line.startswith(field))
    with pytest.raises(ConfigError, match=f"operator new: {fault}"):
        site("", name="new", head=kept)


def test_what_holds_for_russia_holds_for_each_russian_operator(shipped: Catalogue) -> None:
    """The shared cautions, dead ends and the law reach every Russian operator, and no other."""
    for operator in shipped.all():
        if operator.country != "RU":
            continue
        cautions = {fact.value.id for fact in operator.cautions}
        assert {"foreigners-cutoff", "foreigners-new", "return", "fraud"} <= cautions
        dead = {fact.value.id for fact in operator.not_working}
        assert {"foreign-cards", "qiwi", "paypal", "unionpay"} <= dead
        assert operator.keepalive.law is not None
        assert operator.keepalive.law.value.days == 90
    assert shipped.get("other").not_working == ()


@pytest.mark.parametrize(
    ("operator", "days", "top_up"),
    [
        ("mts", 180, TopUpCounts.YES),
        ("megafon", 90, TopUpCounts.UNKNOWN),
        ("beeline", 90, None),
        ("t2", 90, TopUpCounts.UNKNOWN),
        ("yota", 90, TopUpCounts.IF_COVERED),
    ],
)
def test_silence_is_the_operators_rule_or_the_laws(
    shipped: Catalogue, operator: str, days: int, top_up: TopUpCounts | None
) -> None:
    """Where the operator's own rule names no days from the last use, the country's 90 count."""
    keepalive = shipped.get(operator).keepalive
    assert keepalive.in_force is not None
    assert keepalive.in_force.value.days == days
    assert (keepalive.counts.value.top_up if keepalive.counts else None) is top_up


def test_an_operator_can_leave_a_shared_entry_out(shipped: Catalogue) -> None:
    """MTS has its own ways on its site, so the general one does not stand beside them."""
    assert "site" not in {fact.value.id for fact in shipped.get("mts").methods}
    assert "site" in {fact.value.id for fact in shipped.get("beeline").methods}


def test_links_come_by_topic(shipped: Catalogue) -> None:
    """A page is found by its topic; one of low confidence is not there."""
    mts = shipped.get("mts")
    assert mts.account_url is not None
    assert mts.account_url.value == "https://lk.mts.ru/"
    assert mts.site is not None
    assert mts.link(Topic.TOPUP_URL) is None
