"""Promises about reading one entry and its origin."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from reminder.catalogue import entries
from reminder.catalogue.fact import Confidence, Evidence, Fact
from reminder.catalogue.table import Table
from reminder.errors import ConfigError

COLLECTED = date(2026, 11, 22)
ORIGIN = 'source = "https://a.example/x"\nconfidence = "high"\nevidence = "seen"\n'
TEXT = 'text.zh = "一"\ntext.ru = "один"\ntext.en = "one"\n'
NAMED = TEXT + TEXT.replace("text", "name") + TEXT.replace("text", "title")
WORDS = TEXT + TEXT.replace("text", "name")
METHOD = (
    TEXT.replace("text", "name") + 'places = ["ru"]\npays = ["cash"]\n'
    'steps.zh = ["一"]\nsteps.ru = ["раз"]\nsteps.en = ["one"]\n'
)


def table(text: str) -> Table:
    """An entry ``e`` of operator ``x``."""
    return Table(tomllib.loads(text), "x.toml", "x", "e")


def fact(text: str) -> Fact[str]:
    """The fact that such an origin makes."""
    return entries.fact_of(table(text), "value", COLLECTED)


@pytest.mark.parametrize(
    ("written", "checked_on"),
    [
        ("", COLLECTED),
        ("2026", date(2026, 1, 1)),
        ("2026-09", date(2026, 9, 1)),
        ("2026-09-29", date(2026, 9, 29)),
    ],
)
def test_dates_a_fact_by_its_source(written: str, checked_on: date) -> None:
    """A fact counts from its source's earliest day, else from the day the file was collected."""
    read = fact(f'{ORIGIN}source_date = "{written}"')
    assert (read.checked_on, read.source_date) == (checked_on, written)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('confidence = "high"\nevidence = "seen"', "e.source: is missing"),
        ('source = ""\nconfidence = "high"\nevidence = "seen"', "e.confidence: must be medium or"),
        ('source = "a book"\nconfidence = "low"\nevidence = "seen"', "e.source: must be a whole"),
        ('source = "javascript:x"\nconfidence = "low"\nevidence = "seen"', "e.source: must be a w"),
        ('source = ""\nconfidence = "sure"\nevidence = "seen"', "e.confidence: must be one of"),
        ('source = ""\nconfidence = "low"', "e.evidence: must be one of seen, cited"),
        (f'{ORIGIN}source_date = "last May"', "e.source_date: must be a date in quotes"),
        (f'{ORIGIN}source_date = "2026-13"', "e.source_date: must be a date in quotes"),
        (f'{ORIGIN}source_date = "2026-11-23"', "e.source_date: must not be later than"),
    ],
)
def test_refuses_a_doubtful_origin(text: str, fault: str) -> None:
    """Nothing comes in without a source, a date that can be, and a confidence it deserves."""
    with pytest.raises(ConfigError, match=fault):
        fact(text)


def test_a_source_that_is_not_public_is_medium_at_most() -> None:
    """An empty source is allowed and stays empty."""
    read = fact('source = ""\nconfidence = "medium"\nevidence = "cited"')
    assert (read.source, read.confidence, read.evidence) == (
        "",
        Confidence.MEDIUM,
        Evidence.CITED,
    )


def test_advice_needs_no_source() -> None:
    """Our own advice is marked as such."""
    assert fact("advice = true").advice


@pytest.mark.parametrize(
    ("read", "name", "text", "fault"),
    [
        (entries.read_link, "topup.urll", 'value = "x"', "this page is not known; known are"),
        (entries.read_balance, "pigeon", 'code = "1"', "known are ussd, sms, call"),
        (entries.read_balance, "sms", 'code = "BAL"', "e.to: must be text"),
        (entries.read_hotline, "red", 'number = "1"', "known are short, tollfree, abroad"),
        (entries.read_stage, "vanished", TEXT, "known are warned, idle_fee"),
        (entries.read_rule, "rule", f"{TEXT}days = 0", "e.days: must be 1 or more"),
        (entries.read_counts, "counts", TEXT, "e.top_up: must be one of yes, if_covered"),
        (entries.read_convention, "a", f'{TEXT}period = "monthly"', "e.period: must be an ISO"),
        (entries.read_dead_end, "a", f'{NAMED}state = "dead"', "title: this key is not known"),
        (entries.read_note, "a", 'topic = "weather"', "e.topic: must be one of"),
        (entries.read_method, "a", METHOD.replace('["一"]', "[]"), "e.steps: must have as many"),
        (entries.read_method, "a", f'{METHOD}link = "home"', "e.link: must be one of topup.url"),
        (entries.read_service, "s", f'{NAMED}price = "much"\ncurrency = "RUB"', "title: this key"),
        (entries.read_service, "s", f'{WORDS}price = "much"\ncurrency = "RUB"', "e.price: must be"),
        (entries.read_service, "s", f'{WORDS}price = "1"\ncurrency = "ABC"', "e.price: must be"),
        (entries.read_tariff, "t", f'{WORDS}period = "monthly"', "e.period: must be an ISO"),
        (entries.read_prefixes, "p", 'starts = ["+7916"]', "e.starts: .7916 must be like"),
        (entries.read_prefixes, "p", 'starts = ["7919-7910"]', "e.starts: 7919-7910 must be"),
        (entries.read_prefixes, "p", 'starts = ["7910-79199"]', "e.starts: 7910-79199 must be"),
    ],
)
def test_refuses_a_broken_entry(
    read: Callable[[str, Table], object], name: str, text: str, fault: str
) -> None:
    """Each kind of entry refuses what it cannot mean."""
    with pytest.raises(ConfigError, match=fault):
        read(name, table(text))


@pytest.mark.parametrize("percent", ["a little", "-1", "101", "NaN"])
def test_refuses_a_fee_that_is_no_share(percent: str) -> None:
    """A fee's percent is a number from 0 to 100."""
    text = f'{METHOD}fee.percent = "{percent}"\n{TEXT.replace("text", "fee.text")}'
    with pytest.raises(ConfigError, match=r"e\.fee\.percent: must be a number in quotes"):
        entries.read_method("a", table(text))


def test_reads_a_method() -> None:
    """A method's fee may have a text alone, or a percent to order by."""
    fee = TEXT.replace("text", "fee.text")
    unknown = entries.read_method("a", table(METHOD + fee))
    known = entries.read_method("a", table(f'{METHOD}{fee}fee.percent = "0.4"'))
    assert unknown.fee is not None
    assert unknown.fee.percent is None
    assert known.fee is not None
    assert known.fee.percent == Decimal("0.4")


def test_prefixes_are_spelled_out() -> None:
    """A range stands for every start in it, both ends included."""
    read = entries.read_prefixes("p", table('starts = ["7903", "7909-7911"]'))
    assert read == ("7903", "7909", "7910", "7911")


def test_reads_a_service_that_keeps_a_number() -> None:
    """A price stands in its currency beside the time that it pays for; both may be not known."""
    text = f'{WORDS}price = "6.70"\ncurrency = "BYN"\nperiod = "P6M"'
    read = entries.read_service("s", table(text))
    assert read.price is not None
    assert (read.price.amount, read.price.currency, read.period) == ("6.70", "BYN", "P6M")
    assert entries.read_service("s", table(WORDS)).price is None


def test_a_stage_may_have_a_name_of_its_own() -> None:
    """Two ways to the same end are two stages of one kind."""
    text = f'{TEXT}kind = "ended"\nsince = "blocked"\ndays = 60'
    read = entries.read_stage("withdrawn", table(text))
    assert (read.kind, read.since, read.days, read.helps) == ("ended", "blocked", 60, None)


def test_what_a_method_takes_may_be_not_known() -> None:
    """A method without ``pays`` takes what nobody found out."""
    assert entries.read_method("a", table(METHOD.replace('["cash"]', "[]"))).pays == frozenset()
