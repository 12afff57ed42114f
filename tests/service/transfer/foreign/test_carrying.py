"""Promises of reminder/service/transfer/foreign/carrying.py."""

from __future__ import annotations

from datetime import date

import pytest

from reminder.service.transfer.foreign.carrying import (
    Carried,
    put_date,
    put_money,
    put_number,
    put_tags,
)

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("Mum +7 (916) 123-45-67", "+79161234567"),
        ("8 916 123 45 67", "89161234567"),
        ("13812345678", "+8613812345678"),
        ("paid 2026-11-20 12 times", None),
        ("invoice 1234567890123456", None),
        ("Film club", None),
    ],
)
def test_a_number_is_found_in_words(said: str, number: str | None) -> None:
    """A phone number, and no date or invoice that looks a little like one."""
    carried = Carried()
    put_number(carried, {"Name": said}, ("Name",))
    assert carried.cells.get("number") == number
    assert bool(carried.faults) is (number is None)


@pytest.mark.parametrize(
    ("said", "fee", "currency"),
    [
        ("₽300", "300", "RUB"),
        ("9,99 €", "9,99", "EUR"),
        ("£0", None, None),
        ("0.00", None, None),
        ("", None, None),
        ("Kč120", "120", None),
    ],
)
def test_sums_with_their_sign(said: str, fee: str | None, currency: str | None) -> None:
    """The sign names the currency where it can; nothing, or zero, is no fee."""
    carried = Carried()
    put_money(carried, "fee", said)
    assert (carried.cells.get("fee"), carried.cells.get("currency")) == (fee, currency)
    assert not carried.faults


def test_what_cannot_be_read_is_a_fault() -> None:
    """A sum or a day in words is named by its column."""
    carried = Carried()
    put_money(carried, "fee", "three hundred")
    put_date(carried, "soon", "P1M", TODAY)
    assert [one.field for one in carried.faults] == ["fee", "renews_on"]


def test_a_passed_day_goes_on_from_its_anchor() -> None:
    """The 31st comes back after a short month."""
    carried = Carried()
    put_date(carried, "2026-10-31", "P1M", TODAY)
    assert carried.cells == {"anchor": "2026-10-31", "renews_on": "2026-11-30"}
    once = Carried()
    put_date(once, "2026-10-31", None, TODAY)
    assert once.cells == {"renews_on": "2026-10-31"}


def test_tags_that_are_too_long_stay_behind() -> None:
    """They are said, not cut."""
    carried = Carried()
    put_tags(carried, ["home; and away", "x" * 31, ""])
    assert carried.cells == {"tags": ["home and away"]}
    assert len(carried.left) == 1
