"""What a message says of one reminder, as plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reminder.domain.acts import snooze, stop
from reminder.domain.ids import ReminderId
from reminder.domain.line import Situation
from reminder.domain.look import Due, look_at
from reminder.domain.notice import Notice, most_urgent_first, next_due_at, notice
from reminder.domain.plan import owed
from reminder.domain.settle import settle
from tests.builders import (
    BALANCE,
    RENEWAL,
    build_case,
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
from tests.domain.plan.planner import Planner

NOV_10 = moscow("2026-11-10 12:00")


def _due(case: Situation, now: datetime) -> tuple[Situation, Due]:
    found = owed(case, {}, now)
    return found.case, found.send[0]


def _notice(case: Situation, now: datetime) -> Notice:
    judged, due = _due(case, now)
    return notice(look_at(judged, now), due, ReminderId("rem_1"))


def test_says_what_is_so_now() -> None:
    """The shortfall, the days left, the balance seen and the next message, as they are now."""
    said = _notice(build_case(None, read_at(NOV_10, "120.50")), moscow("2026-11-24 09:00"))
    assert (said.deadline, said.lead_days, said.days_left) == (day("2026-12-01"), 7, 7)
    assert said.short == rubles("179.50")
    assert said.seen == (rubles("120.50"), day("2026-11-10"))
    assert said.next_due_at == moscow("2026-11-28 09:00")
    assert (said.late, said.missed, said.covered, said.asks_for_reading) == (False,) * 4


def test_how_much_is_said_where_money_is_what_matters() -> None:
    """Under the floor: what is missing to it. Running out: what lasts longer. A fee has its own."""
    line = build_line(low_balance=rubles("100"))
    now = moscow("2026-11-11 09:00")
    under = _notice(build_case(line, read_at(NOV_10, "40")), now)
    assert (under.clock, under.lacking) == (BALANCE, rubles("60"))
    assert under.longer is not None
    case = build_case(daily(), read_at(NOV_10, "75"), standing=without_renewal())
    runs_out = _notice(case, now)
    assert runs_out.lacking is None
    assert runs_out.longer is not None
    assert runs_out.longer.until == day("2026-12-18")
    fee = _notice(build_case(line, read_at(NOV_10, "120.50")), moscow("2026-11-24 09:00"))
    assert (fee.clock, fee.lacking, fee.longer) == (RENEWAL, None, None)


def test_rule_1_days_left_are_counted_anew_at_each_try() -> None:
    """Sent two days late, it says the true number, negative after D."""
    case, due = _due(build_case(by_owner()), moscow("2026-11-24 09:00"))
    days = [
        notice(look_at(case, moscow(f"{on} 09:00")), due, ReminderId("rem_1")).days_left
        for on in ("2026-11-24", "2026-11-26", "2026-12-03")
    ]
    assert days == [7, 5, -2]


def test_rule_28_asks_for_a_reading() -> None:
    """Nothing was ever read: the message begins with the balance."""
    said = _notice(build_case(), moscow("2026-11-24 09:00"))
    assert said.asks_for_reading
    assert (said.seen, said.short) == (None, None)


def test_no_renewal_no_shortfall() -> None:
    """A reminder of another day than the fee's has no shortfall to name."""
    said = _notice(build_case(None, read_at(NOV_10, "100")), moscow("2026-11-24 09:00"))
    assert replace(said, deadline=day("2026-12-05")).short is None


def test_rule_9_the_next_message_of_an_overdue_line_is_a_repeat() -> None:
    """After the repeat of day one comes that of day three."""
    now = moscow("2026-12-02 09:00")
    case, due = _due(build_case(by_owner()), now)
    assert next_due_at(look_at(case, now), due) == moscow("2026-12-04 09:00")


def test_nothing_more_is_foreseen() -> None:
    """No clock, or a line that is stopped: no next message."""
    assert next_due_at(look_at(build_case(standing=without_renewal()), NOV_10)) is None
    assert next_due_at(look_at(stop(build_case(by_owner()), NOV_10), NOV_10)) is None


def test_a_leap_day_has_a_year_to_look_ahead() -> None:
    """On 29 February a next message is found as on any other day."""
    standing = build_standing(renews_on=day("2028-03-10"), anchor=day("2028-03-10"))
    now = datetime(2028, 2, 29, 12, 0, tzinfo=UTC)
    assert next_due_at(look_at(build_case(standing=standing), now)) == moscow("2028-03-03 09:00")


def test_the_repeats_of_an_open_fee_are_foreseen() -> None:
    """An overdue line speaks again on its next repeat, two days later here."""
    now = moscow("2026-12-03 12:00")
    case = settle(build_case(by_owner()), now)
    assert next_due_at(look_at(case, now)) == moscow("2026-12-04 09:00")


FORETOLD = {
    "silence": build_case(
        build_line(keep_alive=silent()), standing=without_renewal(last_active_on=day("2026-08-20"))
    ),
    "silence beside a fee": build_case(
        by_owner(keep_alive=silent()), standing=build_standing(last_active_on=day("2026-08-20"))
    ),
    "silence and a fee on one day": build_case(
        by_owner(keep_alive=silent(), period=None),
        standing=build_standing(last_active_on=day("2026-09-02")),
    ),
    "a daily fee": build_case(daily(), read_at(NOV_10, "120"), standing=without_renewal()),
    "a fee": build_case(None, read_at(NOV_10, "100")),
    "snoozed over repeats": snooze(
        build_case(by_owner(period=None), standing=build_standing(renews_on=day("2026-11-12"))),
        day("2026-11-24"),
        NOV_10,
    ),
}


def _foretold(planner: Planner, now: datetime) -> datetime | None:
    *_, due = planner.look(now)
    return next_due_at(look_at(planner.case, now), due)


@pytest.mark.parametrize("name", FORETOLD)
def test_what_is_foretold_is_what_comes(name: str) -> None:
    """Where nobody does anything, each message names the moment of the next, and the last none."""
    planner = Planner(FORETOLD[name])
    planner.sleep_until(moscow("2026-12-22"), NOV_10)
    came = sorted({now for now, _ in planner.sent})
    again = Planner(FORETOLD[name])
    foretold = [_foretold(again, now) for now in came]
    assert foretold[:-1] == came[1:]
    assert foretold[-1] is None or foretold[-1] > moscow("2026-12-22")


def _of(on: str, amount: str, now: str = "2026-12-05 12:00") -> Notice:
    standing = build_standing(renews_on=day(on), anchor=day(on))
    case = build_case(None, read_at(NOV_10, amount), standing=standing)
    return replace(_notice(case, moscow(now)), id=ReminderId(f"{on} {amount}"))


@pytest.mark.parametrize("backwards", [False, True])
def test_rule_15_most_urgent_first(backwards: bool) -> None:
    """Passed D first, then the earliest D, then the largest shortfall."""
    ordered = [
        _of("2026-12-02", "100"),
        _of("2026-12-04", "100"),
        _of("2026-12-06", "290"),
        _of("2026-12-08", "10"),
        _of("2026-12-08", "100"),
        _of("2026-12-08", "300"),
    ]
    given = ordered[::-1] if backwards else ordered
    assert most_urgent_first(given) == ordered


def test_a_far_fee_is_first_told_by_its_leads() -> None:
    """A fee short in half a year is next spoken of by its first lead, not by a repeat after it."""
    far = build_standing(renews_on=day("2027-05-20"), anchor=day("2027-05-20"))
    case = build_case(build_line(), read_at(moscow("2026-11-20 12:00"), "0"), standing=far)
    due_at = next_due_at(look_at(case, moscow("2026-11-20 13:00")))
    assert due_at == moscow("2027-05-13 09:00")


def test_says_the_use_and_what_carries_two_fees() -> None:
    """The use a day is what the readings show, and two fees are what the next two need."""
    case = build_case(None, *use_of_ten_a_day("2026-11-10", 290))
    said = _notice(case, moscow("2026-11-24 09:00"))
    assert said.use == rubles("10")
    assert said.for_two is not None
    assert said.for_two.until == day("2027-01-01")
    bare = _notice(build_case(by_owner()), moscow("2026-11-24 09:00"))
    assert (bare.use, bare.for_two, bare.down) == (None, None, False)
