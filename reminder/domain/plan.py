"""Which reminders a line is owed, and when it is to be looked at next (PRODUCT 3a, rules 2 to 14,
19, 20).

What was owed while nobody looked is judged in one go: per clock only the latest moment is sent, the
others are superseded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from reminder.domain.clocks import Clocks, falls_on, read
from reminder.domain.leads import leads_of
from reminder.domain.line import Clock, Ladder, LineState, Situation, WhenCovered
from reminder.domain.look import (
    CLOCKS,
    Due,
    Key,
    Known,
    Look,
    is_settled,
    look_at,
    look_until_turns,
    named,
    oldest_first,
    speaks,
    unknown,
)
from reminder.domain.quick import quick
from reminder.domain.settle import MOST_TURNS, turn

LATE_AFTER = timedelta(hours=1)
SUPERSEDED = "superseded"
COVERED = "covered"


@quick
@dataclass(frozen=True, slots=True)
class Owed:
    """What a look at a line found: the line as it stands now, the reminders to send, and those
    that are not sent, with the reason; the look itself."""

    case: Situation
    send: tuple[Due, ...]
    skip: tuple[tuple[Due, str], ...]
    seen: Look


def owed(case: Situation, known: Known, now: datetime) -> Owed:
    """What falls due up to ``now`` that is not ``known``, as deadlines pass in between."""
    (seen,) = look_until_turns([case], now)
    return owed_of(seen, known, now)


def owed_of(seen: Look, known: Known, now: datetime) -> Owed:
    """:func:`owed` of a line that was looked at until now or its next turn."""
    found: list[Due] = []
    for _ in range(MOST_TURNS):
        held = {*known, *(d.key for d in found)} if found else known
        fresh = [d for d in seen.ahead if d.due_at <= seen.now]
        found += unknown(fresh, seen.clocks, held)
        if seen.turns_at is None or seen.turns_at > now:
            break
        passed = turn(seen.case, seen.turns_at)
        if passed.met:
            found = [d for d in found if d.key.clock is not Clock.RENEWAL]
        (seen,) = look_until_turns([passed.case], now)
    if seen.case.standing.state is LineState.STOPPED:
        return Owed(seen.case, (), tuple((d, "stopped") for d in found), seen)
    return _judge_found(seen, found, known, now)


def _judge_found(seen: Look, found: list[Due], known: Known, now: datetime) -> Owed:
    case, clocks = seen.case, seen.clocks
    until = case.standing.snoozed_until
    if until is not None:
        if now < case.ladder.moment(until):
            return Owed(case, (), (), seen)
        woken = snooze_reminder(seen, until)
        case = case.moved(snoozed_until=None)
        if woken and woken.key not in known:
            found = [d for d in found if d.key != woken.key] + [woken]
    send: list[Due] = []
    skip: list[tuple[Due, str]] = []
    for *earlier, due in _by_clock(found):
        skip += [(d, SUPERSEDED) for d in earlier]
        judged = _stamped(due, clocks, now)
        if not _is_of_covered_fee(clocks, judged):
            send.append(judged)
        elif until is not None or speaks_anyway(case, judged, known):
            send.append(replace(judged, covered=True))
        else:
            skip.append((judged, COVERED))
    return Owed(case, tuple(send), tuple(skip), seen)


def _by_clock(found: list[Due]) -> list[list[Due]]:
    """What is owed by each clock in turn, oldest moment first."""
    if len(found) == 1:
        return [found]
    of_each = ([d for d in found if d.key.clock is clock] for clock in CLOCKS)
    return [sorted(mine, key=oldest_first) for mine in of_each if mine]


def _stamped(due: Due, clocks: Clocks, now: datetime) -> Due:
    current = clocks.deadline(due.key.clock)
    low = clocks.balance.low_on if clocks.balance else None
    late, missed = now - due.due_at > LATE_AFTER, due.key.deadline not in {current, low}
    return replace(due, late=late, missed=missed) if late or missed else due


def comes_late(due: Due, left: datetime, reader: Ladder, now: datetime) -> bool:
    """Whether what was planned in time comes late (rule 5): on a later day, by its reader's
    calendar, than it was to leave, and more than an hour after that. Within a day it stays as it
    is, so that a retry has the same bytes (rule 16). ``left`` is when its message was to leave,
    after the reader's quiet hours; one that was asked for days after the reminder's own moment, in
    place of another or by hand, is late all the same."""
    if now - due.due_at <= LATE_AFTER:
        return False
    meant = min(left, reader.moment_after(due.due_at + LATE_AFTER))
    return now - meant > LATE_AFTER and reader.days.of(now) > reader.days.of(meant)


def _is_of_covered_fee(clocks: Clocks, due: Due) -> bool:
    renewal = clocks.renewal
    about_fee = due.key.clock is Clock.RENEWAL and not due.missed
    return about_fee and renewal is not None and renewal.covered is True


def speaks_anyway(case: Situation, due: Due, known: Known) -> bool:
    """Whether a covered fee's reminder is sent: for another clock's sake, or to mention it."""
    if any(due.key.lead_days in leads_of(case, clock) for clock in due.also):
        return True
    return _mentions(case, due.key, known)


def _mentions(case: Situation, key: Key, known: Known) -> bool:
    """Whether a covered renewal is spoken of at this lead: autopay's once a period, at the first
    lead that falls due (rules 6 and 27)."""
    match WhenCovered.ONCE if case.line.autopay else case.ladder.when_covered:
        case WhenCovered.ALWAYS:
            return True
        case WhenCovered.NEVER:
            return False
        case WhenCovered.ONCE:
            said = {k.deadline for k, why in known.items() if k.clock is key.clock and not why}
            return key.deadline not in said


def snooze_reminder(seen: Look, until: date) -> Due | None:
    """The one message at the end of a snooze: of the leading clock, else of the first that runs."""
    clocks = seen.clocks
    running = [c for c in Clock if clocks.deadline(c)]
    clock = clocks.leading or (running[0] if running else None)
    if clock is Clock.BALANCE and clocks.renewal and not speaks(clocks, clock):
        clock = Clock.RENEWAL
    deadline = clocks.deadline(clock) if clock else None
    if clock is None or deadline is None:
        return None
    lead = (deadline - until).days
    return Due(Key(clock, deadline, lead), seen.case.ladder.moment(until))


def told_now(case: Situation, now: datetime) -> Due | None:
    """A reminder that somebody asks for now, of today's date: its key leaves the ladder's own
    leads alone, unless today is the day of one. None: there is nothing to say."""
    seen = look_at(case, now)
    due = snooze_reminder(seen, seen.sight.today)
    if due is None:
        return None
    first, also = named(seen.clocks, due.key.clock, due.key.deadline)
    due = Due(due.key._replace(clock=first), now, also)
    return replace(due, covered=_is_of_covered_fee(seen.clocks, due))


def wake_at(case: Situation, known: Known, now: datetime) -> datetime | None:
    """The next instant after ``now`` at which this line must be looked at; None: never."""
    return wake_after(look_at(case, now), case, known)


def wake_after(seen: Look, case: Situation, known: Known) -> datetime | None:
    """:func:`wake_at` for a line that was just looked at and came to ``case``; what it was owed is
    among the known."""
    state, snoozed = case.standing.state, case.standing.snoozed_until
    if state is LineState.ENDED:
        return None
    if snoozed is not None:
        return _first(seen.turns_at, case.ladder.moment(snoozed))
    if state is not LineState.ACTIVE:
        return seen.turns_at
    due = next(unknown(seen.ahead, seen.clocks, known), None)
    at = _first(seen.turns_at, due.due_at) if due else seen.turns_at
    return _first(at, _fall_at(seen))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _fall_at(seen: Look) -> datetime | None:
    """The moment of the day on which use takes the balance to its floor: told without a lead, also
    beside a fee that is open."""
    money = seen.clocks.balance
    if money is None or money.projected is None:
        return None
    days = (money.runs_out_on, falls_on(seen.sight))
    found = [seen.case.ladder.moment(day) for day in days if day is not None]
    return min([moment for moment in found if moment > seen.now], default=None)


def moot(
    case: Situation, due: Due, planned_at: datetime, now: datetime, clocks: Clocks | None = None
) -> str | None:
    """Why a planned reminder need not be sent any more, judged before every try (rule 14).
    ``clocks`` are the line's, where they were just read."""
    standing = case.standing
    if standing.state is LineState.STOPPED:
        return "stopped"
    if standing.snoozed_until is not None and now < case.ladder.moment(standing.snoozed_until):
        return "snoozed"
    if is_settled(case, due.key.clock, due.key.deadline):
        return "acknowledged"
    if due.missed or _was_missed(case, due.key):
        return "acted" if standing.acted_at and standing.acted_at > planned_at else None
    if standing.state is LineState.ENDED:
        return None if standing.renews_on == due.key.deadline else "ended"
    return _overtaken(clocks or read(case, now), due)


def _was_missed(case: Situation, key: Key) -> bool:
    """Whether the deadline was passed since, and not met: then it is told as passed (rule 5)."""
    passed = case.standing.passed
    return passed is not None and (key.clock, key.deadline) == (Clock.RENEWAL, passed.on)


def _overtaken(clocks: Clocks, due: Due) -> str | None:
    clock, deadline = due.key.clock, due.key.deadline
    low = clocks.balance.low_on if clocks.balance else None
    if deadline != clocks.deadline(clock) and not (clock is Clock.BALANCE and deadline == low):
        return "rolled on"
    renewal = clocks.renewal
    if clock is Clock.RENEWAL and renewal and renewal.covered and not due.covered and not due.also:
        return COVERED
    return None
