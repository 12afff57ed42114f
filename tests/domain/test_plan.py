"""Which reminders a line is owed, by the numbered rules of the product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from reminder.domain.acts import Entry, acknowledge, begin, record, resume, snooze, stop, topped_up
from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.ids import ReadingId
from reminder.domain.line import Line, LineState, Situation, WhenCovered
from reminder.domain.plan import (
    COVERED,
    SUPERSEDED,
    Due,
    Key,
    Known,
    candidates,
    moot,
    owed,
    schedule,
    wake_at,
)
from reminder.domain.clocks import read
from reminder.domain.schedule import DAY, Period, QuietHours
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

NOV_1 = moscow("2026-11-01 12:00")
NOV_10 = moscow("2026-11-10 12:00")
D = day("2026-12-01")
NIGHT = QuietHours(time(22), time(8))


class Planner:
    """Looks at one line as the engine does, and remembers what it sent."""

    def __init__(self, case: Situation) -> None:
        self.case = case
        self.known: Known = {}
        self.sent: list[tuple[datetime, Due]] = []

    def look(self, now: datetime) -> tuple[Due, ...]:
        found = owed(self.case, self.known, now)
        keys = [d.key for d in found.send] + [d.key for d, _ in found.skip]
        assert len(set(keys)) == len(keys)
        assert not self.known.keys() & set(keys)
        self.known |= {d.key: why for d, why in found.skip} | {d.key: "" for d in found.send}
        self.case = found.case
        self.sent += [(now, d) for d in found.send]
        return found.send

    def sleep_until(self, end: datetime, start: datetime = NOV_1) -> list[str]:
        """Look now and whenever a look is due, as the planner does; say what was sent."""
        now: datetime | None = start
        while now is not None and now <= end:
            self.look(now)
            following = wake_at(self.case, self.known, now)
            assert following is None or following > now
            now = following
        return self.said

    @property
    def said(self) -> list[str]:
        """Clock, deadline and lead of what was sent, as ``renewal 2026-12-01 7``."""
        return [f"{d.key.clock} {d.key.deadline} {d.key.lead_days}" for _, d in self.sent]


def _sent(case: Situation, end: str, start: datetime = NOV_1) -> list[str]:
    return Planner(case).sleep_until(moscow(end), start)


def _leads(deadline: str, *leads: int, clock: str = "renewal") -> list[str]:
    return [f"{clock} {deadline} {k}" for k in leads]


def _of(days: list[int], deadline: date = D) -> list[Key]:
    return [Key(RENEWAL, deadline, k) for k in days]


def _entry(amount: str) -> Entry:
    return Entry(ReadingId(f"rea_{amount}"), rubles(amount))


def _short(*, overdue: bool = False) -> Situation:
    return build_case(None, read_at(NOV_1, "100")).moved(overdue=overdue)


# --- moments


def test_rule_2_a_lead_is_due_at_its_time_on_its_date() -> None:
    """7, 3 and 1 days before D and on D itself, at 09:00 of the owner's zone."""
    planner = Planner(build_case())
    planner.sleep_until(moscow("2026-12-01 23:00"))
    assert [(now, d.due_at, d.key.lead_days) for now, d in planner.sent] == [
        (moscow(f"{on} 09:00"), moscow(f"{on} 09:00"), lead)
        for on, lead in [("2026-11-24", 7), ("2026-11-28", 3), ("2026-11-30", 1), ("2026-12-01", 0)]
    ]
    assert not any(d.late or d.missed for _, d in planner.sent)


def test_rule_2_the_zone_is_the_owners() -> None:
    """09:00 in Shanghai is 04:00 in Moscow."""
    planner = Planner(build_case(ladder=build_ladder(zone="Asia/Shanghai")))
    planner.sleep_until(moscow("2026-11-25"))
    assert [now for now, _ in planner.sent] == [moscow("2026-11-24 04:00")]


@pytest.mark.parametrize(("at", "moment"), [(time(6), "2026-11-24 08:00"), (time(23), "2026-11-25 08:00")])
def test_rule_3_due_at_is_the_moved_moment(at: time, moment: str) -> None:
    """A time in the quiet hours: the reminder is due at their end, in look and schedule alike."""
    case = build_case(ladder=build_ladder(at=at, quiet=NIGHT))
    planner = Planner(case)
    planner.sleep_until(moscow("2026-11-26"))
    assert [d.due_at for _, d in planner.sent] == [moscow(moment)]
    assert schedule(case, {}, NOV_1, moscow("2026-11-26"))[0].due_at == moscow(moment)
    assert not planner.sent[0][1].late


# --- rule 4


def test_rule_4_past_leads_are_not_made_up() -> None:
    """Registered five days before D: the lead of a week is not sent, the others are."""
    case = begin(build_case(), moscow("2026-11-26 12:00"))
    sent = _sent(case, "2026-12-01 12:00", moscow("2026-11-26 12:00"))
    assert sent == _leads("2026-12-01", 3, 1, 0)


@pytest.mark.parametrize("leads", [(7, 3), (3, 7), (7, 3, 1, 0)])
def test_rule_4_none_left_sends_the_last_at_once(leads: tuple[int, ...]) -> None:
    """Registered on D after its moment: the last of the past leads goes at once, under its key."""
    now = moscow("2026-12-01 12:00")
    planner = Planner(begin(build_case(ladder=build_ladder(leads=leads)), now))
    sent = planner.look(now)
    assert [d.key for d in sent] == _of([min(leads)])
    assert not sent[0].late
    assert planner.look(now + timedelta(hours=1)) == ()


def test_rule_4_at_once_waits_for_the_morning() -> None:
    """Registered in the night: at once means at the end of the quiet hours."""
    now = moscow("2026-11-30 23:00")
    case = begin(build_case(ladder=build_ladder(leads=(7, 3), quiet=NIGHT)), now)
    assert Planner(case).look(now) == ()
    assert wake_at(case, {}, now) == moscow("2026-12-01 08:00")
    assert [d.key for d in Planner(case).look(moscow("2026-12-01 08:00"))] == _of([3])


def test_rule_4_a_lead_of_today_whose_moment_is_to_come_is_kept() -> None:
    """Registered at 08:00 a week before: the lead of 09:00 comes."""
    now = moscow("2026-11-24 08:00")
    assert _sent(begin(build_case(), now), "2026-11-25", now) == _leads("2026-12-01", 7)


def test_rule_4_nothing_is_made_up_of_a_past_d() -> None:
    """Resumed on the morning after D: no lead of D, and of its repeats only those to come."""
    stopped = stop(settled := build_case(by_owner()), NOV_1)
    assert settled.standing.state is LineState.ACTIVE
    now = moscow("2026-12-02 08:00")
    planner = Planner(stopped)
    planner.look(now)
    planner.case = resume(planner.case, now)
    planner.known = {}
    assert planner.sleep_until(moscow("2026-12-05"), now) == _leads("2026-12-01", -1, -3)


def test_rule_4_past_repeats_are_not_made_up() -> None:
    """An edit while overdue, five days after D: the next repeat is that of day seven."""
    now = moscow("2026-12-06 12:00")
    case = begin(build_case(by_owner()).moved(overdue=True), now)
    assert _sent(case, "2026-12-10", now) == _leads("2026-12-01", -7)


def test_rule_4_no_lead_times_no_reminders() -> None:
    """Who wants no leads gets none, also when registering late."""
    case = build_case(ladder=build_ladder(leads=()))
    assert _sent(begin(case, NOV_1), "2026-12-01 12:00") == []


@pytest.mark.parametrize(
    ("at", "sent_at"),
    [(time(7), "2026-11-24 08:00"), (time(18), "2026-11-24 18:00"), (time(8), "2026-11-24 08:00")],
)
def test_rule_4_a_changed_time_keeps_what_was_owed(at: time, sent_at: str) -> None:
    """``at`` is changed at 08:00 of a lead's day: it goes at its new moment, at once if past."""
    now = moscow("2026-11-24 08:00")
    planner = Planner(begin(build_case(), NOV_10))
    planner.look(now)
    planner.case = replace(planner.case, ladder=build_ladder(at=at))
    planner.sleep_until(moscow("2026-11-24 20:00"), now)
    assert [(t, d.key.lead_days) for t, d in planner.sent] == [(moscow(sent_at), 7)]


def test_rule_4_a_changed_time_makes_nothing_up() -> None:
    """A lead past at registration does not come back by a later ``at``."""
    now = moscow("2026-11-24 12:00")
    case = replace(begin(build_case(), now), ladder=build_ladder(at=time(18)))
    assert _sent(case, "2026-11-25", now) == []


# --- rule 5


def test_rule_5_down_over_three_leads_sends_the_latest() -> None:
    """Down for ten days: one late message of the latest lead, the others superseded."""
    planner = Planner(build_case())
    planner.look(moscow("2026-11-20 12:00"))
    found = owed(planner.case, {}, moscow("2026-11-30 12:00"))
    assert [(d.key.lead_days, d.late, d.missed) for d in found.send] == [(1, True, False)]
    assert [(d.key.lead_days, why) for d, why in found.skip] == [(7, SUPERSEDED), (3, SUPERSEDED)]


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (60, False), (61, True)])
def test_rule_5_late_is_more_than_an_hour(minutes: int, late: bool) -> None:
    """An hour is not late, a minute more is."""
    now = moscow("2026-11-24 09:00") + timedelta(minutes=minutes)
    assert [d.late for d in Planner(build_case()).look(now)] == [late]


def test_rule_5_down_over_d_sends_the_repeat() -> None:
    """D has passed: the repeat of that day, and nothing else of the line."""
    sent = Planner(build_case(by_owner())).look(moscow("2026-12-05 12:00"))
    assert [(d.key, d.late) for d in sent] == [(Key(RENEWAL, D, -3), True)]


def test_rule_5_down_past_the_repeats_names_the_last_missed() -> None:
    """Repeats are over and the next first lead is not there: one late message of D."""
    sent = Planner(build_case(by_owner())).look(moscow("2026-12-20 12:00"))
    assert [(d.key, d.late) for d in sent] == [(Key(RENEWAL, D, -14), True)]


def test_rule_5_down_for_months_sends_one() -> None:
    """Four deadlines passed: one message, of the last moment, and the rest superseded."""
    found = owed(build_case(by_owner()), {}, moscow("2027-03-20 12:00"))
    assert [d.key for d in found.send] == [Key(RENEWAL, day("2027-03-01"), -14)]
    assert {why for _, why in found.skip} == {SUPERSEDED}


def test_rule_5_a_passed_d_that_is_not_known_is_named() -> None:
    """Nobody knows whether it was charged: one late message names the deadline missed."""
    sent = Planner(build_case()).look(moscow("2026-12-05 12:00"))
    assert [(d.key, d.missed, d.late) for d in sent] == [(Key(RENEWAL, D, 0), True, True)]


def test_rule_5_a_passed_d_that_was_covered_is_not_spoken_of() -> None:
    """The fee was there and the line rolled on while nobody looked: nothing is to be said."""
    assert Planner(build_case(None, read_at(NOV_1, "350"))).look(moscow("2026-12-05")) == ()


# --- rule 6


@pytest.mark.parametrize(
    ("when", "leads"),
    [(WhenCovered.ONCE, [7]), (WhenCovered.ALWAYS, [7, 3, 1, 0]), (WhenCovered.NEVER, [])],
)
def test_rule_6_covered_is_said_once_always_or_never(when: WhenCovered, leads: list[int]) -> None:
    """A covered renewal is mentioned as often as its owner wants, and says that it is covered."""
    case = build_case(None, read_at(NOV_1, "350"), ladder=build_ladder(when_covered=when))
    planner = Planner(case)
    planner.sleep_until(moscow("2026-12-01 23:00"))
    assert [d.key for _, d in planner.sent] == _of(leads)
    assert all(d.covered for _, d in planner.sent)
    assert {why for why in planner.known.values() if why} <= {COVERED}


def test_rule_6_uncovered_later_is_reminded() -> None:
    """Covered at seven days, a lower balance read at four: the lead of three comes."""
    planner = Planner(build_case(None, read_at(NOV_1, "350")))
    planner.look(moscow("2026-11-24 09:00"))
    now = moscow("2026-11-27 12:00")
    planner.case = record(planner.case, ReadingKind.READING, _entry("90"), now)
    planner.sleep_until(moscow("2026-12-01 12:00"), now)
    assert [(d.key.lead_days, d.covered) for _, d in planner.sent] == [
        (7, True),
        (3, False),
        (1, False),
        (0, False),
    ]


def test_rule_6_not_known_is_reminded_like_not_covered() -> None:
    """Null is reminded at every lead."""
    assert _sent(build_case(), "2026-12-01 12:00") == _leads("2026-12-01", 7, 3, 1, 0)


# --- rules 7 and 9


def test_rule_9_repeats_after_one_three_seven_and_fourteen_days() -> None:
    """Short: leads, then repeats while overdue, each once."""
    sent = _sent(_short(), "2026-12-24")
    assert sent == _leads("2026-12-01", 7, 3, 1, 0, -1, -3, -7, -14)


@pytest.mark.parametrize("line", [by_owner(), build_line()])
def test_rule_9_who_presses_nothing_is_reminded_each_month(line: Line) -> None:
    """Four months without a word: every month's leads come, of a line that went on by itself."""
    sent = _sent(build_case(line, read_at(NOV_1, "100")), "2027-03-31")
    for month in ("2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01"):
        assert [s for s in sent if month in s][:4] == _leads(month, 7, 3, 1, 0)


def test_rule_9_a_line_without_a_period_ends_after_its_repeats() -> None:
    """The repeats come, then the line is ended and nothing wakes it."""
    planner = Planner(build_case(by_owner(period=None)))
    sent = planner.sleep_until(moscow("2027-06-01"))
    assert sent == _leads("2026-12-01", 7, 3, 1, 0, -1, -3, -7, -14)
    assert planner.case.standing.state is LineState.ENDED
    assert wake_at(planner.case, planner.known, moscow("2027-06-01")) is None


def test_rule_9_repeats_stop_at_the_next_first_lead() -> None:
    """A fee each fortnight: repeats of days one and three, then the next D's leads."""
    sent = _sent(build_case(by_owner(period=Period(days=14))), "2026-12-12 12:00")
    assert sent[4:] == _leads("2026-12-01", -1, -3) + _leads("2026-12-15", 7, 3)


def test_rule_7_covered_in_the_end_needs_no_repeat() -> None:
    """Topped up after the last lead: D passes quietly, and January is spoken of when due."""
    planner = Planner(_short())
    planner.sleep_until(moscow("2026-12-01 10:00"))
    now = moscow("2026-12-01 12:00")
    planner.case = topped_up(planner.case, _entry("200"), None, now)
    planner.sleep_until(moscow("2026-12-26"), now)
    assert planner.said == _leads("2026-12-01", 7, 3, 1, 0) + _leads("2027-01-01", 7)


# --- rule 10


def _runs_out(amount: int = 400, **changes: object) -> Situation:
    """Ten a day, and so much on 10 November; no renewal."""
    line = build_line(**{"fee": None, "period": None, **changes})
    case = build_case(line, *use_of_ten_a_day("2026-11-10", amount), standing=without_renewal())
    return begin(case, NOV_10)


def test_rule_10_run_out_by_burn_rate_has_leads_and_repeats() -> None:
    """400 at ten a day are gone on 20 December: four leads, then repeats until somebody acts."""
    assert _sent(_runs_out(), "2027-03-01", NOV_10) == _leads(
        "2026-12-20", 7, 3, 1, 0, -1, -3, -7, -14, clock="balance"
    )


def test_rule_10_a_reading_under_the_floor_speaks_at_the_next_moment() -> None:
    """50 read at noon under a floor of 100: one message, tomorrow at 09:00, and no other."""
    line = build_line(fee=None, period=None, low_balance=rubles("100"))
    case = begin(build_case(line, standing=without_renewal()), NOV_1)
    case = record(case, ReadingKind.READING, _entry("50"), NOV_10)
    planner = Planner(case)
    planner.sleep_until(moscow("2027-02-01"), NOV_10)
    assert [(now, d.key) for now, d in planner.sent] == [
        (moscow("2026-11-11 09:00"), Key(BALANCE, day("2026-11-10"), 0))
    ]


@pytest.mark.parametrize("leads", [(7, 3, 1, 0), (7, 3)])
def test_rule_10_under_the_floor_then_by_leads_of_the_run_out_day(leads: tuple[int, ...]) -> None:
    """Use takes it under the floor on 11 December, and to nothing on the 20th: both are told."""
    case = replace(_runs_out(low_balance=rubles("100")), ladder=build_ladder(leads=leads))
    sent = _sent(case, "2026-12-20 12:00", NOV_10)
    zero = [k for k in leads if k != 7] if 0 not in leads else list(leads)
    assert f"balance 2026-12-11 {leads[0]}" in sent
    assert "balance 2026-12-11 0" in sent
    assert sent[-len(zero) :] == _leads("2026-12-20", *zero, clock="balance")


def test_rule_10_a_fee_that_runs_it_out_is_one_reminder() -> None:
    """Short for D: the renewal clock speaks, the balance clock does not repeat it."""
    assert {s.split()[0] for s in _sent(_short(), "2026-12-24")} == {"renewal"}


def test_rule_10_run_out_before_d_is_told_beside_the_fee() -> None:
    """Use empties it on 20 November, before the fee of December: both clocks speak."""
    case = begin(build_case(None, *use_of_ten_a_day("2026-11-10", 100)), NOV_10)
    sent = _sent(case, "2026-11-24 12:00", NOV_10)
    assert sent == [
        *_leads("2026-11-20", 7, 3, 1, 0, -1, -3, clock="balance"),
        *_leads("2026-12-01", 7),
    ]


def test_rule_10_topped_up_above_the_floor_is_silent() -> None:
    """A top-up before the next moment: the fall is not told."""
    line = build_line(fee=None, period=None, low_balance=rubles("100"))
    case = begin(build_case(line, standing=without_renewal()), NOV_1)
    low = record(case, ReadingKind.READING, _entry("50"), NOV_10)
    high = topped_up(low, _entry("500"), None, NOV_10 + timedelta(hours=1))
    assert _sent(high, "2026-12-24", NOV_10 + timedelta(hours=1)) == []


# --- rules 12 and 13


def test_rule_12_covered_now_stops_the_reminders_of_d() -> None:
    """Reminded once, then topped up: nothing more about this D."""
    planner = Planner(_short())
    planner.sleep_until(moscow("2026-11-24 10:00"))
    now = moscow("2026-11-25 12:00")
    planner.case = topped_up(planner.case, _entry("200"), None, now)
    assert planner.sleep_until(moscow("2026-12-02"), now) == _leads("2026-12-01", 7)


def test_rule_12_still_short_goes_on() -> None:
    """Half of it paid in: the remaining leads come."""
    planner = Planner(_short())
    planner.sleep_until(moscow("2026-11-24 10:00"))
    now = moscow("2026-11-25 12:00")
    planner.case = topped_up(planner.case, _entry("100"), None, now)
    sent = planner.sleep_until(moscow("2026-12-01 12:00"), now)
    assert sent == _leads("2026-12-01", 7, 3, 1, 0)


def test_rule_12_not_known_is_dealt_with_until_the_next() -> None:
    """Topped up an unknown balance: silent for this D, leads for the next."""
    now = moscow("2026-11-25 12:00")
    case = topped_up(build_case(), _entry("300"), None, now)
    assert _sent(case, "2026-12-26", now) == _leads("2027-01-01", 7)


def test_rule_13_acknowledged_ends_this_d_only() -> None:
    """Nothing more of this D, repeats included; the next D's leads come."""
    now = moscow("2026-11-25 12:00")
    case = acknowledge(build_case(by_owner()), RENEWAL, now)
    assert _sent(case, "2026-12-26", now) == _leads("2027-01-01", 7)


def test_rule_13_snooze_is_silent_and_then_says_what_is_so() -> None:
    """Snoozed to the 29th over the lead of three: one message at 09:00, then the usual leads."""
    planner = Planner(_short())
    planner.sleep_until(moscow("2026-11-24 10:00"))
    now = moscow("2026-11-25 12:00")
    planner.case = snooze(planner.case, day("2026-11-29"), now)
    planner.sleep_until(moscow("2026-12-01 12:00"), now)
    assert [(t, d.key.lead_days) for t, d in planner.sent[1:]] == [
        (moscow("2026-11-29 09:00"), 2),
        (moscow("2026-11-30 09:00"), 1),
        (moscow("2026-12-01 09:00"), 0),
    ]
    assert planner.known[Key(RENEWAL, D, 3)] == SUPERSEDED


def test_rule_13_a_snooze_onto_a_leads_day_is_one_message() -> None:
    """Snoozed until the day of a lead: that lead, once."""
    now = moscow("2026-11-25 12:00")
    case = snooze(_short(), day("2026-11-28"), now)
    assert _sent(case, "2026-11-29", now) == _leads("2026-12-01", 3)


def test_rule_13_a_snooze_says_that_it_is_covered_by_now() -> None:
    """What is so at the end of a snooze is said, also that nothing is missing."""
    now = moscow("2026-11-25 12:00")
    case = snooze(build_case(None, read_at(NOV_1, "350")), day("2026-11-29"), now)
    planner = Planner(case)
    planner.known[Key(RENEWAL, D, 7)] = ""
    planner.sleep_until(moscow("2026-11-29 12:00"), now)
    assert [(d.key.lead_days, d.covered) for _, d in planner.sent] == [(2, True)]


def test_rule_13_a_snooze_with_nothing_to_say_just_ends() -> None:
    """No clock runs any more: the end of the snooze is silent."""
    case = snooze(build_case(standing=without_renewal()), day("2026-11-11"), NOV_10)
    planner = Planner(case)
    assert planner.sleep_until(moscow("2026-12-01"), NOV_10) == []
    assert planner.case.standing.snoozed_until is None


def test_rule_13_a_snooze_over_d_speaks_of_what_is_overdue() -> None:
    """D passes in the snooze: at its end the line is overdue, and that is said."""
    now = moscow("2026-11-30 12:00")
    planner = Planner(snooze(_short(), day("2026-12-06"), now))
    planner.sleep_until(moscow("2026-12-08 12:00"), now)
    assert planner.said == _leads("2026-12-01", -5, -7)


def test_rule_13_stopped_says_nothing() -> None:
    """A stopped line is silent over D; what was passed over is kept as skipped."""
    planner = Planner(stop(build_case(by_owner()), NOV_10))
    assert planner.sleep_until(moscow("2026-12-24"), NOV_10) == []
    assert owed(planner.case, {}, moscow("2026-12-24")).send == ()
    assert {why for _, why in owed(planner.case, {}, moscow("2026-12-24")).skip} == {"stopped"}


def test_rule_13_resumed_speaks_of_what_is_to_come() -> None:
    """Resumed between two leads: the later one comes."""
    now = moscow("2026-11-27 12:00")
    case = resume(stop(build_case(), NOV_10), now)
    assert _sent(case, "2026-11-29", now) == _leads("2026-12-01", 3)


# --- rule 14


def _due(lead: int = 3, *, deadline: date = D, covered: bool = False, missed: bool = False) -> Due:
    return Due(Key(RENEWAL, deadline, lead), NOV_10, covered=covered, missed=missed)


@pytest.mark.parametrize(
    ("case", "due", "reason"),
    [
        (_short(), _due(), None),
        (stop(_short(), NOV_10), _due(), "stopped"),
        (snooze(_short(), day("2026-11-20"), NOV_10), _due(), "snoozed"),
        (acknowledge(_short(), RENEWAL, NOV_10), _due(), "acknowledged"),
        (_short().moved(dealt_with=D), _due(), "acknowledged"),
        (_short(), _due(deadline=day("2026-11-01")), "rolled on"),
        (build_case(standing=without_renewal()), _due(), "rolled on"),
        (build_case(None, read_at(NOV_1, "350")), _due(), COVERED),
        (build_case(None, read_at(NOV_1, "350")), _due(covered=True), None),
        (_short(), _due(covered=True), None),
        (_short(), _due(deadline=day("2026-11-01"), missed=True), None),
        (_short().moved(state=LineState.ENDED), _due(-14), None),
        (_short().moved(state=LineState.ENDED), _due(deadline=day("2026-11-01")), "ended"),
    ],
)
def test_rule_14_judged_again_before_every_try(case: Situation, due: Due, reason: str | None) -> None:
    """What is no longer true is taken out with its reason; what is still so is sent."""
    assert moot(case, due, NOV_10, NOV_10 + timedelta(hours=1)) == reason


@pytest.mark.parametrize(("minutes", "reason"), [(-5, None), (5, "acted")])
def test_rule_14_a_missed_deadline_somebody_dealt_with(minutes: int, reason: str | None) -> None:
    """A passed deadline is named unless something was done about the line since it was planned."""
    case = _short().moved(acted_at=NOV_10 + timedelta(minutes=minutes))
    due = _due(deadline=day("2026-11-01"), missed=True)
    assert moot(case, due, NOV_10, NOV_10 + timedelta(hours=1)) == reason


def test_rule_14_a_snooze_that_is_over_holds_nothing() -> None:
    """From the snooze's moment on the reminder may go."""
    case = snooze(_short(), day("2026-11-20"), NOV_10)
    assert moot(case, _due(), NOV_10, moscow("2026-11-20 09:00")) is None


def test_rule_14_a_fall_that_was_made_good() -> None:
    """Under the floor it stands, above it the reminder of the fall is moot."""
    line = build_line(fee=None, period=None, low_balance=rubles("100"))
    low = build_case(line, read_at(NOV_1, "50"), standing=without_renewal())
    due = Due(Key(BALANCE, day("2026-11-01"), 0), NOV_10)
    assert moot(low, due, NOV_1, NOV_10) is None
    high = topped_up(low, _entry("500"), None, NOV_10)
    assert moot(high, due, NOV_1, NOV_10 + timedelta(minutes=1)) == "rolled on"


# --- rules 19, 20, 22, 23, 27


def _both_on_d(amount: str = "100") -> Situation:
    """Lost to silence on the day of the fee: ninety days after 2 September."""
    line = build_line(keep_alive=silent())
    standing = build_standing(last_active_on=day("2026-09-02"))
    return build_case(line, read_at(moscow("2026-10-30"), amount), standing=standing)


def test_rule_19_two_clocks_on_one_day_are_one_reminder() -> None:
    """Renewal and silence end on 1 December: one reminder a lead, under renewal, naming both."""
    planner = Planner(_both_on_d())
    planner.sleep_until(moscow("2026-12-01 12:00"))
    assert planner.said == _leads("2026-12-01", 30, 7, 3, 1, 0)
    assert all(d.also == (INACTIVITY,) for _, d in planner.sent)


def test_rule_19_a_covered_fee_does_not_hide_the_other_clock() -> None:
    """The fee is covered, the silence is not: its leads come all the same."""
    planner = Planner(_both_on_d("350"))
    planner.sleep_until(moscow("2026-12-01 12:00"))
    assert planner.said == _leads("2026-12-01", 30, 7, 1)
    assert all(d.covered for _, d in planner.sent)


def test_rule_19_a_covered_fee_does_not_hide_the_run_out() -> None:
    """The last kopeck goes with a covered fee: what runs out that day is told at every lead."""
    readings = use_of_ten_a_day("2026-11-10", 505)
    planner = Planner(begin(build_case(None, *readings), NOV_10))
    planner.sleep_until(moscow("2026-12-01 12:00"), NOV_10)
    assert planner.said == _leads("2026-12-01", 7, 3, 1, 0)
    assert all(d.also == (BALANCE,) for _, d in planner.sent)


def test_rule_20_a_key_is_for_ever() -> None:
    """What is known is not planned again, whatever became of it."""
    known: Known = {Key(RENEWAL, D, 7): "", Key(RENEWAL, D, 3): SUPERSEDED}
    assert owed(build_case(), known, moscow("2026-11-29")).send == ()


def test_rule_22_a_daily_fee_runs_the_balance_out() -> None:
    """Ten a day and 300: gone on 10 December, by the balance clock's leads."""
    case = build_case(daily(), read_at(NOV_10, "300"), standing=without_renewal())
    assert _sent(begin(case, NOV_10), "2026-12-10 12:00", NOV_10) == _leads(
        "2026-12-10", 7, 3, 1, 0, clock="balance"
    )


@pytest.mark.parametrize(("stale", "leads"), [(False, [30, 7, 1]), (True, [45, 30, 7, 1])])
def test_rule_23_silence_has_leads_of_its_own(stale: bool, leads: list[int]) -> None:
    """30, 7 and 1 days before; one more, 45, where the rule was not checked for long."""
    line = build_line(keep_alive=silent(stale=stale))
    case = build_case(line, standing=without_renewal(last_active_on=day("2026-10-20")))
    sent = _sent(case, "2027-01-18 12:00")
    assert sent == _leads("2027-01-18", *leads, clock="inactivity")


def test_rule_23_silence_is_repeated_after_the_day() -> None:
    """The day passed unused: the repeats come, also to a planner that sleeps in between."""
    line = build_line(keep_alive=silent())
    case = build_case(line, standing=without_renewal(last_active_on=day("2026-10-20")))
    sent = _sent(case, "2027-06-01")
    assert sent[3:] == _leads("2027-01-18", -1, -3, -7, -14, clock="inactivity")


@pytest.mark.parametrize("line", [build_line(autopay=True), by_owner(autopay=True)])
def test_rule_27_autopay_is_one_message_a_period(line: Line) -> None:
    """At the longest lead, each month, and never overdue."""
    sent = _sent(build_case(line, read_at(NOV_10, "100")), "2027-02-15")
    assert sent == [s for d in ("2026-12-01", "2027-01-01", "2027-02-01") for s in _leads(d, 7)]


# --- rule 24


def test_rule_24_the_schedule_assumes_every_d_is_met() -> None:
    """Twelve months of leads, no repeats, though nobody has entered anything."""
    found = schedule(build_case(by_owner()), {}, NOV_1, moscow("2027-11-01"))
    assert [d.key.lead_days for d in found] == [7, 3, 1, 0] * 11 + [7, 3, 1]
    assert [d.due_at for d in found] == sorted(d.due_at for d in found)


def test_rule_24_covered_ones_by_rule_6() -> None:
    """700 pay for two months: covered ones are mentioned once, then the leads come."""
    found = schedule(build_case(None, read_at(NOV_1, "700")), {}, NOV_1, moscow("2027-02-02"))
    assert [(str(d.key.deadline), d.key.lead_days, d.covered) for d in found] == [
        ("2026-12-01", 7, True),
        ("2027-01-01", 7, True),
        *[("2027-02-01", k, False) for k in (7, 3, 1, 0)],
    ]


def test_rule_24_an_overdue_line_starts_with_its_next_leads() -> None:
    """No repeats: what comes next is the first lead of the next D."""
    known: Known = dict.fromkeys(_of([7, 3, 1, 0, -1]), "")
    case = build_case(by_owner()).moved(overdue=True)
    found = schedule(case, known, moscow("2026-12-03"), moscow("2026-12-26"))
    assert [d.key for d in found] == _of([7], day("2027-01-01"))


def test_rule_24_silence_is_met_on_its_day() -> None:
    """Used on the day it would be lost, the silence starts anew: three times in a year of 90s."""
    line = build_line(keep_alive=silent())
    case = build_case(line, standing=without_renewal(last_active_on=day("2026-10-20")))
    found = schedule(case, {}, NOV_1, moscow("2027-11-01"))
    assert [(str(d.key.deadline), d.key.lead_days) for d in found] == [
        (lost, lead)
        for lost in ("2027-01-18", "2027-04-18", "2027-07-17", "2027-10-15")
        for lead in (30, 7, 1)
    ]


def test_rule_24_a_snooze_hides_what_falls_in_it() -> None:
    """What a snooze holds back is not shown."""
    case = snooze(build_case(), day("2026-11-30"), moscow("2026-11-20 12:00"))
    found = schedule(case, {}, moscow("2026-11-20 12:00"), moscow("2026-12-02"))
    assert [d.key.lead_days for d in found] == [1, 0]


def test_rule_24_a_stopped_line_has_none() -> None:
    """Nothing is to come of a line that is stopped."""
    assert schedule(stop(build_case(), NOV_10), {}, NOV_10, moscow("2027-11-01")) == []


def test_rule_24_the_schedule_is_what_then_comes() -> None:
    """Where every D is covered, exactly the schedule is sent."""
    case = build_case(None, read_at(NOV_1, "9000"))
    end = moscow("2027-11-01")
    planner = Planner(case)
    planner.sleep_until(end)
    assert [d.key for d in schedule(case, {}, NOV_1, end)] == [d.key for _, d in planner.sent]


def test_candidates_are_in_the_order_of_their_moments() -> None:
    """The oldest moment comes first, whatever the order of the leads."""
    case = build_case(ladder=build_ladder(leads=(0, 3, 7)))
    found = candidates(case, read(case, NOV_10))
    assert [d.key.lead_days for d in found] == [7, 3, 0]
    assert found[0].due_at == moscow("2026-11-24 09:00")


def test_a_stopped_or_snoozed_line_wakes_for_its_turn() -> None:
    """Stopped: at the end of D. Snoozed: at the end of the snooze, if that is sooner."""
    case = build_case()
    assert wake_at(stop(case, NOV_10), {}, NOV_10) == moscow("2026-12-02")
    snoozed = snooze(case, day("2026-11-20"), NOV_10)
    assert wake_at(snoozed, {}, NOV_10) == moscow("2026-11-20 09:00")
    assert wake_at(build_case(standing=without_renewal()), {}, NOV_10) is None


