"""Which leads and repeats of a deadline are owed, and when each falls due (PRODUCT 3a, rules 2 to 4
and 9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from reminder.domain.line import Clock, Hours, Passed, Since, Situation
from reminder.domain.schedule import by_zone

STALE_LEAD = 45
LONGER_THAN_QUIET = timedelta(days=3)


def leads_of(case: Situation, clock: Clock) -> tuple[int, ...]:
    """The leads of a clock, in days."""
    if clock is not Clock.INACTIVITY:
        return case.ladder.lead_times
    keep = case.line.keep_alive
    stale = (STALE_LEAD,) if keep and keep.stale else ()
    return tuple(sorted({*case.ladder.inactivity_lead_times, *stale}, reverse=True))


Moments = tuple[tuple[int, datetime], ...]


def moments(case: Situation, clock: Clock, deadline: date, *, repeats: bool) -> Moments:
    """Each lead of a deadline that is owed, repeats too where they are asked for, and its moment:
    not before the owner could be written to once the deadline was entered."""
    start = _since(case, clock)
    leads = _owed_leads(case, clock, deadline)
    if repeats:
        leads += _left(tuple(-k for k in case.ladder.after_times), deadline, start)
    every, first = _on_their_days(deadline, leads, case.ladder.hours)
    if start is None or first is None:
        return every
    return _not_before(case, start.set_at, every, first)


@by_zone
def _on_their_days(
    deadline: date, leads: tuple[int, ...], hours: Hours
) -> tuple[Moments, datetime | None]:
    """Each lead with its moment, and the first of the moments."""
    every = tuple((lead, hours.moment(deadline - timedelta(days=lead))) for lead in leads)
    return every, min((moment for _, moment in every), default=None)


def passed_now(case: Situation, deadline: date, at: datetime) -> Passed:
    """The renewal deadline that is passed without being met, with the lead of a day gone by that
    the quiet hours hold back until after that instant: it is still to be said (rule 3)."""
    every = moments(case, Clock.RENEWAL, deadline, repeats=case.standing.overdue)
    last = deadline - case.ladder.days.of(at)
    held = [lead for lead, due_at in every if due_at > at and lead > last.days]
    return Passed(deadline, min(held, default=None))


def _since(case: Situation, clock: Clock) -> Since | None:
    match clock:
        case Clock.RENEWAL:
            return case.standing.renewal_since
        case Clock.BALANCE:
            return case.standing.balance_since
        case Clock.INACTIVITY:
            return case.standing.inactivity_since


def _left(leads: tuple[int, ...], deadline: date, start: Since | None) -> tuple[int, ...]:
    """The leads, or repeats, from ``start`` on."""
    if start is None:
        return leads
    room = (deadline - start.day).days
    return tuple([k for k in leads if k <= room])


def _owed_leads(case: Situation, clock: Clock, deadline: date) -> tuple[int, ...]:
    """The leads still to come; if none is left and the deadline was not past when it was entered,
    the last of those already past (rule 4)."""
    leads, start = leads_of(case, clock), _since(case, clock)
    left = _left(leads, deadline, start)
    if left or start is None or deadline < case.ladder.days.of(start.set_at):
        return left
    return (min(leads),) if leads else ()


def _not_before(case: Situation, set_at: datetime, every: Moments, first: datetime) -> Moments:
    """Moments, or when the owner could first be written to after an instant where that is later:
    farther than quiet hours reach, and without trips, it need not be looked at."""
    if not case.ladder.days.trips and first > set_at + LONGER_THAN_QUIET:
        return every
    earliest = case.ladder.moment_after(set_at)
    return tuple((lead, max(moment, earliest)) for lead, moment in every)
