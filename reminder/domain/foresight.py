"""Every message to come, as if each deadline were met on its day (PRODUCT 3a, rule 24)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from reminder.domain.clocks import Clocks, covered, inactivity, read
from reminder.domain.line import Clock, LineState, Situation
from reminder.domain.plan import (
    COVERED,
    Due,
    Known,
    candidates,
    is_known,
    snooze_reminder,
    speaks_anyway,
)
from reminder.domain.schedule import DAY
from reminder.domain.settle import MOST_TURNS, next_turn, settle, turn


def schedule(case: Situation, known: Known, now: datetime, until: datetime) -> list[Due]:
    """Every message to come up to ``until``, as if each deadline were met on its day and nothing
    else were entered (rule 24): no repeats, covered ones by rule 6, oldest first."""
    return sorted(one_by_one(case, known, now, until), key=lambda d: d.due_at)


def one_by_one(
    case: Situation, known: Known, now: datetime, until: datetime, clocks: Clocks | None = None
) -> Iterator[Due]:
    """The same, each looked for when it is asked for: deadline after deadline. ``clocks`` are those
    of a line that is settled, where they were just read."""
    seen: Known = dict(known)
    case = settle(case, now)
    if case.standing.state is not LineState.ACTIVE:
        return
    snoozed = case.standing.snoozed_until
    woken = snooze_reminder(case, snoozed, now) if snoozed else None
    if woken and woken.due_at <= until and woken.key not in seen:
        seen[woken.key] = ""
        yield woken
    clocks = clocks or read(case, now)
    for _ in range(MOST_TURNS):
        at = _met_at(case, now)
        end = min(at, until) if at else until
        for due in candidates(case, clocks):
            is_lead = due.key.lead_days >= 0 and due.due_at <= until
            if is_lead and _is_due_by(case, due, end) and not is_known(due, clocks, seen):
                told = _foreseen(case, due, seen)
                if told is not None:
                    yield told
        if at is None or at > until:
            break
        case, now = _meet(case, at), max(now, at)
        clocks = read(case, now)


def _is_due_by(case: Situation, due: Due, end: datetime) -> bool:
    """Whether its moment has come by then; where the quiet hours take that past its day, the end of
    that day: D is met then, and what is said after it must be looked for before."""
    day = due.key.deadline - timedelta(days=due.key.lead_days)
    return due.due_at <= end or case.ladder.days.end(day) <= end


def _foreseen(case: Situation, due: Due, seen: Known) -> Due | None:
    """A reminder as it will be told, None where it will not be; either way it is seen."""
    is_covered = due.key.clock is Clock.RENEWAL and covered(case, due.due_at) is True
    over = case.ladder.days.end(due.key.deadline)
    if is_covered and (due.due_at >= over or not speaks_anyway(case, due, seen)):
        seen[due.key] = COVERED
        return None
    seen[due.key] = ""
    snoozed = case.standing.snoozed_until
    if snoozed is not None and due.due_at < case.ladder.moment(snoozed):
        return None
    return replace(due, covered=True) if is_covered else due


def _met_at(case: Situation, now: datetime) -> datetime | None:
    """The end of the next D, of the renewal clock or of silence. A silence that is over was not met
    on its day and is not met later: of it nothing more is to come."""
    silence = _silence_over(case, now)
    ends = [next_turn(_open(case)), silence if silence and silence > now else None]
    return min((at for at in ends if at is not None), default=None)


def _open(case: Situation) -> Situation:
    """The line before anything was left open of its D."""
    return case.moved(overdue=False) if case.standing.overdue else case


def _silence_over(case: Situation, now: datetime) -> datetime | None:
    silent = inactivity(case, now)
    return case.ladder.days.end(silent.lost_on) if silent else None


def _meet(case: Situation, at: datetime) -> Situation:
    if at == _silence_over(case, at):
        case = case.moved(last_active_on=case.ladder.days.of(at) - DAY)
    if at == next_turn(_open(case)):
        case = turn(case.moved(overdue=False, dealt_with=case.standing.renews_on), at).case
    return case
