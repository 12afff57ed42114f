"""Promises about reading the shipped files and a site's own."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.fact import Confidence, Fact, Text
from reminder.catalogue.joining import is_official
from reminder.catalogue.loading import load
from tests.catalogue.conftest import Site

ORIGIN = 'source = "https://a.example/"\nconfidence = "{}"\nevidence = "seen"\n'


def everything(value: object) -> Iterator[object]:
    """The value and everything in it."""
    yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from everything(getattr(value, field.name))
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from everything(item)


def test_each_shipped_file_is_an_operator(shipped: Catalogue) -> None:
    """Each shipped file is valid and becomes an operator of its name."""
    folder = resources.files("reminder.catalogue") / "operators"
    names = {file.name.removesuffix(".toml") for file in folder.iterdir()}
    assert names == {operator.id for operator in shipped.all()}


def test_every_shown_fact_has_its_origin(shipped: Catalogue) -> None:
    """Nothing low comes out; what has no public source is not high; advice says that it is ours."""
    for operator in shipped.all():
        facts = [value for value in everything(operator) if isinstance(value, Fact)]
        assert facts
        for fact in facts:
            assert fact.confidence is not Confidence.LOW, (operator.id, fact)
            assert fact.source or fact.confidence is Confidence.MEDIUM, (operator.id, fact)
            assert not fact.source or fact.source.startswith(("https://", "http://")), fact
            assert not fact.advice or fact.confidence is Confidence.MEDIUM, (operator.id, fact)


@pytest.mark.parametrize(
    "hidden",
    ["payment.mts.ru", "0501", "697", "8-800-700-06-11", "8-800-555-06-11", "150 ₽", "3,3 ₽"],
)
def test_known_low_facts_do_not_surface(shipped: Catalogue, hidden: str) -> None:
    """What stands in the files as low is nowhere in what comes out."""
    folder = resources.files("reminder.catalogue") / "operators"
    files = "".join(file.read_text(encoding="utf-8") for file in folder.iterdir())
    assert hidden in files.replace("\u00a0", " ")
    found = [
        operator.id
        for operator in shipped.all()
        for value in everything(operator)
        if isinstance(value, str) and hidden in value.replace("\u00a0", " ")
    ]
    assert found == []


def test_every_text_speaks_three_languages(shipped: Catalogue) -> None:
    """No text is empty, and the Chinese and the Russian are in their own script."""
    for operator in shipped.all():
        for text in (value for value in everything(operator) if isinstance(value, Text)):
            assert all(words.strip() == words and words for words in (text.zh, text.ru, text.en))
            if text.zh != text.en:
                assert any("\u4e00" <= sign <= "\u9fff" for sign in text.zh), text
            if text.ru != text.en:
                assert any("а" <= sign <= "я" for sign in text.ru.casefold()), text


def test_every_official_link_is_official(shipped: Catalogue) -> None:
    """Each page, and the one that messages name, is https on an official domain or below."""
    for operator in shipped.all():
        official = operator.official_link
        urls = [link.fact.value for link in operator.links] + ([official.url] if official else [])
        assert all(is_official(url, operator.official_domains) for url in urls), operator.id
        assert (official is None) is (operator.id == "other")


@pytest.mark.parametrize("operator", ["mts", "megafon", "beeline", "t2", "yota"])
def test_what_a_page_needs_is_there(shipped: Catalogue, operator: str) -> None:
    """Each Russian operator has a balance code, a way to pay and a rule of silence."""
    known = shipped.get(operator)
    assert known.balance_check is not None
    assert known.balance_check.value.code.startswith("*")
    assert known.methods
    assert known.keepalive.rule is not None
    assert known.account_url is not None


def test_a_site_adds_an_operator(site: Site) -> None:
    """A file of a new name is a new operator, found like the others."""
    catalogue = site("")
    assert catalogue.get("example").names.en == "Example"
    assert catalogue.find("Пример")[0].id == "example"
    assert catalogue.get("mts").names.ru == "МТС"


def test_a_site_corrects_an_operator(site: Site) -> None:
    """A file of a shipped name replaces only what it names."""
    head = 'id = "mts"\ncollected_on = 2026-12-24\n'
    body = f'[balance.ussd]\ncode = "*111#"\n{ORIGIN.format("high")}'
    mts = site(body, name="mts", head=head).get("mts")
    assert mts.balance_check is not None
    assert mts.balance_check.value.code == "*111#"
    assert str(mts.balance_check.checked_on) == "2026-12-24"
    assert mts.official_domains == ("mts.ru", "mymts.ru")
    assert mts.official_link is not None
    assert mts.official_link.url.endswith("/kak-popolnit-balans-telefona")


def test_a_site_takes_a_fact_back_by_calling_it_low(site: Site) -> None:
    """Whoever knows that a shipped or shared fact is wrong marks it low, and it is gone."""
    words = "".join(f'title.{k} = "a"\ntext.{k} = "b"\n' for k in ("zh", "ru", "en"))
    head = 'id = "t2"\ncollected_on = 2026-12-24\n'
    body = (
        f'[balance.ussd]\ncode = "*105#"\n{ORIGIN.format("low")}'
        f'[cautions.return]\ntopic = "return"\n{words}{ORIGIN.format("low")}'
    )
    t2 = site(body, name="t2", head=head).get("t2")
    assert t2.balance_check is None
    assert "return" not in {fact.value.id for fact in t2.cautions}


def test_a_site_without_a_folder(tmp_path: Path, shipped: Catalogue) -> None:
    """A folder that is not there, or empty, changes nothing."""
    assert load(tmp_path / "none").all() == load(tmp_path).all() == shipped.all()


def test_other_files_are_left_alone(tmp_path: Path, shipped: Catalogue) -> None:
    """Only files that end in .toml are read."""
    (tmp_path / "notes.txt").write_text("not TOML", encoding="utf-8")
    (tmp_path / "old.toml").mkdir()
    assert load(tmp_path).all() == shipped.all()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"id = ", r"x\.toml: is not TOML in UTF-8"),
        (b'id = "\xff"', r"x\.toml: is not TOML in UTF-8"),
        (b'id = "y"', r'x\.toml: operator y: id: must be "x", like the file'),
        (b"", r'x\.toml: operator \?: id: must be "x", like the file'),
        (b'id = "x"', r"x\.toml: operator x: collected_on: must be a date"),
    ],
)
def test_a_broken_file_is_left_out_and_named(
    tmp_path: Path, shipped: Catalogue, content: bytes, fault: str
) -> None:
    """The others stay; the sentence names the file, the operator and the field."""
    (tmp_path / "x.toml").write_bytes(content)
    catalogue = load(tmp_path)
    assert catalogue.all() == shipped.all()
    assert len(catalogue.faults) == 1
    assert re.search(fault, catalogue.faults[0])
    assert catalogue.faults[0].endswith("this file is left out until it is right")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('[balance.usd]\ncode = "*1#"\n' + ORIGIN.format("high"), "balance.usd: this name is not"),
        ('[balanse.ussd]\ncode = "*1#"\n', "balanse: this key is not known; did you mean balance"),
        ('[balance.ussd]\ncode = "*1#"\nconfidence = "high"\n', "balance.ussd.source: is missing"),
        (
            '[links."topup.url"]\nvalue = "https://pay.example.net/"\n' + ORIGIN.format("high"),
            "links.topup.url: must be https and on mts.ru or mymts.ru",
        ),
    ],
)
def test_a_broken_correction_leaves_what_ships(
    tmp_path: Path, shipped: Catalogue, body: str, fault: str
) -> None:
    """A typo, a fact without a source, a link to somebody else: the shipped operator stands."""
    (tmp_path / "mts.toml").write_text(f'id = "mts"\ncollected_on = 2026-11-22\n{body}')
    catalogue = load(tmp_path)
    assert catalogue.get("mts") == shipped.get("mts")
    assert fault in catalogue.faults[0]


@pytest.mark.parametrize(("day", "good"), [(21, True), (22, True), (23, False)])
def test_a_file_from_the_future_is_broken(tmp_path: Path, day: int, good: bool) -> None:
    """What was collected later than today cannot be; tomorrow may be today elsewhere."""
    (tmp_path / "mts.toml").write_text(f'id = "mts"\norder = 9\ncollected_on = 2026-12-{day}\n')
    catalogue = load(tmp_path, date(2026, 12, 21))
    assert (catalogue.faults == ()) is good
    assert good or "collected_on: lies in the future; must be 2026-12-21" in catalogue.faults[0]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """A file saved by an editor that puts a mark before the text is read all the same."""
    (tmp_path / "mts.toml").write_bytes(
        b'\xef\xbb\xbfid = "mts"\ncollected_on = 2026-12-24\norder = 9\n'
    )
    assert load(tmp_path).get("mts").order == 9


def test_the_example_of_the_docs_is_right(tmp_path: Path) -> None:
    """The file that ``docs/operators.md`` shows adds an operator as it stands."""
    docs = Path(__file__).resolve().parents[2] / "docs" / "operators.md"
    example = docs.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (tmp_path / "acme.toml").write_text(example, encoding="utf-8")
    catalogue = load(tmp_path)
    assert catalogue.faults == ()
    assert catalogue.find("Old Acme")[0].official_link == catalogue.get("acme").official_link
    link = catalogue.get("acme").official_link
    assert link is not None
    assert link.url == "https://acme.example/pay"
