"""What the passing of a deadline does to a line."""

from __future__ import annotations

import pytest

from reminder.domain.balance import ReadingKind
from reminder.domain.line import Line, LineState
from reminder.domain.schedule import Period
from reminder.domain.settle import catch_up, next_turn, settle, turn
from tests.builders import (
    build_case,
    build_ladder,
    build_line,
    build_standing,
    by_owner,
    day,
    moscow,
    read_at,
    rubles,
    silent,
    without_renewal,
)

NOV_10 = moscow("2026-11-10 12:00")
OVER = moscow("2026-12-02")


def test_rule_7_nothing_happens_before_the_end_of_d() -> None:
    """D is over at the owner's midnight after it; a moment before nothing has changed."""
    case = build_case(by_owner())
    assert next_turn(case) == OVER
    assert settle(case, moscow("2026-12-01 23:59")) == case
    assert settle(case, OVER).standing.overdue


def test_rule_7_midnight_is_the_owners() -> None:
    """An owner in New York is eight hours behind Moscow: D ends when it ends for them."""
    case = build_case(by_owner(), ladder=build_ladder(zone="America/New_York"))
    assert next_turn(case) == moscow("2026-12-02 08:00")


def test_rule_7_covered_is_booked_and_goes_on() -> None:
    """The fee is booked on D, and the line goes to its next occurrence."""
    after = settle(build_case(None, read_at(NOV_10, "350")), OVER)
    assert after.standing.renews_on == day("2027-01-01")
    assert (after.standing.overdue, after.standing.unconfirmed) == (False, False)
    assert [(r.kind, r.on, r.minor) for r in after.readings[1:]] == [
        (ReadingKind.FEE, day("2026-12-01"), 30000)
    ]


def test_rule_7_not_known_goes_on_unconfirmed() -> None:
    """Nothing is booked, and it is said that nobody knows whether it was charged."""
    after = settle(build_case(), OVER)
    assert after.standing.renews_on == day("2027-01-01")
    assert (after.standing.overdue, after.standing.unconfirmed) == (False, True)
    assert after.readings == ()


def test_rule_7_short_is_overdue_after_midnight() -> None:
    """A fee that the balance does not cover leaves the line overdue, at the same D."""
    after = settle(build_case(None, read_at(NOV_10, "100")), OVER)
    assert (after.standing.overdue, after.standing.renews_on) == (True, day("2026-12-01"))
    assert len(after.readings) == 1


def test_rule_7_owner_is_overdue_whatever_the_balance() -> None:
    """What the owner did not renew is overdue."""
    assert settle(build_case(by_owner(), read_at(NOV_10, "900")), OVER).standing.overdue


def test_rule_7_a_month_that_nobody_looked_is_the_same() -> None:
    """Looking once after three months comes to the standing of looking every day."""
    rare = often = build_case(None, read_at(NOV_10, "700"))
    for number in range(1, 29):
        for month in ("2026-12", "2027-01", "2027-02"):
            often = settle(often, moscow(f"{month}-{number:02d} 12:00"))
    assert settle(rare, moscow("2027-02-28 12:00")) == settle(often, moscow("2027-02-28 12:00"))


def test_rule_9_goes_on_by_itself_at_the_next_first_lead() -> None:
    """Overdue since 2 December, the line goes on at 09:00 seven days before 1 January."""
    overdue = settle(build_case(None, read_at(NOV_10, "100")), OVER)
    at = moscow("2026-12-25 09:00")
    assert next_turn(overdue) == at
    after = settle(overdue, at).standing
    assert (after.renews_on, after.overdue, after.unconfirmed) == (day("2027-01-01"), False, True)


def test_rule_9_its_balance_is_not_known_after_that() -> None:
    """Where a fee may have been taken, the balance is unknown until a new reading."""
    short = settle(build_case(None, read_at(NOV_10, "100")), moscow("2026-12-25 09:00"))
    assert short.readings[-1].kind is ReadingKind.UNKNOWN
    by_hand = settle(build_case(by_owner(), read_at(NOV_10, "100")), moscow("2026-12-25 09:00"))
    assert len(by_hand.readings) == 1


def test_rule_9_repeats_end_at_the_next_first_lead() -> None:
    """A fee each fortnight: it goes on seven days after D, before the repeat of day fourteen."""
    case = settle(build_case(by_owner(period=Period(days=14))), OVER)
    assert next_turn(case) == moscow("2026-12-08 09:00")


def test_rule_9_a_week_with_a_lead_of_a_week_goes_on_at_once() -> None:
    """The next occurrence's first lead came on D itself: nothing is left to repeat."""
    case = settle(build_case(by_owner(period=Period(days=7))), OVER)
    assert (case.standing.renews_on, case.standing.unconfirmed) == (day("2026-12-08"), True)


def test_rule_9_without_a_period_it_ends() -> None:
    """After the last repeat's day a line without a period is ended, and stays so."""
    case = settle(build_case(by_owner(period=None)), OVER)
    assert next_turn(case) == moscow("2026-12-16")
    ended = settle(case, moscow("2026-12-16"))
    assert ended.standing.state is LineState.ENDED
    assert next_turn(ended) is None


def test_rule_9_another_clock_keeps_the_line() -> None:
    """A number that is watched for silence does not end with its renewal."""
    case = build_case(by_owner(period=None, keep_alive=silent()))
    after = settle(case.moved(last_active_on=day("2026-11-01")), moscow("2026-12-16")).standing
    assert (after.state, after.renews_on) == (LineState.ACTIVE, None)


def test_a_line_without_a_period_that_was_covered_has_no_date() -> None:
    """Once paid, the clock ends and waits for the next date."""
    after = settle(build_case(build_line(period=None), read_at(NOV_10, "350")), OVER).standing
    assert (after.renews_on, after.anchor, after.state) == (None, None, LineState.ACTIVE)


def test_a_d_that_was_dealt_with_goes_on() -> None:
    """A top-up on an unknown balance counts: the line rolls on, confirmed."""
    for line in (build_line(), by_owner()):
        after = settle(build_case(line).moved(dealt_with=day("2026-12-01")), OVER).standing
        assert (after.renews_on, after.unconfirmed) == (day("2027-01-01"), False)


@pytest.mark.parametrize(("active", "after"), [("2026-10-01", "2026-12-01"), (None, None)])
def test_rule_23_a_booked_fee_counts_as_use(active: str | None, after: str | None) -> None:
    """A fee taken on D is activity of D, where silence is watched at all."""
    case = build_case(None, read_at(NOV_10, "350"))
    case = case.moved(last_active_on=day(active) if active else None)
    assert settle(case, OVER).standing.last_active_on == (day(after) if after else None)


@pytest.mark.parametrize("line", [build_line(autopay=True), by_owner(autopay=True)])
def test_rule_27_autopay_goes_on_by_itself(line: Line) -> None:
    """With a card behind it the line is never overdue."""
    case = build_case(line, read_at(NOV_10, "100"))
    after = settle(case, OVER).standing
    assert (after.renews_on, after.overdue, after.unconfirmed) == (day("2027-01-01"), False, False)


def test_rule_12_covered_late_goes_on_from_the_anchor() -> None:
    """350 read on 3 December pay December, and the next date is of the anchor."""
    case = settle(build_case(None, read_at(NOV_10, "100")), OVER)
    now = moscow("2026-12-03 12:00")
    after = catch_up(case.with_reading(read_at(now, "350")), now)
    assert after.standing.renews_on == day("2027-01-01")
    assert not after.standing.overdue
    assert after.readings[-1].kind is ReadingKind.FEE


def test_nothing_to_catch_up_with() -> None:
    """A line that is not overdue, or is still short, stays where it is."""
    fresh = build_case(None, read_at(NOV_10, "350"))
    assert catch_up(fresh, NOV_10) == fresh
    short = settle(build_case(None, read_at(NOV_10, "100")), OVER)
    assert catch_up(short, OVER) == short


def test_the_31st_returns_through_a_short_month() -> None:
    """From 31 January over 28 February to 31 March: the anchor is kept."""
    standing = build_standing(renews_on=day("2027-01-31"), anchor=day("2027-01-31"))
    case, seen = build_case(standing=standing), []
    for _ in range(3):
        at = next_turn(case)
        assert at is not None
        case = turn(case, at).case
        seen.append(str(case.standing.renews_on))
    assert seen == ["2027-02-28", "2027-03-31", "2027-04-30"]


def test_no_date_no_turn() -> None:
    """A line without a renewal date is not changed by time."""
    case = build_case(standing=without_renewal())
    assert next_turn(case) is None
    assert settle(case, moscow("2030-01-01")) == case


def test_a_fee_known_and_a_balance_not_is_still_unknown() -> None:
    """A known balance and an unknown fee: nothing is booked."""
    case = build_case(build_line(fee=None), read_at(NOV_10, rubles("500").amount))
    assert settle(case, OVER).readings == case.readings


def test_a_century_is_passed_in_bounded_steps() -> None:
    """However long nobody looked, one look ends; the next goes on from there."""
    weekly = build_case(build_line(period=Period(days=7)))
    end = moscow("2126-12-01")
    once = settle(weekly, end).standing.renews_on
    twice = settle(settle(weekly, end), end).standing.renews_on
    assert once is not None
    assert twice is not None
    assert day("2060-01-01") < once < twice
