"""Which reminders a line is owed, and when each is due (PRODUCT 3a, rules 2 to 14, 19, 20).

A reminder is line + clock + deadline + lead; its key never comes twice. Leads are days before the
deadline, repeats after it are negative leads. What was owed while nobody looked is judged in one
go: per clock only the latest moment is sent, the others are superseded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from reminder.domain.clocks import Clocks, falls_on, read
from reminder.domain.leads import Moments, leads_of, moments
from reminder.domain.line import Clock, LineState, Since, Situation, WhenCovered
from reminder.domain.quick import quick
from reminder.domain.settle import MOST_TURNS, next_turn, turn

LATE_AFTER = timedelta(hours=1)
BY_USE = frozenset({"burn_rate", "daily_fee"})
CLOCKS = tuple(Clock)
DUES_KEPT = 4096
_due_at = attrgetter("due_at")
SUPERSEDED = "superseded"
COVERED = "covered"


class Key(NamedTuple):
    """What makes a reminder of one line itself, for ever."""

    clock: Clock
    deadline: date
    lead_days: int


@quick
@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose moment is known. ``also``: the clocks with the same deadline that it names
    too; ``covered``: it mentions a covered fee; ``missed``: its deadline was passed unannounced."""

    key: Key
    due_at: datetime
    also: tuple[Clock, ...] = ()
    covered: bool = False
    late: bool = False
    missed: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Owed:
    """What a look at a line found: the line as it stands now, the reminders to send, and those
    that are not sent, with the reason; its clocks, every reminder of its deadlines, and when time
    alone changes it next."""

    case: Situation
    send: tuple[Due, ...]
    skip: tuple[tuple[Due, str], ...]
    clocks: Clocks
    ahead: tuple[Due, ...]
    turns_at: datetime | None


Known = dict[Key, str]
"""The reminders of a line that exist already, each with the reason it was skipped for, or ""."""


def _of_deadline(
    case: Situation, clocks: Clocks, clock: Clock, deadline: date, *, repeats: bool
) -> tuple[Due, ...]:
    if _is_settled(case, clock, deadline):
        return ()
    first, also = _named(clocks, clock, deadline)
    return _dues(first, also, deadline, moments(case, clock, deadline, repeats=repeats))


@lru_cache(maxsize=DUES_KEPT)
def _dues(first: Clock, also: tuple[Clock, ...], deadline: date, every: Moments) -> tuple[Due, ...]:
    """Oldest moment first; kept, because most lines of one deadline have the same."""
    found = [Due(Key(first, deadline, lead), due_at, also) for lead, due_at in every]
    return tuple(sorted(found, key=_due_at))


def _last_word(case: Situation) -> tuple[Due, ...]:
    """What the quiet hours hold back past the end of a deadline that was not met: it is still said
    (rule 3), unless somebody acted since."""
    standing = case.standing
    passed, start, acted = standing.passed, standing.renewal_since, standing.acted_at
    if passed is None or passed.lead is None or start is None:
        return ()
    if (acted and acted > start.set_at) or _is_settled(case, Clock.RENEWAL, passed.on):
        return ()
    due_at = case.ladder.moment_after(start.set_at)
    return (Due(Key(Clock.RENEWAL, passed.on, passed.lead), due_at),)


def _of_balance(case: Situation, clocks: Clocks) -> tuple[Due, ...]:
    """The balance clock's own: falling under the floor, and what use alone empties (rule 10)."""
    money, start = clocks.balance, case.standing.balance_since
    if money is None:
        return ()
    found: tuple[Due, ...] = ()
    if money.low_on is not None:
        moment = case.ladder.moment(money.low_on)
        if money.told_at is not None:
            moment = case.ladder.next_moment(money.told_at)
        if not _is_settled(case, Clock.BALANCE, money.low_on):
            first, also = _named(clocks, Clock.BALANCE, money.low_on)
            found = (Due(Key(first, money.low_on, 0), moment, also),)
        if start is not None and money.low_on >= start.day:
            start = Since(money.low_on + timedelta(days=1), start.set_at)
            case = case.moved(balance_since=start)
    if money.runs_out_on is not None and money.basis in BY_USE:
        found += _of_deadline(case, clocks, Clock.BALANCE, money.runs_out_on, repeats=True)
    return found


def candidates(case: Situation, clocks: Clocks) -> tuple[Due, ...]:
    """Every reminder of the deadlines that stand now, whether its moment has come or not, oldest
    moment first; clocks with one deadline are one (rule 19), acknowledged ones are left out. A
    line that ended has none (rule 9)."""
    if case.standing.state is LineState.ENDED:
        return ()
    fee: tuple[Due, ...] = ()
    if clocks.renewal:
        on, repeats = clocks.renewal.on, clocks.renewal.overdue
        fee = _of_deadline(case, clocks, Clock.RENEWAL, on, repeats=repeats)
    others = _of_balance(case, clocks)
    if clocks.inactivity:
        lost_on = clocks.inactivity.lost_on
        others += _of_deadline(case, clocks, Clock.INACTIVITY, lost_on, repeats=True)
    before = _last_word(case)
    return _once(before + fee + others) if before or others else fee


def _once(dues: Iterable[Due]) -> tuple[Due, ...]:
    """Each key's first, oldest moment first."""
    by_key: dict[Key, Due] = {}
    for due in dues:
        by_key.setdefault(due.key, due)
    return tuple(sorted(by_key.values(), key=_due_at))


def _is_settled(case: Situation, clock: Clock, deadline: date) -> bool:
    """Whether a person has dealt with that clock's deadline."""
    standing = case.standing
    if standing.acknowledged and (clock, deadline) in standing.acknowledged:
        return True
    return clock is Clock.RENEWAL and deadline == standing.dealt_with


def _named(clocks: Clocks, clock: Clock, deadline: date) -> tuple[Clock, tuple[Clock, ...]]:
    """One reminder for clocks with one deadline: the first of them, and the others it names."""
    same = clocks.with_deadline(deadline)
    if same == (clock,):
        return clock, ()
    first = same[0] if clock in same else clock
    return first, tuple(c for c in same if c is not first and _speaks(clocks, c))


def is_known(due: Due, clocks: Clocks, known: Collection[Key]) -> bool:
    """Whether it was planned already, perhaps under another clock that had the same deadline then.
    A fall under the owner's floor has only itself."""
    if not known:
        return False
    is_fall = clocks.balance is not None and due.key.deadline == clocks.balance.low_on
    if is_fall and due.key.clock is Clock.BALANCE:
        return due.key in known
    _, deadline, lead = due.key
    return any((clock, deadline, lead) in known for clock in CLOCKS)


def unknown(dues: Iterable[Due], clocks: Clocks, known: Collection[Key]) -> Iterator[Due]:
    """Those that were not planned already (:func:`is_known`)."""
    if not known:
        return iter(dues)
    said = {key[1:] for key in known}
    return (d for d in dues if d.key[1:] not in said or not is_known(d, clocks, known))


def _speaks(clocks: Clocks, clock: Clock) -> bool:
    """Whether a clock with the same deadline has words of its own to add."""
    return clock is not Clock.BALANCE or bool(clocks.balance and clocks.balance.basis != "fee")


def owed(case: Situation, known: Known, now: datetime) -> Owed:
    """What falls due up to ``now`` that is not ``known``, as deadlines pass in between."""
    found: list[Due] = []
    look = _look(case, now)
    for _ in range(MOST_TURNS):
        held = {*known, *(d.key for d in found)} if found else known
        fresh = [d for d in look.ahead if d.due_at <= look.until]
        found += unknown(fresh, look.clocks, held)
        if look.turns_at is None or look.turns_at > now:
            break
        passed = turn(case, look.turns_at)
        if passed.met:
            found = [d for d in found if d.key.clock is not Clock.RENEWAL]
        case = passed.case
        look = _look(case, now)
    if case.standing.state is LineState.STOPPED:
        return Owed(case, (), tuple((d, "stopped") for d in found), *look.seen)
    return _judge_found(case, found, known, look, now)


class _Look(NamedTuple):
    """A line's clocks ``until`` now, or until it turns, the reminders of its deadlines, and when it
    turns next."""

    clocks: Clocks
    ahead: tuple[Due, ...]
    until: datetime
    turns_at: datetime | None

    @property
    def seen(self) -> tuple[Clocks, tuple[Due, ...], datetime | None]:
        """What of it still holds once nothing turns any more."""
        return self.clocks, self.ahead, self.turns_at


def _look(case: Situation, now: datetime) -> _Look:
    at = next_turn(case)
    until = now if at is None or at > now else at
    clocks = read(case, until)
    return _Look(clocks, candidates(case, clocks), until, at)


def _judge_found(
    case: Situation, found: list[Due], known: Known, look: _Look, now: datetime
) -> Owed:
    until, clocks = case.standing.snoozed_until, look.clocks
    if until is not None:
        if now < case.ladder.moment(until):
            return Owed(case, (), (), *look.seen)
        woken = snooze_reminder(case, until, now)
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
    return Owed(case, tuple(send), tuple(skip), *look.seen)


def _by_clock(found: list[Due]) -> list[list[Due]]:
    """What is owed by each clock in turn, oldest moment first."""
    if len(found) == 1:
        return [found]
    of_each = ([d for d in found if d.key.clock is clock] for clock in CLOCKS)
    return [sorted(mine, key=_due_at) for mine in of_each if mine]


def _stamped(due: Due, clocks: Clocks, now: datetime) -> Due:
    current = clocks.deadline(due.key.clock)
    low = clocks.balance.low_on if clocks.balance else None
    late, missed = now - due.due_at > LATE_AFTER, due.key.deadline not in {current, low}
    return replace(due, late=late, missed=missed) if late or missed else due


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


def snooze_reminder(case: Situation, until: date, now: datetime) -> Due | None:
    """The one message at the end of a snooze: of the leading clock, else of the first that runs."""
    clocks = read(case, now)
    running = [c for c in Clock if clocks.deadline(c)]
    clock = clocks.leading or (running[0] if running else None)
    if clock is Clock.BALANCE and clocks.renewal and not _speaks(clocks, clock):
        clock = Clock.RENEWAL
    deadline = clocks.deadline(clock) if clock else None
    if clock is None or deadline is None:
        return None
    lead = (deadline - until).days
    return Due(Key(clock, deadline, lead), case.ladder.moment(until))


def told_now(case: Situation, now: datetime) -> Due | None:
    """A reminder that somebody asks for now, of today's date: its key leaves the ladder's own
    leads alone, unless today is the day of one. None: there is nothing to say."""
    due = snooze_reminder(case, case.ladder.days.of(now), now)
    if due is None:
        return None
    clocks = read(case, now)
    first, also = _named(clocks, due.key.clock, due.key.deadline)
    due = Due(due.key._replace(clock=first), now, also)
    return replace(due, covered=_is_of_covered_fee(clocks, due))


def wake_at(
    case: Situation, known: Known, now: datetime, clocks: Clocks | None = None
) -> datetime | None:
    """The next instant after ``now`` at which this line must be looked at; None: never. ``clocks``
    are the line's, where they were just read."""
    clocks = clocks or read(case, now)
    ahead = candidates(case, clocks)
    return wake_after(Owed(case, (), (), clocks, ahead, next_turn(case)), known, now)


def wake_after(found: Owed, known: Known, now: datetime) -> datetime | None:
    """:func:`wake_at` for a line that was just looked at; what it was owed is among the known."""
    case, clocks = found.case, found.clocks
    if case.standing.state is LineState.ENDED:
        return None
    if case.standing.snoozed_until is not None:
        return _first(found.turns_at, case.ladder.moment(case.standing.snoozed_until))
    if case.standing.state is not LineState.ACTIVE:
        return found.turns_at
    due = next(unknown(found.ahead, clocks, known), None)
    at = _first(found.turns_at, due.due_at) if due else found.turns_at
    return _first(at, _fall_at(case, clocks, now))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _fall_at(case: Situation, clocks: Clocks, now: datetime) -> datetime | None:
    """The moment of the day on which use takes the balance to its floor: told without a lead, also
    beside a fee that is open."""
    if clocks.balance is None or clocks.balance.projected is None:
        return None
    days = (clocks.balance.runs_out_on, falls_on(case, now))
    found = [case.ladder.moment(day) for day in days if day is not None]
    return min([moment for moment in found if moment > now], default=None)


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
    if _is_settled(case, due.key.clock, due.key.deadline):
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
