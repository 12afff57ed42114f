"""What the passing of a deadline does to a line (PRODUCT 3a, rules 7 and 9).

Only at the end of D, the owner's midnight after it, something happens: the line rolls on to its
next occurrence, or becomes overdue. An overdue line goes on by itself at its next occurrence's
first lead, or ends. All of it is computed from the line: a service that was down for months comes
to the same standing as one that ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.clocks import booking, covered
from reminder.domain.ids import ReadingId
from reminder.domain.leads import passed_now
from reminder.domain.line import ChargedBy, LineState, Passed, Since, Situation, since
from reminder.domain.schedule import DAY, next_occurrence
from reminder.domain.sight import fee_from_balance

MOST_TURNS = 2000


@dataclass(frozen=True, slots=True)
class Turn:
    """One deadline passed: the situation after it, and whether D was met (rolled on, nothing left
    to say about it) or left open (None: not known)."""

    case: Situation
    at: datetime
    met: bool | None


def next_turn(case: Situation) -> datetime | None:
    """The instant at which time alone changes the standing next; None if it never does."""
    deadline = case.standing.renews_on
    if deadline is None or case.standing.state is LineState.ENDED:
        return None
    over = case.ladder.days.end(deadline)
    if not case.standing.overdue:
        return over
    following = following_deadline(case)
    if following is None:
        last = deadline + timedelta(days=max(case.ladder.after_times, default=0))
        return max(case.ladder.days.end(last), case.ladder.moment(last))
    return max(over, case.ladder.moment(first_lead_day(case, following)))


def following_deadline(case: Situation, after: date | None = None) -> date | None:
    """The occurrence after D (and after a given day), or None for a line without a period."""
    standing, period = case.standing, case.line.period
    if period is None or standing.anchor is None or standing.renews_on is None:
        return None
    last = max(standing.renews_on, after) if after else standing.renews_on
    return next_occurrence(standing.anchor, period, last)


def first_lead_day(case: Situation, deadline: date) -> date:
    """The day on which the first message about a deadline falls due."""
    return deadline - timedelta(days=max(case.ladder.lead_times, default=0))


def turn(case: Situation, at: datetime) -> Turn:
    """Pass the deadline whose instant :func:`next_turn` named."""
    if case.standing.overdue:
        return _go_on(case, at)
    is_covered, deadline = covered(case, at), case.standing.renews_on
    dealt = case.standing.dealt_with == deadline
    by_hand = is_covered is None and case.line.charged_by is ChargedBy.OWNER
    if (by_hand or is_covered is False) and not dealt:
        return Turn(case.moved(overdue=True), at, met=None)
    if is_covered:
        case = _book(case, at)
    if is_covered or dealt:
        return Turn(roll(case, at, unconfirmed=False), at, met=True)
    onward = roll(case, at, unconfirmed=True)
    return Turn(onward.moved(passed=_passed(case, at)), at, met=None)


def _passed(case: Situation, at: datetime) -> Passed | None:
    deadline = case.standing.renews_on
    return passed_now(case, deadline, at) if deadline else None


def _book(case: Situation, at: datetime) -> Situation:
    entry = ReadingId(f"fee:{case.line.id}:{case.standing.renews_on}")
    booked = booking(case, at, entry)
    if booked is None:
        return case
    case = case.with_reading(booked)
    active = max(filter(None, [case.standing.last_active_on, booked.on]))
    return case.moved(last_active_on=active) if case.standing.last_active_on else case


def roll(
    case: Situation, at: datetime, *, unconfirmed: bool, after: date | None = None
) -> Situation:
    """Go to the next occurrence; without a period the clock ends. Leads are owed from ``at`` on."""
    following = following_deadline(case, after)
    return case.moved(
        renews_on=following,
        anchor=case.standing.anchor if following else None,
        overdue=False,
        unconfirmed=unconfirmed and following is not None,
        dealt_with=None,
        passed=None,
        renewal_since=since(case.ladder, at),
    )


def _go_on(case: Situation, at: datetime) -> Turn:
    following, passed = following_deadline(case), _passed(case, at)
    if following is None:
        return Turn(_end(case).moved(passed=passed), at, met=None)
    onward = roll(case, at, unconfirmed=True).moved(passed=passed)
    if fee_from_balance(case) is not None and case.readings:
        today = case.ladder.days.of(at)
        entry = ReadingId(f"unknown:{case.line.id}:{case.standing.renews_on}")
        onward = onward.with_reading(Reading(entry, ReadingKind.UNKNOWN, at, today, at, 0))
    first = first_lead_day(case, following)
    start = onward.standing.renewal_since
    day = max(first, start.day) if start and case.ladder.moment(first) < at else first
    return Turn(onward.moved(renewal_since=Since(day, at)), at, met=None)


def _end(case: Situation) -> Situation:
    """Nobody acted on a line without a period: its renewal clock is over, and the line with it
    unless another clock still watches the number."""
    if case.line.keep_alive and case.standing.last_active_on:
        return case.moved(renews_on=None, anchor=None, overdue=False)
    return case.moved(state=LineState.ENDED)


def settle(case: Situation, now: datetime) -> Situation:
    """Pass every deadline up to ``now``."""
    for _ in range(MOST_TURNS):
        at = next_turn(case)
        if at is None or at > now:
            break
        case = turn(case, at).case
    return case


def catch_up(case: Situation, now: datetime) -> Situation:
    """After something was entered: an overdue line whose fee is covered now rolls on."""
    if not case.standing.overdue or covered(case, now) is not True:
        return case
    yesterday = case.ladder.days.of(now) - DAY
    return roll(_book(case, now), now, unconfirmed=False, after=yesterday)
