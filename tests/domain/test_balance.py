"""A balance is projected from what was read, and from nothing else."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reminder.domain.balance import (
    Fees,
    ReadingKind,
    RunOut,
    burn_rate,
    fell_under,
    last_reading,
    projected,
    run_out,
    stated,
)
from reminder.domain.money import Money
from tests.builders import day, moscow, read_at, use_of_ten_a_day

NOON = moscow("2026-11-10 12:00")
HOUR = timedelta(hours=1)
NEVER = Fees((), 0)


def test_rule_11_the_latest_reading_wins() -> None:
    """A later reading replaces the projection from there on; the order of entry does not matter."""
    readings = (read_at(NOON, "50"), read_at(NOON - HOUR, "900"))
    known = stated(readings, NOON + HOUR)
    assert known is not None
    assert known.minor == 5000


def test_rule_11_of_two_at_one_instant_the_later_entered_wins() -> None:
    """Two readings that stand at one instant: the one recorded later is true."""
    first, second = read_at(NOON, "50", id_="b"), read_at(NOON, "70", id_="c")
    assert stated((second, first), NOON + HOUR) == stated((second,), NOON + HOUR)


def test_rule_11_a_reading_counts_only_after_its_moment() -> None:
    """Before anything was read nothing is known, at its own instant neither."""
    assert stated((read_at(NOON, "50"),), NOON) is None
    assert projected((read_at(NOON, "50"),), NOON, day("2026-11-11"), Fraction(0)) is None


def test_rule_11_top_ups_and_fees_move_what_is_known() -> None:
    """A top-up adds, a fee subtracts, below zero too."""
    readings = (
        read_at(NOON, "50"),
        read_at(NOON + HOUR, "100", ReadingKind.TOP_UP),
        read_at(NOON + 2 * HOUR, "300", ReadingKind.FEE),
    )
    known = stated(readings, NOON + 3 * HOUR)
    assert known is not None
    assert known.minor == -15000
    assert known.read_on == day("2026-11-10")


@pytest.mark.parametrize("kind", [ReadingKind.TOP_UP, ReadingKind.FEE])
def test_a_change_of_what_is_not_known_is_not_known(kind: ReadingKind) -> None:
    """A sum added to or taken from an unknown balance leaves it unknown."""
    assert stated((read_at(NOON, "50", kind),), NOON + HOUR) is None


def test_a_balance_of_zero_is_known() -> None:
    """Zero is a balance: a top-up upon it counts."""
    readings = (read_at(NOON, "0"), read_at(NOON + HOUR, "100", ReadingKind.TOP_UP))
    known = stated(readings, NOON + 2 * HOUR)
    assert known is not None
    assert known.minor == 10000


def test_unknown_forgets_what_was_read() -> None:
    """After a period gone on from without knowing, nothing is known until a new reading."""
    unknown = read_at(NOON + HOUR, "0", ReadingKind.UNKNOWN)
    assert stated((read_at(NOON, "50"), unknown), NOON + 2 * HOUR) is None


def test_projection_takes_the_use_of_each_day() -> None:
    """Ten days on at 10 a day a hundred less is there; the day of the reading takes nothing."""
    readings = (read_at(NOON, "300"),)
    use = Fraction(1000)
    later = NOON + timedelta(days=40)
    assert projected(readings, later, day("2026-11-20"), use) == 20000
    assert projected(readings, later, day("2026-11-10"), use) == 30000
    assert projected(readings, later, day("2026-11-09"), use) == 30000


def test_last_reading_is_what_a_person_stated() -> None:
    """Top-ups and fees are no readings of the whole."""
    read, added = read_at(NOON, "50"), read_at(NOON + HOUR, "9", ReadingKind.TOP_UP)
    assert last_reading((added, read)) is read
    assert last_reading((added,)) is None
    assert read.money("RUB") == Money(5000, "RUB")


def test_burn_rate_by_hand() -> None:
    """Three readings over ten days that fall by a hundred: ten a day."""
    assert burn_rate(use_of_ten_a_day("2026-11-10", 300)) == 1000


def test_burn_rate_counts_top_ups_and_fees() -> None:
    """What was added was used too; what a fee took was not."""
    first, middle, last = use_of_ten_a_day("2026-11-10", 300)
    added = read_at(middle.at + HOUR, "50", ReadingKind.TOP_UP)
    fee = read_at(middle.at + HOUR, "30", ReadingKind.FEE)
    assert burn_rate((first, middle, last, added)) == 1500
    assert burn_rate((first, middle, last, fee)) == 700


@pytest.mark.parametrize(
    "amounts",
    [
        [(0, "300"), (10, "200")],
        [(0, "300"), (3, "250"), (6, "200")],
        [(0, "300"), (5, "300"), (10, "300")],
        [(0, "100"), (5, "200"), (10, "300")],
        [],
    ],
)
def test_burn_rate_needs_three_readings_over_seven_days(amounts: list[tuple[int, str]]) -> None:
    """Too few, too close, unchanged or only rising readings allow no forecast."""
    readings = [read_at(NOON + timedelta(days=n), amount) for n, amount in amounts]
    assert burn_rate(readings) is None


def test_burn_rate_leaves_out_what_it_cannot_explain() -> None:
    """A rise nobody recorded, and a time of not knowing, tell nothing about use."""
    readings = use_of_ten_a_day("2026-11-10", 300)
    risen = read_at(readings[-1].at + timedelta(days=2), "900")
    unknown = read_at(risen.at + HOUR, "0", ReadingKind.UNKNOWN)
    after = read_at(unknown.at + timedelta(days=3), "100")
    assert burn_rate((*readings, risen, unknown, after)) == 1000


@given(st.integers(1, 5000), st.integers(7, 60), st.integers(0, 30000))
def test_burn_rate_finds_a_steady_use(use: int, days: int, left: int) -> None:
    """From daily readings of a steady use that use comes back exactly."""
    readings = [
        read_at(NOON + timedelta(days=n), Money(left + use * (days - n), "RUB").amount)
        for n in range(days + 1)
    ]
    assert burn_rate(readings) == use


def test_burn_rate_is_not_carried_away() -> None:
    """One mistyped reading among many, or a few days of heavy use, does not move the estimate."""
    days = [Money(100_000 - 1000 * n, "RUB").amount for n in range(30)]
    readings = [read_at(NOON + timedelta(days=n), amount) for n, amount in enumerate(days)]
    assert burn_rate(readings) == 1000
    readings[10] = read_at(NOON + timedelta(days=10), "9.00")
    assert burn_rate(readings) == 1000


def test_burn_rate_takes_the_last_reading_of_a_day() -> None:
    """A reading corrected on the same day counts as corrected, and no use is lost or counted
    twice."""
    first, middle, last = use_of_ten_a_day("2026-11-10", 300)
    mistyped = read_at(middle.at - HOUR, "3.50")
    assert burn_rate((first, mistyped, middle, last)) == 1000
    evening = read_at(middle.at + HOUR, "345")
    assert burn_rate((first, middle, evening, last)) == 1000


def test_burn_rate_forgets_the_year_before_last() -> None:
    """Use of long ago does not count once there are four months of newer readings."""
    old = [read_at(NOON - timedelta(days=400 - n), str(5000 - 100 * n)) for n in range(20)]
    risen = read_at(NOON - timedelta(days=200), "9000")
    new = [read_at(NOON - timedelta(days=150 - 10 * n), str(2000 - 10 * n)) for n in range(15)]
    assert burn_rate([*old, risen, *new]) == 100


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from(ReadingKind), st.integers(-500, 5000)),
        max_size=25,
    )
)
def test_burn_rate_lies_within_what_was_seen(entries: list[tuple[int, ReadingKind, int]]) -> None:
    """Whatever was entered, the estimate is above zero and not above what was there."""
    readings = [
        read_at(NOON + timedelta(days=day, minutes=n), Money(minor, "RUB").amount, kind, f"r{n}")
        for n, (day, kind, minor) in enumerate(entries)
    ]
    rate = burn_rate(readings)
    if rate is not None:
        last = [r for r in readings if r.kind is ReadingKind.READING]
        assert 0 < rate <= sum(abs(r.minor) for r in readings) + max(abs(r.minor) for r in last)


def test_fell_under_names_the_first_reading_below() -> None:
    """The reading that took it under counts, not a later one that is under too."""
    high, low, lower = (read_at(NOON + n * HOUR, a) for n, a in enumerate(["200", "90", "80"]))
    assert fell_under((high, low, lower), 10000) is low
    assert fell_under((high,), 10000) is None


def test_fell_under_forgets_once_it_is_above() -> None:
    """After a top-up the next fall is a new one; a fee alone tells nothing."""
    low, added, again = (
        read_at(NOON, "90"),
        read_at(NOON + HOUR, "500", ReadingKind.TOP_UP),
        read_at(NOON + 2 * HOUR, "80"),
    )
    assert fell_under((low, added), 10000) is None
    assert fell_under((low, added, again), 10000) is again
    fee = read_at(NOON + HOUR, "30", ReadingKind.FEE)
    assert fell_under((read_at(NOON, "110"), fee), 10000) is None


@pytest.mark.parametrize(
    ("value", "a_day", "low", "out"),
    [
        (10000, 1000, 0, RunOut(day("2026-11-20"), "burn_rate")),
        (10001, 1000, 0, RunOut(day("2026-11-21"), "burn_rate")),
        (10000, 1000, 5000, RunOut(day("2026-11-16"), "burn_rate", 5000)),
        (4000, 1000, 5000, RunOut(day("2026-11-14"), "burn_rate")),
        (-1, 1000, 0, RunOut(day("2026-11-10"), "burn_rate")),
        (10000, 0, 0, None),
        (10**9, 1, 0, None),
    ],
)
def test_use_reaches_the_floor(value: int, a_day: int, low: int, out: RunOut | None) -> None:
    """Zero is reached on the day that ends with nothing; a floor on the day that ends below it."""
    assert run_out(Fraction(value), day("2026-11-10"), Fraction(a_day), low, NEVER) == out


@pytest.mark.parametrize(
    ("value", "a_day", "out"),
    [
        (29999, 0, RunOut(day("2026-12-01"), "fee")),
        (30000, 0, RunOut(day("2027-01-01"), "fee")),
        (60000, 0, None),
        (30000, 1000, RunOut(day("2026-12-01"), "fee")),
        (10000, 1000, RunOut(day("2026-11-20"), "burn_rate")),
        (55000, 1000, RunOut(day("2026-12-05"), "burn_rate")),
        (50000, 1000, RunOut(day("2026-12-01"), "burn_rate")),
    ],
)
def test_fees_to_come_are_counted(value: int, a_day: int, out: RunOut | None) -> None:
    """The first fee that is not covered ends the forecast, or use does between fees: never before
    the fee that emptied it."""
    fees = Fees((day("2026-12-01"), day("2027-01-01")), 30000)
    assert run_out(Fraction(value), day("2026-11-10"), Fraction(a_day), 0, fees) == out
