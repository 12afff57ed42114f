"""Every message to come, as if each deadline were met on its day (PRODUCT 3a, rule 24)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from reminder.domain.line import Clock, LineState, Situation
from reminder.domain.look import Due, Known, Look, is_known, look_at, settled
from reminder.domain.plan import COVERED, snooze_reminder, speaks_anyway
from reminder.domain.schedule import DAY
from reminder.domain.settle import MOST_TURNS, next_turn, turn


def schedule(seen: Look, known: Known, until: datetime) -> list[Due]:
    """Every message to come up to ``until``, as if each deadline were met on its day and nothing
    else were entered (rule 24): no repeats, covered ones by rule 6, oldest first."""
    return sorted(one_by_one(seen, known, until), key=lambda d: d.due_at)


def one_by_one(seen: Look, known: Known, until: datetime) -> Iterator[Due]:
    """The same, each looked for when it is asked for: deadline after deadline."""
    said, seen = dict(known), settled(seen)
    if seen.case.standing.state is not LineState.ACTIVE:
        return
    snoozed = seen.case.standing.snoozed_until
    woken = snooze_reminder(seen, snoozed) if snoozed else None
    if woken and woken.due_at <= until and woken.key not in said:
        said[woken.key] = ""
        yield woken
    for _ in range(MOST_TURNS):
        at = _met_at(seen)
        end = min(at, until) if at else until
        for due in seen.ahead:
            is_lead = due.key.lead_days >= 0 and due.due_at <= until
            if is_lead and _is_due_by(seen.case, due, end) and not is_known(due, seen.clocks, said):
                told = _foreseen(seen, due, said)
                if told is not None:
                    yield told
        if at is None or at > until:
            break
        seen = look_at(_meet(seen, at), max(seen.now, at))


def _is_due_by(case: Situation, due: Due, end: datetime) -> bool:
    """Whether its moment has come by then; where the quiet hours take that past its day, the end of
    that day: D is met then, and what is said after it must be looked for before."""
    day = due.key.deadline - timedelta(days=due.key.lead_days)
    return due.due_at <= end or case.ladder.days.end(day) <= end


def _foreseen(seen: Look, due: Due, said: Known) -> Due | None:
    """A reminder as it will be told, None where it will not be; either way it is said."""
    case = seen.case
    is_covered = due.key.clock is Clock.RENEWAL and seen.sight.cover_at(due.due_at) is True
    over = case.ladder.days.end(due.key.deadline)
    if is_covered and (due.due_at >= over or not speaks_anyway(case, due, said)):
        said[due.key] = COVERED
        return None
    said[due.key] = ""
    snoozed = case.standing.snoozed_until
    if snoozed is not None and due.due_at < case.ladder.moment(snoozed):
        return None
    return replace(due, covered=True) if is_covered else due


def _met_at(seen: Look) -> datetime | None:
    """The end of the next D, of the renewal clock or of silence. A silence that is over was not met
    on its day and is not met later: of it nothing more is to come."""
    silence = _silence_over(seen)
    ends = [_turn_if_met(seen), silence if silence and silence > seen.now else None]
    return min((at for at in ends if at is not None), default=None)


def _turn_if_met(seen: Look) -> datetime | None:
    """When the line turns next if nothing was left open of its D."""
    case = seen.case
    return next_turn(case.moved(overdue=False)) if case.standing.overdue else seen.turns_at


def _silence_over(seen: Look) -> datetime | None:
    silent = seen.clocks.inactivity
    return seen.case.ladder.days.end(silent.lost_on) if silent else None


def _meet(seen: Look, at: datetime) -> Situation:
    case = seen.case
    if at == _silence_over(seen):
        case = case.moved(last_active_on=case.ladder.days.of(at) - DAY)
    if at == _turn_if_met(seen):
        case = turn(case.moved(overdue=False, dealt_with=case.standing.renews_on), at).case
    return case
