"""Promises about looking an operator up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.catalogue.catalogue import Catalogue
from reminder.catalogue.fact import Confidence
from reminder.errors import NotFound
from tests.catalogue.conftest import Site


def test_the_list_has_a_sensible_order(shipped: Catalogue) -> None:
    """The large come first, the unknown one last."""
    ids = [operator.id for operator in shipped.all()]
    assert ids[:5] == ["mts", "megafon", "beeline", "t2", "yota"]
    countries = [operator.country for operator in shipped.all()]
    assert list(dict.fromkeys(countries)) == ["RU", "BY", "KZ", "KG", "CN", "GB", "US", "TH", None]
    assert (len(ids), ids[-1]) == (32, "other")


def test_another_country_comes_after_russia(site: Site) -> None:
    """A site's operator stands with its country, after the shipped ones, ``other`` at the end."""
    catalogue = site("")
    british = [one.id for one in catalogue.all() if one.country == "GB"]
    assert (british[0], british[-1]) == ("giffgaff", "example")
    assert catalogue.all()[-1].id == "other"


def test_an_unknown_id_is_told_what_exists(shipped: Catalogue) -> None:
    """The answer to a wrong id lists the right ones."""
    with pytest.raises(NotFound, match=r"no operator 'tele2'\. Known are: mts, megafon"):
        shipped.get("tele2")


def test_no_operator_is_the_other_one(shipped: Catalogue) -> None:
    """Null means ``other``: no official link, no country, no rule of its own (rule 21)."""
    other = shipped.get(None)
    assert other is shipped.get("other")
    assert other.official_link is None
    assert other.country is None
    assert other.keepalive.in_force is None
    assert (other.default_period, other.methods, other.links) == (None, (), ())
    assert other.cautions


def test_a_line_whose_operator_has_gone_keeps_its_id(shipped: Catalogue) -> None:
    """A line may name an operator whose file was taken away: it stays a line, at ``other`` under
    the name of that id."""
    assert shipped.of_line("mts") is shipped.get("mts")
    gone = shipped.of_line("gone")
    assert (gone.id, gone.names.en) == ("other", "gone")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Tele2", "t2"),
        ("теле2", "t2"),
        ("T2", "t2"),
        ("МТС", "mts"),
        ("  мегафон ", "megafon"),
        ("БИЛАЙН", "beeline"),
        ("bee", "beeline"),
        ("йота", "yota"),
        ("Tinkoff Mobile", "t-mobile"),
        ("Таттелеком", "letai"),
        ("dtac", "true-dtac"),
        ("中国移动", "china-mobile"),
        ("activ", "kcell-activ"),
        ("其他", "other"),
    ],
)
def test_finds_by_any_name(shipped: Catalogue, text: str, first: str) -> None:
    """An operator is found by id, by present and former names, in any script and case."""
    assert shipped.find(text)[0].id == first


def test_finds_nothing_or_all(shipped: Catalogue) -> None:
    """A word that no name holds finds nothing; an empty one finds all, in the usual order."""
    assert shipped.find("nokia") == ()
    assert [one.id for one in shipped.find("", "kz")] == ["kcell-activ", "beeline-kz", "tele2-kz"]
    assert [one.id for one in shipped.find("tele2", "KZ")] == ["tele2-kz"]
    assert shipped.find(" ") == shipped.all()


@pytest.mark.parametrize(
    ("number", "operator"),
    [
        ("+79101234567", "mts"),
        ("+79161234567", "mts"),
        ("+79891234567", "mts"),
        ("+79261234567", "megafon"),
        ("+79381234567", "megafon"),
        ("+79031234567", "beeline"),
        ("+79691234567", "beeline"),
        ("+79521234567", "t2"),
        ("+79771234567", "t2"),
        ("+79391234567", None),
        ("+79041234567", "t2"),
        ("+79071234567", None),
        ("+79991234567", None),
        ("+74951234567", None),
        ("+77011234567", "kcell-activ"),
        ("+77771234567", "beeline-kz"),
        ("+77001234567", None),
        ("+447700900123", None),
        ("89161234567", None),
        ("79161234567", None),
        ("+", None),
        ("", None),
    ],
)
def test_guesses_from_the_first_digits(
    shipped: Catalogue, number: str, operator: str | None
) -> None:
    """A whole block gives a hint, never more than low; a shared or unknown one gives none."""
    guess = shipped.guess(number)
    assert (guess.operator_id if guess else None) == operator
    assert guess is None or guess.confidence is Confidence.LOW


def test_a_guess_gives_its_reason(shipped: Catalogue) -> None:
    """The reason names the digits and that a number can be moved."""
    guess = shipped.guess("+79161234567")
    assert guess is not None
    assert guess.reason.en == (
        "Numbers starting 916 were first given to MTS, "
        "but people can take a number to another operator."
    )
    assert guess.reason.zh.startswith("916 开头的号码最初分给 MTS")
    assert guess.reason.ru.startswith("Номера на 916 первоначально выданы оператору МТС")


def test_the_longest_start_wins(site: Site) -> None:
    """A block inside a block belongs to whoever has the longer start."""
    origin = 'source = ""\nconfidence = "medium"\nevidence = "cited"\n'
    catalogue = site(f'[prefixes]\nstarts = ["79161"]\n{origin}')
    inside, outside = catalogue.guess("+79161234567"), catalogue.guess("+79162234567")
    assert inside is not None
    assert outside is not None
    assert (inside.operator_id, outside.operator_id) == ("example", "mts")


@given(text=st.text() | st.from_regex(r"\+79[0-9]{9}", fullmatch=True))
def test_any_text_can_be_asked(shipped: Catalogue, text: str) -> None:
    """Searching and guessing take any text, and a guess is always an operator of the list."""
    assert set(shipped.find(text)) <= set(shipped.all())
    guess = shipped.guess(text)
    assert guess is None or shipped.get(guess.operator_id) in shipped.all()


def test_an_operator_that_vanished_is_other_under_its_own_name(shipped: Catalogue) -> None:
    """A line whose operator's file was taken away is shown by the id, with what holds for every
    number; one that is known is itself."""
    gone = shipped.of_line("gonetel")
    assert (gone.id, gone.names.en, gone.names.zh) == ("other", "gonetel", "gonetel")
    assert gone.official_link is None
    assert shipped.of_line("mts") is shipped.get("mts")
