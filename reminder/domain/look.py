"""A line at one instant: its clocks, the reminders of the deadlines that stand, each with its
moment, and when time alone changes it next (PRODUCT 3a, rules 2 to 4, 9, 10, 19).

A reminder is line + clock + deadline + lead; its key never comes twice. Leads are days before the
deadline, repeats after it are negative leads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from reminder.domain.clocks import Clocks, read_from
from reminder.domain.leads import Moments, moments
from reminder.domain.line import Clock, LineState, Since, Situation
from reminder.domain.quick import quick
from reminder.domain.settle import next_turn, settle
from reminder.domain.sight import Sight

BY_USE = frozenset({"burn_rate", "daily_fee"})
CLOCKS = tuple(Clock)
DUES_KEPT = 4096
oldest_first = attrgetter("due_at")


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


Known = dict[Key, str]
"""The reminders of a line that exist already, each with the reason it was skipped for, or ""."""


@quick
@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of a line at an instant: its money, its clocks, every reminder of its deadlines,
    oldest moment first, and when time alone changes it next."""

    sight: Sight
    clocks: Clocks
    ahead: tuple[Due, ...]
    turns_at: datetime | None

    @property
    def case(self) -> Situation:
        """The line."""
        return self.sight.case

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.sight.now


def look_at(case: Situation, now: datetime) -> Look:
    """Look at a line."""
    return look_at_each([case], now)[0]


def look_at_each(cases: Sequence[Situation], now: datetime) -> list[Look]:
    """Look at many lines: each step for all of them, which takes two thirds of what it takes line
    after line, because a processor has at hand what it has just done."""
    return _looks(cases, [now] * len(cases), [next_turn(case) for case in cases])


def look_until_turns(cases: Sequence[Situation], now: datetime) -> list[Look]:
    """Look at lines now or, where one turned since, at the instant at which it did."""
    turns = [next_turn(case) for case in cases]
    until = [now if at is None or at > now else at for at in turns]
    return _looks(cases, until, turns)


def settled(seen: Look) -> Look:
    """The same line at that instant, with what time alone has changed by then."""
    if seen.turns_at is None or seen.turns_at > seen.now:
        return seen
    return look_at(settle(seen.case, seen.now), seen.now)


def _looks(
    cases: Sequence[Situation], moments: Iterable[datetime], turns: Sequence[datetime | None]
) -> list[Look]:
    sights = [Sight(case, moment) for case, moment in zip(cases, moments, strict=True)]
    clocks = [read_from(sight) for sight in sights]
    ahead = [candidates(case, read) for case, read in zip(cases, clocks, strict=True)]
    return [Look(*one) for one in zip(sights, clocks, ahead, turns, strict=True)]


def _of_deadline(
    case: Situation, clocks: Clocks, clock: Clock, deadline: date, *, repeats: bool
) -> tuple[Due, ...]:
    if is_settled(case, clock, deadline):
        return ()
    first, also = named(clocks, clock, deadline)
    return _dues(first, also, deadline, moments(case, clock, deadline, repeats=repeats))


@lru_cache(maxsize=DUES_KEPT)
def _dues(first: Clock, also: tuple[Clock, ...], deadline: date, every: Moments) -> tuple[Due, ...]:
    """Oldest moment first; kept, because most lines of one deadline have the same."""
    found = [Due(Key(first, deadline, lead), due_at, also) for lead, due_at in every]
    return tuple(sorted(found, key=oldest_first))


def _last_word(case: Situation) -> tuple[Due, ...]:
    """What the quiet hours hold back past the end of a deadline that was not met: it is still said
    (rule 3), unless somebody acted since."""
    standing = case.standing
    passed, start, acted = standing.passed, standing.renewal_since, standing.acted_at
    if passed is None or passed.lead is None or start is None:
        return ()
    if (acted and acted > start.set_at) or is_settled(case, Clock.RENEWAL, passed.on):
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
        if not is_settled(case, Clock.BALANCE, money.low_on):
            first, also = named(clocks, Clock.BALANCE, money.low_on)
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
    return tuple(sorted(by_key.values(), key=oldest_first))


def is_settled(case: Situation, clock: Clock, deadline: date) -> bool:
    """Whether a person has dealt with that clock's deadline."""
    standing = case.standing
    if standing.acknowledged and (clock, deadline) in standing.acknowledged:
        return True
    return clock is Clock.RENEWAL and deadline == standing.dealt_with


def named(clocks: Clocks, clock: Clock, deadline: date) -> tuple[Clock, tuple[Clock, ...]]:
    """One reminder for clocks with one deadline: the first of them, and the others it names."""
    same = clocks.with_deadline(deadline)
    if same == (clock,):
        return clock, ()
    first = same[0] if clock in same else clock
    return first, tuple(c for c in same if c is not first and speaks(clocks, c))


def is_known(due: Due, clocks: Clocks, known: Collection[Key]) -> bool:
    """Whether it was planned already, perhaps under another clock that had the same deadline then.
    A fall under the owner's floor has only itself."""
    if due.key in known:
        return True
    clock, deadline, lead = due.key
    if clock is Clock.BALANCE and clocks.balance and clocks.balance.low_on == deadline:
        return False
    return any((other, deadline, lead) in known for other in CLOCKS)


def unknown(dues: Iterable[Due], clocks: Clocks, known: Collection[Key]) -> Iterator[Due]:
    """Those that were not planned already (:func:`is_known`)."""
    return (d for d in dues if not is_known(d, clocks, known)) if known else iter(dues)


def speaks(clocks: Clocks, clock: Clock) -> bool:
    """Whether a clock with the same deadline has words of its own to add."""
    return clock is not Clock.BALANCE or bool(clocks.balance and clocks.balance.basis != "fee")
