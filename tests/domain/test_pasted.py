"""A pasted list: every spelling is read, nothing doubtful is guessed, no row is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminder.domain.money import Money
from reminder.domain.pasted import MOST_ROWS, Fit, read, sums
from reminder.errors import InvalidInput

MUM, DAD, LONDON = "+79161234567", "+79261234568", "+447911123456"
KNOWN = {MUM: "RUB", DAD: "RUB", LONDON: "GBP"}


@pytest.mark.parametrize(
    ("row", "number", "amount"),
    [
        ("+7 916 123-45-67 300", MUM, "300.00"),
        ("8 (916) 123-45-67\t300,50", MUM, "300.50"),
        ("89161234567;300.5", MUM, "300.50"),
        ("9161234567,300", MUM, "300.00"),
        ("+79161234567,300,50", MUM, "300.50"),
        ("7 916 123 45 67 1 000,50 ₽", MUM, "1000.50"),
        ("0079161234567 1 000 руб.", MUM, "1000.00"),
        ("+7-916-123-45-67: 1,234.50", MUM, "1234.50"),
        ("+7 916 123-45-67 = 1.000.000", MUM, "1000000.00"),
        ('"+79161234567";"300"', MUM, "300.00"),
        ("Mum;+7 916 123-45-67;300", MUM, "300.00"),
        ("300;+79161234567", MUM, "300.00"),
        ("| +79161234567 | 300 |", MUM, "300.00"),
        ("07911 123456 £5", LONDON, "5.00"),
        ("+44 7911 123456 5.50 GBP", LONDON, "5.50"),
        ("+79161234567 RUB 300", MUM, "300.00"),
    ],
)
def test_any_spelling_is_read(row: str, number: str, amount: str) -> None:
    """Number and sum come out the same however they are written."""
    [one] = read(row, KNOWN)
    assert (one.fit, one.number, one.sum and one.sum.amount) == (Fit.READ, number, amount)


@pytest.mark.parametrize(
    ("row", "fit", "number"),
    [
        ("+7 916 123-45-67 1,000", Fit.AMBIGUOUS, MUM),
        ("+79161234567;300;500", Fit.AMBIGUOUS, MUM),
        ("+79161234567;+79261234568;300", Fit.AMBIGUOUS, ""),
        ("+7 999 000-00-00 300", Fit.UNKNOWN, ""),
        ("+79161234567", Fit.NO_SUM, MUM),
        ("+79161234567 none", Fit.NO_SUM, MUM),
        ("+79161234567 -300", Fit.NO_SUM, MUM),
        ("+79161234567 300.5555", Fit.NO_SUM, MUM),
        ("+79161234567 0", Fit.NO_SUM, MUM),
        ("+79161234567 $300", Fit.NO_SUM, MUM),
        ("+79161234567 300.555", Fit.AMBIGUOUS, MUM),
        ("+79161234567;1,2.3,4", Fit.NO_SUM, MUM),
        ("Mum 300", Fit.NO_NUMBER, ""),
        ("x" * 300, Fit.NO_NUMBER, ""),
    ],
)
def test_what_is_doubtful_is_named(row: str, fit: Fit, number: str) -> None:
    """Two meanings, a stranger's number, no sum: each row says what it is, and none is read."""
    [one] = [p for p in read(f"number sum\n{row}", KNOWN) if p.fit is not Fit.HEADING]
    assert (one.row, one.fit, one.number, one.sum) == (2, fit, number, None)


def test_a_number_that_comes_twice_is_named_with_its_first_row() -> None:
    """The second is never added up nor left out unsaid; blank rows count in the numbering."""
    rows = read("number;sum\n\n+79161234567;300\n8 916 123 45 67 500\n+79261234568 5\n", KNOWN)
    assert [(r.row, r.fit, r.first) for r in rows] == [
        (1, Fit.HEADING, 0),
        (3, Fit.READ, 0),
        (4, Fit.TWICE, 3),
        (5, Fit.READ, 0),
    ]


def test_two_numbers_that_are_spelled_alike_at_home_need_their_country() -> None:
    """National digits that two numbers share are no number; with the country code they are."""
    known = {"+79161234567": "RUB", "+19161234567": "USD"}
    assert [r.fit for r in read("9161234567 300\n+19161234567 5", known)] == [
        Fit.UNKNOWN,
        Fit.READ,
    ]


@pytest.mark.parametrize("text", ["", " \n\t\n", "1\n" * (MOST_ROWS + 1)])
def test_no_list_and_an_endless_one_are_refused(text: str) -> None:
    """Both say what would be right."""
    with pytest.raises(InvalidInput):
        read(text, KNOWN)


AMOUNTS = st.integers(1, 10**9).map(lambda minor: Money(minor, "RUB"))
NUMBERS = st.sampled_from(
    ["+79161234567", "8 916 123 45 67", "8(916)123-45-67", "9161234567", "+7 916 1234567"]
)
GAPS = st.sampled_from(["\t", ";", " ", "  ", " ; ", ": "])
FORMS = st.sampled_from(["{0}", "{0} ₽", "{0} руб.", "{0} RUB"])


@given(NUMBERS, GAPS, AMOUNTS, FORMS, st.sampled_from([".", ","]), st.booleans())
def test_what_is_written_is_what_is_read(
    number: str, gap: str, amount: Money, form: str, point: str, grouped: bool
) -> None:
    """Any number, gap, sum, currency and decimal sign: read back exactly."""
    whole, part = amount.amount.split(".")
    spaced = f"{int(whole):,}".replace(",", " ") if grouped else whole
    row = f"{number}{gap}{form.format(f'{spaced}{point}{part}')}"
    [one] = read(row, KNOWN)
    assert (one.fit, one.number, one.sum) == (Fit.READ, MUM, amount)


@given(st.text(max_size=60))
def test_any_text_gives_each_row_a_fit(text: str) -> None:
    """Rubbish is named, never dropped and never read as a sum."""
    rows = [row for row in text.splitlines() if row.strip()]
    if not rows:
        return
    assert len(read(text, KNOWN)) == len(rows)


def test_no_sum_below_zero_or_of_another_currency() -> None:
    """What is not a sum above zero of this currency is none."""
    assert sums("-5", "RUB") == sums("$5", "RUB") == sums("0,00", "RUB") == set()
