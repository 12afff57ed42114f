"""What a message says of one reminder, as plain values: the words are rendering's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reminder.domain.balance import last_reading
from reminder.domain.clocks import Clocks, Enough, asks_for_reading, enough_for
from reminder.domain.forecast import Longer, lacking, longer
from reminder.domain.foresight import one_by_one, schedule
from reminder.domain.ids import ReminderId
from reminder.domain.line import ChargedBy, Clock, Line, LineState
from reminder.domain.look import Due, Known, Look, look_at
from reminder.domain.money import Money
from reminder.domain.quick import quick
from reminder.domain.settle import next_turn

HORIZONS = (timedelta(days=8), timedelta(days=40), timedelta(days=400))
"""How far to look for the next message: mostly a month is enough, and a year costs ten times it."""


@quick
@dataclass(frozen=True, slots=True)
class Notice:
    """One reminder of a message. ``deadline`` is the operator's civil date, ``days_left`` counts
    on the owner's calendar. ``also``: other clocks with this deadline; ``covered``: the fee is
    mentioned although it is there; ``seen``: the last balance a person stated, with its day.
    ``use`` is what the readings say is used a day, ``for_two`` what carries two fees; ``down``: it
    is late because the service was not running. Of the balance clock ``lacking`` is what brings it
    back to the owner's floor, ``longer`` what makes it last longer."""

    id: ReminderId
    clock: Clock
    also: tuple[Clock, ...]
    deadline: date
    lead_days: int
    days_left: int
    late: bool
    missed: bool
    covered: bool
    line: Line
    clocks: Clocks
    seen: tuple[Money, date] | None
    asks_for_reading: bool
    next_due_at: datetime | None
    zone: str
    due_at: datetime
    use: Money | None = None
    for_two: Enough | None = None
    down: bool = False
    lacking: Money | None = None
    longer: Longer | None = None

    @property
    def short(self) -> Money | None:
        """What is missing for the fee, if this is about a fee and it is known."""
        return _short(self.clocks, self.deadline)


def notice(seen: Look, due: Due, reminder: ReminderId) -> Notice:
    """Say what is so now about a reminder that is due."""
    return notices([(seen, due, reminder)])[0]


def notices(those: Sequence[tuple[Look, Due, ReminderId]]) -> list[Notice]:
    """The same of many reminders, each step for all of them."""
    following = [next_due_at(seen, due) for seen, due, _ in those]
    for_two = [enough_for(seen.sight, 2) for seen, _, _ in those]
    return [
        _notice(*one, at, enough) for one, at, enough in zip(those, following, for_two, strict=True)
    ]


def _notice(
    seen: Look, due: Due, reminder: ReminderId, following: datetime | None, for_two: Enough | None
) -> Notice:
    case, sight = seen.case, seen.sight
    stated, use = last_reading(case.readings), sight.measured
    money = seen.clocks.balance if due.key.clock is Clock.BALANCE else None
    return Notice(
        id=reminder,
        clock=due.key.clock,
        also=due.also,
        deadline=due.key.deadline,
        lead_days=due.key.lead_days,
        days_left=(due.key.deadline - sight.today).days,
        late=due.late,
        missed=due.missed,
        covered=due.covered,
        line=case.line,
        clocks=seen.clocks,
        seen=(stated.money(case.line.currency), stated.on) if stated else None,
        asks_for_reading=asks_for_reading(sight),
        next_due_at=following,
        zone=case.ladder.days.zone_at(seen.now),
        due_at=due.due_at,
        use=Money.about(use, case.line.currency) if use is not None else None,
        for_two=for_two,
        lacking=lacking(case, money),
        longer=longer(case, seen.now, money),
    )


def next_due_at(seen: Look, due: Due | None = None) -> datetime | None:
    """When the next message about this line comes, ``due`` left out, if nobody does anything but
    meet its deadlines; the repeats of a deadline that stays open count. None: none is foreseen."""
    following = _following(seen, {due.key: ""} if due else {})
    first = min(seen.clocks.deadlines(), default=None)
    if following and (first is None or following <= seen.case.ladder.days.end(first)):
        return following  # no repeat comes before a deadline is over
    return min(filter(None, [following, *_repeats(seen)]), default=None)


def _following(seen: Look, known: Known) -> datetime | None:
    """The first message that is foreseen. What use takes under its floor shows only at a later
    turn of the line: there it is not enough to find one."""
    now = seen.now
    if not seen.sight.a_day:
        ahead = one_by_one(seen, known, now + HORIZONS[-1])
        return next((one.due_at for one in ahead if one.due_at > now), None)
    for horizon in HORIZONS:
        found = [d.due_at for d in schedule(seen, known, now + horizon) if d.due_at > now]
        if found:
            return min(found)
    return None


def _repeats(seen: Look) -> list[datetime]:
    """When an open deadline would be spoken of after its day, a snooze waited out."""
    case, now = seen.case, seen.now
    if case.standing.state is not LineState.ACTIVE:
        return []
    ahead = [d for d in seen.ahead if _is_of_another(d)] + _of_open_fee(seen)
    until = case.standing.snoozed_until
    held = case.ladder.moment(until) if until else now
    after = {-k for k in case.ladder.after_times}
    return [d.due_at for d in ahead if d.key.lead_days in after and d.due_at > max(now, held)]


def _is_of_another(due: Due) -> bool:
    """Whether another clock than the fee's is spoken of."""
    return due.key.clock is not Clock.RENEWAL or bool(due.also)


def _of_open_fee(seen: Look) -> list[Due]:
    """What is said of a fee that stays open: until the line goes on by itself."""
    overdue = seen.case.moved(overdue=True)
    goes_on = next_turn(overdue)
    if goes_on is None or not _stays_open(seen):
        return []
    return [d for d in look_at(overdue, seen.now).ahead if d.due_at <= goes_on]


def _stays_open(seen: Look) -> bool:
    """Whether the fee of D stays open over its day if nobody acts (rule 7)."""
    is_covered = seen.sight.cover()[0]
    by_owner = seen.case.line.charged_by is ChargedBy.OWNER
    return is_covered is False or (by_owner and not is_covered)


def most_urgent_first(notices: Iterable[Notice]) -> list[Notice]:
    """Passed deadlines first, then the earliest, then the largest shortfall (3a, rule 15)."""
    return sorted(notices, key=lambda n: urgency(n.clocks, n.deadline, n.days_left))


Urgency = tuple[date, date, int]


def urgency(clocks: Clocks, deadline: date, days_left: int) -> Urgency:
    """What reminders of one message are ordered by, the least first."""
    short = _short(clocks, deadline)
    return deadline if days_left >= 0 else date.min, deadline, -short.minor if short else 0


def _short(clocks: Clocks, deadline: date) -> Money | None:
    renewal = clocks.renewal
    return renewal.short if renewal is not None and renewal.on == deadline else None
