"""The three clocks at an instant, and which of them leads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.clocks import (
    asks_for_reading,
    balance,
    booking,
    covered,
    inactivity,
    read,
    renewal,
)
from reminder.domain.ids import ReadingId
from reminder.domain.line import Clock, LineState, Plan
from reminder.domain.schedule import Period
from reminder.domain.sight import Sight
from tests.builders import (
    BALANCE,
    INACTIVITY,
    RENEWAL,
    build_case,
    build_ladder,
    build_line,
    build_standing,
    by_owner,
    daily,
    day,
    moscow,
    read_at,
    rubles,
    silent,
    use_of_ten_a_day,
    without_renewal,
)

NOV_10 = moscow("2026-11-10 12:00")
NOV_24 = moscow("2026-11-24 09:00")
FEE_ID = ReadingId("rea_fee")


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-24 23:59", 7),
        ("2026-11-25 00:00", 6),
        ("2026-12-01 23:59", 0),
        ("2026-12-02 00:00", -1),
    ],
)
def test_rule_1_days_are_counted_on_the_owners_calendar(now: str, left: int) -> None:
    """Days left are D less the owner's date, and turn at the owner's midnight."""
    clock = renewal(build_case(), moscow(now))
    assert clock is not None
    assert clock.days_left == left


def test_rule_1_the_lines_zone_is_never_counted_with() -> None:
    """An owner in Shanghai lives a day ahead of the line's Moscow, and counts on their own."""
    case = build_case(ladder=build_ladder(zone="Asia/Shanghai"))
    clock = renewal(case, moscow("2026-11-24 20:00"))
    assert clock is not None
    assert clock.days_left == 6


@pytest.mark.parametrize(
    ("amount", "is_covered", "short"),
    [
        ("300", True, None),
        ("299.99", False, "0.01"),
        ("120.50", False, "179.50"),
        ("-20", False, "320"),
    ],
)
def test_rule_6_covered_when_the_projection_reaches_the_fee(
    amount: str, is_covered: bool, short: str | None
) -> None:
    """Covered: at the end of D - 1 at least the fee is there; else short by the difference."""
    clock = renewal(build_case(None, read_at(NOV_10, amount)), NOV_24)
    assert clock is not None
    assert clock.covered is is_covered
    assert clock.short == (rubles(short) if short else None)


def test_rule_6_use_until_the_eve_counts() -> None:
    """400 now and 10 a day for 20 days until 30 November are not enough for 300."""
    short = build_case(None, *use_of_ten_a_day("2026-11-10", 499))
    enough = build_case(None, *use_of_ten_a_day("2026-11-10", 500))
    assert (covered(short, NOV_24), covered(enough, NOV_24)) == (False, True)


@pytest.mark.parametrize(
    ("fee", "readings"),
    [("300", ()), (None, (read_at(NOV_10, "500"),))],
)
def test_rule_6_null_when_either_is_not_known(
    fee: str | None, readings: tuple[Reading, ...]
) -> None:
    """Without a balance or without a fee nobody knows whether it is covered."""
    line = build_line(fee=rubles(fee) if fee else None)
    clock = renewal(build_case(line, *readings), NOV_24)
    assert clock is not None
    assert (clock.covered, clock.short) == (None, None)


def test_rule_7_the_owners_own_renewal_is_never_covered() -> None:
    """What the owner renews by hand no balance covers."""
    case = build_case(by_owner(fee=rubles("300")), read_at(NOV_10, "900"))
    assert covered(case, NOV_24) is None
    assert booking(case, moscow("2026-12-02"), FEE_ID) is None


def test_rule_11_a_date_only_reading_of_the_eve_counts() -> None:
    """A reading that stands at the end of D - 1 is there before the fee; one of D is after it."""
    eve = moscow("2026-12-01") - timedelta(milliseconds=1)
    assert covered(build_case(None, read_at(eve, "300")), moscow("2026-12-01 10:00")) is True


def test_rule_11_on_d_itself_a_short_renewal_is_still_to_be_charged() -> None:
    """Short before, enough read on D: the fee is still to come, and is covered now."""
    before, on_d = read_at(NOV_10, "100"), read_at(moscow("2026-12-01 12:00"), "350")
    case = build_case(None, before, on_d)
    assert covered(case, moscow("2026-12-01 11:00")) is False
    assert covered(case, moscow("2026-12-01 12:00")) is True
    assert Sight(case, moscow("2026-12-01 12:00")).before() == 10000


def test_rule_11_the_latest_wins_on_d() -> None:
    """Enough read on D and then less again: short by the last."""
    readings = [
        read_at(NOV_10, "100"),
        read_at(moscow("2026-12-01 12:00"), "350"),
        read_at(moscow("2026-12-01 13:00"), "250"),
    ]
    clock = renewal(build_case(None, *readings), moscow("2026-12-01 14:00"))
    assert clock is not None
    assert clock.short == rubles("50")


def test_rule_11_what_was_covered_stays_covered_on_d() -> None:
    """A reading on D after the fee was taken is lower, and says nothing against the fee."""
    case = build_case(None, read_at(NOV_10, "350"), read_at(moscow("2026-12-01 12:00"), "50"))
    assert covered(case, moscow("2026-12-01 14:00")) is True


def test_rule_11_a_first_reading_on_d_that_is_low_tells_nothing() -> None:
    """Nothing known before, little read on D: perhaps the fee was taken already."""
    case = build_case(None, read_at(moscow("2026-12-01 12:00"), "50"))
    assert covered(case, moscow("2026-12-01 14:00")) is None


def test_rule_7_a_covered_fee_is_booked_on_d() -> None:
    """The fee is a reading of D, at its beginning."""
    case = build_case(None, read_at(NOV_10, "350"))
    booked = booking(case, moscow("2026-12-02"), FEE_ID)
    assert booked is not None
    assert (booked.kind, booked.on, booked.minor) == (ReadingKind.FEE, day("2026-12-01"), 30000)
    assert booked.at == moscow("2026-12-01")


def test_rule_12_a_fee_covered_late_is_booked_after_what_covered_it() -> None:
    """Short on D, enough read on the third: the fee leaves what was read."""
    late = read_at(moscow("2026-12-03 12:00"), "350")
    case = build_case(None, read_at(NOV_10, "100"), late).moved(overdue=True)
    booked = booking(case, moscow("2026-12-03 12:00"), FEE_ID)
    assert booked is not None
    assert (booked.at, booked.on) == (late.at, day("2026-12-03"))


@pytest.mark.parametrize("amount", ["100", None])
def test_rule_7_nothing_is_booked_when_short_or_not_known(amount: str | None) -> None:
    """A fee that is not covered is not subtracted."""
    readings = (read_at(NOV_10, amount),) if amount else ()
    assert booking(build_case(None, *readings), moscow("2026-12-02"), FEE_ID) is None


def test_no_date_no_renewal_clock() -> None:
    """Without a date, and on an ended line, the renewal clock does not run."""
    case = build_case(standing=without_renewal())
    assert renewal(case, NOV_24) is None
    assert (Sight(case, NOV_24).before(), Sight(case, NOV_24).available()) == (None, None)
    assert booking(case, NOV_24, FEE_ID) is None
    assert renewal(build_case().moved(state=LineState.ENDED), NOV_24) is None


def test_rule_27_autopay_counts_as_covered() -> None:
    """With a card behind it the fee counts as covered, whatever the balance and whoever charges."""
    assert covered(build_case(build_line(autopay=True), read_at(NOV_10, "0")), NOV_24) is True
    assert covered(build_case(by_owner(autopay=True)), NOV_24) is True


def test_rule_11_the_balance_shown_is_todays() -> None:
    """500 less ten a day for two weeks are 360 today."""
    clock = balance(build_case(None, *use_of_ten_a_day("2026-11-10", 500)), NOV_24)
    assert clock is not None
    assert clock.projected == rubles("360")


def test_rule_11_a_negative_balance_is_allowed() -> None:
    """A balance below zero is shown as it is."""
    clock = balance(build_case(None, read_at(NOV_10, "-20")), NOV_24)
    assert clock is not None
    assert clock.projected == rubles("-20")


def test_rule_11_a_fee_not_covered_is_not_subtracted() -> None:
    """On D and after, a short renewal leaves the balance as it was."""
    case = build_case(None, read_at(NOV_10, "100")).moved(overdue=True)
    clock = balance(case, moscow("2026-12-03"))
    assert clock is not None
    assert clock.projected == rubles("100")
    assert (clock.runs_out_on, clock.basis, clock.days_left) == (day("2026-12-01"), "fee", -2)


def test_a_covered_fee_is_gone_from_the_beginning_of_d() -> None:
    """On D the balance shown is that after the fee, before its booking at the end of D."""
    case = build_case(None, read_at(NOV_10, "350"))
    before, on_d = balance(case, moscow("2026-11-30 23:59")), balance(case, moscow("2026-12-01"))
    assert before is not None
    assert on_d is not None
    assert (before.projected, on_d.projected) == (rubles("350"), rubles("50"))


def test_balance_foresees_the_first_fee_that_is_not_covered() -> None:
    """350 pay for December and not for January."""
    clock = balance(build_case(None, read_at(NOV_10, "350")), NOV_24)
    assert clock is not None
    assert (clock.runs_out_on, clock.basis) == (day("2027-01-01"), "fee")


def test_balance_without_a_period_foresees_one_fee() -> None:
    """Once paid, a fee without a period does not come again; autopay takes none."""
    once = build_case(build_line(period=None), read_at(NOV_10, "350"))
    auto = build_case(build_line(autopay=True), read_at(NOV_10, "10"))
    for case in (once, auto):
        clock = balance(case, NOV_24)
        assert clock is not None
        assert clock.runs_out_on is None


def test_balance_is_not_known_after_an_unknown_period() -> None:
    """The clock is there and says that it does not know."""
    unknown = read_at(NOV_10 + timedelta(hours=1), "0", ReadingKind.UNKNOWN)
    clock = balance(build_case(None, read_at(NOV_10, "50"), unknown), NOV_24)
    assert clock is not None
    assert (clock.projected, clock.runs_out_on) == (None, None)


def test_no_balance_clock_without_a_reading_or_after_paying() -> None:
    """Nobody entered a balance, or the plan is postpaid (rule 22): there is no balance clock."""
    assert balance(build_case(), NOV_24) is None
    assert balance(build_case(build_line(plan=Plan.POSTPAID), read_at(NOV_10, "5")), NOV_24) is None


def test_rule_10_run_out_by_burn_rate() -> None:
    """100 left and ten a day: gone on the tenth day, also when that day is past."""
    case = build_case(None, *use_of_ten_a_day("2026-11-10", 100), standing=without_renewal())
    for now, left in ((NOV_10, 10), (NOV_24, -4)):
        clock = balance(case, now)
        assert clock is not None
        assert (clock.runs_out_on, clock.basis, clock.days_left) == (
            day("2026-11-20"),
            "burn_rate",
            left,
        )


def test_rule_10_the_floor_is_the_owners() -> None:
    """With a floor of 50 the run-out day is the first that ends under it, then that of zero."""
    line = build_line(low_balance=rubles("50"))
    case = build_case(line, *use_of_ten_a_day("2026-11-10", 100), standing=without_renewal())
    above, under = balance(case, NOV_10), balance(case, moscow("2026-11-17"))
    assert above is not None
    assert under is not None
    assert (above.runs_out_on, above.low_on) == (day("2026-11-16"), None)
    assert (under.runs_out_on, under.low_on, under.told_at) == (
        day("2026-11-20"),
        day("2026-11-16"),
        None,
    )
    assert (above.floor, under.floor) == (rubles("50"), None)


def test_rule_10_a_reading_under_the_floor() -> None:
    """Without a burn rate the day of the reading that fell under the floor is the run-out day."""
    line = build_line(low_balance=rubles("50"), fee=None)
    case = build_case(line, read_at(NOV_10, "40"), standing=without_renewal())
    clock = balance(case, NOV_24)
    assert clock is not None
    assert (clock.runs_out_on, clock.basis, clock.told_at) == (
        day("2026-11-10"),
        "low_balance",
        NOV_10,
    )
    assert clock.floor == rubles("50")


def test_a_fee_that_takes_it_under_the_floor_is_no_fall() -> None:
    """What the fee of D took is the renewal clock's."""
    line = build_line(low_balance=rubles("100"))
    clock = balance(build_case(line, read_at(NOV_10, "350")), moscow("2026-12-01 12:00"))
    assert clock is not None
    assert (clock.projected, clock.low_on) == (rubles("50"), None)


def test_rule_22_a_daily_fee_lowers_the_projection() -> None:
    """Ten a day: 300 last 30 days, and there is no renewal clock."""
    clocks = read(build_case(daily(), read_at(NOV_10, "300"), standing=without_renewal()), NOV_24)
    assert clocks.renewal is None
    assert clocks.balance is not None
    assert clocks.balance.projected == rubles("160")
    assert (clocks.balance.runs_out_on, clocks.balance.basis) == (day("2026-12-10"), "daily_fee")


def test_rule_23_silence_runs_from_the_last_use() -> None:
    """Last used on 1 October and 90 days: lost on 30 December."""
    case = build_case(build_line(keep_alive=silent(stale=True))).moved(
        last_active_on=day("2026-10-01")
    )
    clock = inactivity(case, NOV_24)
    assert clock is not None
    assert (clock.lost_on, clock.days_left, clock.stale) == (day("2026-12-30"), 36, True)


def test_rule_23_silence_is_not_watched_unasked() -> None:
    """Without a last use, or without a rule, the clock is null."""
    watched = build_case(build_line(keep_alive=silent()))
    assert inactivity(watched, NOV_24) is None
    assert inactivity(build_case().moved(last_active_on=day("2026-10-01")), NOV_24) is None


@pytest.mark.parametrize(
    ("amount", "active_on", "leading"),
    [
        ("100", "2026-10-01", RENEWAL),
        ("350", "2026-10-01", INACTIVITY),
        ("350", "2026-10-15", BALANCE),
        ("100", "2026-08-15", INACTIVITY),
    ],
)
def test_rule_25_the_earliest_that_needs_somebody_leads(
    amount: str, active_on: str, leading: Clock
) -> None:
    """The earliest deadline leads; a covered fee never does."""
    standing = build_standing(last_active_on=day(active_on))
    case = build_case(build_line(keep_alive=silent()), read_at(NOV_10, amount), standing=standing)
    assert read(case, moscow("2026-11-11")).leading is leading


def test_rule_25_nothing_leads_when_nothing_is_needed() -> None:
    """A covered fee alone leaves nobody in the lead; the deadlines are there to be asked for."""
    clocks = read(build_case(build_line(period=None), read_at(NOV_10, "350")), NOV_24)
    assert clocks.leading is None
    assert [clocks.deadline(c) for c in Clock] == [day("2026-12-01"), None, None]
    assert [read(build_case(standing=without_renewal()), NOV_24).deadline(c) for c in Clock] == [
        None
    ] * 3


@pytest.mark.parametrize(("now", "asks"), [("2026-12-15 23:59", False), ("2026-12-16", True)])
def test_rule_28_asks_for_a_reading_after_35_days(now: str, asks: bool) -> None:
    """A reading of 10 November is 35 days old on 15 December, and older the day after."""
    assert asks_for_reading(Sight(build_case(None, read_at(NOV_10, "350")), moscow(now))) is asks


def test_rule_28_asks_only_where_a_balance_pays() -> None:
    """Never read: asked for. The owner renews, or a card pays: not."""
    assert asks_for_reading(Sight(build_case(), NOV_24))
    assert not asks_for_reading(Sight(build_case(by_owner()), NOV_24))
    assert not asks_for_reading(Sight(build_case(build_line(autopay=True)), NOV_24))


def test_weekly_fees_are_foreseen() -> None:
    """A fee of 300 each week: 700 pay for two."""
    line = build_line(period=Period(days=7))
    clock = balance(build_case(line, read_at(NOV_10, "700")), NOV_24)
    assert clock is not None
    assert clock.runs_out_on == day("2026-12-15")
