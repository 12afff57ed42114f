"""What a person does about a line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reminder.domain.acts import (
    LONGEST_SNOOZE_DAYS,
    Entry,
    acknowledge,
    begin,
    record,
    renewed,
    resume,
    snooze,
    speaking,
    stop,
    topped_up,
    used,
)
from reminder.domain.balance import ReadingKind
from reminder.domain.clocks import covered, read, renewal
from reminder.domain.ids import ReadingId
from reminder.domain.line import LineState, Situation
from reminder.domain.money import Money
from reminder.domain.settle import settle
from reminder.errors import Conflict, InvalidInput
from tests.builders import (
    BALANCE,
    INACTIVITY,
    RENEWAL,
    build_case,
    build_line,
    build_standing,
    by_owner,
    day,
    moscow,
    read_at,
    rubles,
    silent,
    use_of_ten_a_day,
    without_renewal,
)

NOV_10 = moscow("2026-11-10 12:00")
NOV_24 = moscow("2026-11-24 12:00")
DEC_3 = moscow("2026-12-03 12:00")
FEE_ID = ReadingId("rea_fee")


def _entry(amount: str, on: str | None = None, name: str = "rea_new") -> Entry:
    return Entry(ReadingId(name), rubles(amount), day(on) if on else None)


def _short() -> Situation:
    """Short by 200 for 1 December."""
    return build_case(None, read_at(NOV_10, "100"))


def _overdue() -> Situation:
    return settle(_short(), DEC_3)


def test_rule_8_renewed_without_a_day_goes_on_from_the_anchor() -> None:
    """The next D is the first occurrence after both D and today."""
    early = renewed(build_case(by_owner()), None, FEE_ID, NOV_24).standing
    assert (early.renews_on, early.anchor) == (day("2027-01-01"), day("2026-12-01"))
    late = renewed(build_case(by_owner()), None, FEE_ID, moscow("2027-03-05")).standing
    assert late.renews_on == day("2027-04-01")


def test_rule_8_renewed_today_is_not_the_next_d() -> None:
    """An occurrence that is today is not after today."""
    after = renewed(build_case(by_owner()), None, FEE_ID, moscow("2027-01-01 12:00")).standing
    assert after.renews_on == day("2027-02-01")


@pytest.mark.parametrize("on", ["2026-11-24", "2026-11-20"])
def test_rule_8_a_day_is_the_new_anchor(on: str) -> None:
    """With a day, today or earlier, the next D is that day and a period."""
    after = renewed(build_case(by_owner()), day(on), FEE_ID, NOV_24).standing
    assert (after.anchor, after.renews_on) == (day(on), day(on).replace(month=12))


def test_rule_8_a_day_to_come_is_refused() -> None:
    """Nobody renewed tomorrow."""
    with pytest.raises(InvalidInput, match="not later than today"):
        renewed(build_case(by_owner()), day("2026-11-25"), FEE_ID, NOV_24)


@pytest.mark.parametrize("on", [None, "2026-11-24"])
def test_rule_8_once_ends_the_clock(on: str | None) -> None:
    """Without a period the clock ends and waits for the next date."""
    case = build_case(by_owner(period=None))
    after = renewed(case, day(on) if on else None, FEE_ID, NOV_24).standing
    assert (after.renews_on, after.anchor, after.state) == (None, None, LineState.ACTIVE)


def test_rule_8_nothing_to_renew_is_a_conflict() -> None:
    """Without a date nothing can be renewed."""
    with pytest.raises(Conflict):
        renewed(build_case(standing=without_renewal()), None, FEE_ID, NOV_24)


def test_rule_8_an_ended_line_lives_again() -> None:
    """A renewal brings back a line that ended."""
    ended = build_case(by_owner(period=None)).moved(state=LineState.ENDED)
    assert renewed(ended, None, FEE_ID, NOV_24).standing.state is LineState.ACTIVE


def test_rule_13_a_stopped_line_renewed_stays_stopped() -> None:
    """No clock speaks until it is resumed, a renewal does not resume it."""
    after = renewed(stop(build_case(by_owner()), NOV_10), None, FEE_ID, NOV_24)
    assert after.standing.state is LineState.STOPPED


def test_a_renewal_by_the_operator_takes_the_fee() -> None:
    """Covered: the fee is booked, not after today. Short: the balance is not known from now on."""
    paid = renewed(build_case(None, read_at(NOV_10, "350")), None, FEE_ID, NOV_24).readings[-1]
    assert (paid.kind, paid.minor, paid.on) == (ReadingKind.FEE, 30000, day("2026-11-24"))
    assert renewed(_short(), None, FEE_ID, NOV_24).readings[-1].kind is ReadingKind.UNKNOWN
    assert renewed(build_case(), None, FEE_ID, NOV_24).readings == ()


def test_rule_12_a_top_up_that_covers_it() -> None:
    """200 more and 1 December is covered; the anchor stays."""
    after = topped_up(_short(), _entry("200"), None, NOV_24)
    assert covered(after, NOV_24) is True
    assert after.standing.renews_on == day("2026-12-01")
    assert after.readings[-1].kind is ReadingKind.TOP_UP


def test_rule_12_an_overdue_line_books_the_fee_and_goes_on() -> None:
    """Topped up two days late: booked, and the next D is the anchor's."""
    after = topped_up(_overdue(), _entry("250"), None, DEC_3)
    assert (after.standing.overdue, after.standing.renews_on) == (False, day("2027-01-01"))
    assert [r.kind for r in after.readings[1:]] == [ReadingKind.TOP_UP, ReadingKind.FEE]


def test_rule_12_still_short_says_the_new_sum() -> None:
    """100 more: 100 are still missing, before D and when overdue."""
    for case, now in ((_short(), NOV_24), (_overdue(), DEC_3)):
        clock = renewal(topped_up(case, _entry("100"), None, now), now)
        assert clock is not None
        assert (clock.on, clock.short) == (day("2026-12-01"), rubles("100"))


def test_rule_12_not_known_counts_as_dealt_with() -> None:
    """Nothing is known of the balance: this D counts as dealt with."""
    after = topped_up(build_case(), _entry("300"), None, NOV_24)
    assert after.standing.dealt_with == day("2026-12-01")
    gone_on = topped_up(build_case(by_owner()).moved(overdue=True), _entry("300"), None, DEC_3)
    assert (gone_on.standing.renews_on, gone_on.standing.overdue) == (day("2027-01-01"), False)


def test_rule_12_with_a_balance_it_is_a_reading_too() -> None:
    """The balance seen after the top-up stands, whatever the projection said."""
    after = topped_up(build_case(), _entry("300"), _entry("310", name="rea_whole"), NOV_24)
    assert covered(after, NOV_24) is True
    assert after.standing.dealt_with is None


@pytest.mark.parametrize("names", [("rea_1", "rea_2"), ("rea_2", "rea_1")])
def test_rule_12_the_balance_seen_includes_the_top_up(names: tuple[str, str]) -> None:
    """Whichever id is the smaller, what was paid in is not added to the balance seen after it."""
    paid, seen = _entry("300", name=names[0]), _entry("310", name=names[1])
    clock = read(topped_up(_short(), paid, seen, NOV_24), NOV_24).balance
    assert clock is not None
    assert clock.projected == rubles("310")


def test_rule_12_its_day_may_be_past() -> None:
    """A top-up of Friday counts from Friday's end; one to come, and nothing paid, are refused."""
    after = topped_up(_short(), _entry("200", "2026-11-20"), None, NOV_24)
    assert after.readings[-1].on == day("2026-11-20")
    for wrong in (_entry("200", "2026-11-25"), _entry("0"), _entry("-5")):
        with pytest.raises(InvalidInput):
            topped_up(_short(), wrong, None, NOV_24)


def test_rule_12_without_a_renewal_it_only_adds() -> None:
    """A line without a renewal date has nothing to deal with."""
    case = build_case(None, read_at(NOV_10, "100"), standing=without_renewal())
    after = topped_up(case, _entry("50"), None, NOV_24)
    assert after.standing.renews_on is None
    clock = read(after, NOV_24).balance
    assert clock is not None
    assert clock.projected == rubles("150")


def test_rule_11_a_date_stands_at_its_end_and_today_now() -> None:
    """An earlier day's reading stands at that day's end, today's at the moment of entry."""
    days = ("2026-11-20", "2026-11-24")
    cases = [record(build_case(), ReadingKind.READING, _entry("50", on), NOV_24) for on in days]
    past, today = (case.readings[-1] for case in cases)
    assert moscow("2026-11-20 23:59") < past.at < moscow("2026-11-21")
    assert (today.at, today.on) == (NOV_24, day("2026-11-24"))


def test_rule_11_a_reading_of_d_is_after_its_fee() -> None:
    """350 were there, the fee was taken on D, 20 are read for D: 20 it is."""
    rolled = settle(build_case(None, read_at(NOV_10, "350")), DEC_3)
    after = record(rolled, ReadingKind.READING, _entry("20", "2026-12-01"), DEC_3)
    clock = read(after, DEC_3).balance
    assert clock is not None
    assert clock.projected == rubles("20")


def test_rule_11_an_overdue_fee_is_still_to_be_charged() -> None:
    """Overdue and then 350 read: the fee is booked from them, and the line goes on."""
    after = record(_overdue(), ReadingKind.READING, _entry("350"), DEC_3)
    clock = read(after, DEC_3 + timedelta(minutes=1)).balance
    assert after.standing.renews_on == day("2027-01-01")
    assert clock is not None
    assert clock.projected == rubles("50")


def test_rule_11_a_reading_replaces_what_was_dealt_with() -> None:
    """Once the balance is known, it alone says whether D is covered."""
    dealt = topped_up(build_case(), _entry("100"), None, NOV_24)
    after = record(dealt, ReadingKind.READING, _entry("100", name="rea_2"), NOV_24)
    assert after.standing.dealt_with is None


def test_another_currency_is_refused() -> None:
    """A line is kept in one currency."""
    wrong = Entry(ReadingId("rea_1"), Money(5, "CNY"))
    with pytest.raises(InvalidInput, match="RUB"):
        record(build_case(), ReadingKind.READING, wrong, NOV_24)


def test_rule_23_a_use_starts_the_silence_anew() -> None:
    """The later of two uses counts, and none is to come."""
    case = used(build_case(), day("2026-11-20"), NOV_24)
    assert case.standing.last_active_on == day("2026-11-20")
    assert used(case, None, NOV_24).standing.last_active_on == day("2026-11-24")
    assert used(case, day("2026-11-01"), NOV_24).standing.last_active_on == day("2026-11-20")
    with pytest.raises(InvalidInput):
        used(case, day("2026-11-25"), NOV_24)


def test_rule_13_acknowledge_names_the_leading_clock() -> None:
    """Without a clock it is about the one that leads; twice is once."""
    case = acknowledge(_short(), None, NOV_24)
    assert set(case.standing.acknowledged) == {
        (RENEWAL, day("2026-12-01")),
        (BALANCE, day("2026-12-01")),
    }
    again = acknowledge(case, RENEWAL, NOV_24)
    assert len(again.standing.acknowledged) == 2


def test_rule_13_acknowledge_can_name_a_clock() -> None:
    """A named clock is meant, though another leads."""
    line = build_line(keep_alive=silent())
    case = build_case(line, standing=build_standing(last_active_on=day("2026-10-01")))
    assert acknowledge(case, INACTIVITY, NOV_24).standing.acknowledged == (
        (INACTIVITY, day("2026-12-30")),
    )
    with pytest.raises(Conflict):
        acknowledge(case, BALANCE, NOV_24)


def test_speaking_is_the_leading_clock_or_the_first() -> None:
    """A covered fee does not lead, but where it alone runs it is meant."""
    alone = build_case(build_line(period=None), read_at(NOV_10, "350"))
    assert speaking(read(alone, NOV_24)) is RENEWAL
    runs_out = build_case(None, *use_of_ten_a_day("2026-11-10", 100), standing=without_renewal())
    assert speaking(read(runs_out, NOV_10)) is BALANCE
    nothing = build_case(standing=without_renewal())
    assert speaking(read(nothing, NOV_24)) is None
    with pytest.raises(Conflict):
        acknowledge(nothing, None, NOV_24)


@pytest.mark.parametrize("days", [1, LONGEST_SNOOZE_DAYS])
def test_rule_13_snooze_from_tomorrow_to_a_fortnight(days: int) -> None:
    """Tomorrow and fourteen days on are both allowed."""
    until = day("2026-11-24") + timedelta(days=days)
    assert snooze(build_case(), until, NOV_24).standing.snoozed_until == until


@pytest.mark.parametrize("until", ["2026-11-23", "2026-11-24", "2026-12-09"])
def test_rule_13_no_snooze_beyond(until: str) -> None:
    """Today and fifteen days on are refused, with what would be right."""
    with pytest.raises(InvalidInput, match="2026-11-25 to 2026-12-08"):
        snooze(build_case(), day(until), NOV_24)


def test_rule_13_stop_and_resume() -> None:
    """Stopped until resumed; leads are owed from then on; nothing else can be resumed."""
    stopped = stop(snooze(build_case(), day("2026-11-25"), NOV_24), NOV_24)
    assert (stopped.standing.state, stopped.standing.snoozed_until) == (LineState.STOPPED, None)
    again = resume(stopped, DEC_3).standing
    assert again.state is LineState.ACTIVE
    assert again.renewal_since is not None
    assert again.renewal_since.day == day("2026-12-04")
    with pytest.raises(Conflict):
        resume(build_case(), NOV_24)


def test_rule_4_begin_owes_all_clocks_from_now() -> None:
    """At registration all three clocks start at the same instant."""
    started = begin(build_case(), NOV_24).standing
    assert started.renewal_since == started.balance_since == started.inactivity_since


def test_rule_8_a_period_that_is_over_is_refused() -> None:
    """A day whose whole period has passed is a slip of the pen, and moves nothing."""
    with pytest.raises(InvalidInput, match="over already"):
        renewed(build_case(by_owner()), day("2020-01-01"), FEE_ID, NOV_24)
