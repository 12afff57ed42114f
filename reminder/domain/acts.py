"""What a person does about a line, as pure changes of where it stands (3a, rules 8 to 13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.clocks import Clocks, booking, covered, read
from reminder.domain.ids import ReadingId
from reminder.domain.line import ChargedBy, Clock, LineState, Situation, since
from reminder.domain.money import Money
from reminder.domain.quick import quick
from reminder.domain.schedule import DAY, Period, occurrence
from reminder.domain.settle import catch_up, roll
from reminder.domain.silence import TopUpCounts
from reminder.errors import Conflict, InvalidInput

LONGEST_SNOOZE_DAYS = 14
UNDO_FOR = timedelta(days=30)


class ActKind(StrEnum):
    """What was done; the words of the action links."""

    TOPPED_UP = "topped-up"
    RENEWED = "renewed"
    USED = "used"
    BALANCE = "balance"
    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    STOP = "stop"
    RESUME = "resume"


@quick
@dataclass(frozen=True, slots=True)
class Entry:
    """A sum a person entered: its reading's id, the sum, and the day it is of (None: now)."""

    id: ReadingId
    sum: Money
    on: date | None = None


def not_later(on: date | None, case: Situation, now: datetime) -> date:
    """The day, today if none is given; raise InvalidInput for a day to come."""
    today = case.ladder.days.of(now)
    if on is not None and on > today:
        raise InvalidInput.of("on", f"Write a day that is not later than today, {today}")
    return on or today


def stand_at(on: date, case: Situation, now: datetime) -> datetime:
    """Where an entry stands: today's at the moment of entry, an earlier day's at that day's end
    (3a, rule 11)."""
    if on == case.ladder.days.of(now):
        return now
    return case.ladder.days.end(on) - timedelta(milliseconds=1)


def record(case: Situation, kind: ReadingKind, entry: Entry, now: datetime) -> Situation:
    """Enter a whole balance or a sum added; what it covers is booked (rules 11 and 12)."""
    if entry.sum.currency != case.line.currency:
        raise InvalidInput.of("currency", f"This line is kept in {case.line.currency}")
    on = not_later(entry.on, case, now)
    at = stand_at(on, case, now)
    case = case.with_reading(Reading(entry.id, kind, at, on, now, entry.sum.minor))
    dealt_with = None if kind is ReadingKind.READING else case.standing.dealt_with
    start = since(case.ladder, now)
    return catch_up(case.moved(dealt_with=dealt_with, balance_since=start, acted_at=now), now)


def topped_up(case: Situation, entry: Entry, whole: Entry | None, now: datetime) -> Situation:
    """Record a top-up, and the balance after it if it was seen. Where nothing tells whether that
    is enough, this D counts as dealt with."""
    if entry.sum.minor <= 0:
        raise InvalidInput.of("amount", "Write the sum that was paid in, such as 300")
    day = not_later(entry.on, case, now)
    case = record(case, ReadingKind.TOP_UP, entry, now)
    if whole is not None:
        case = record(case, ReadingKind.READING, whole, now)
    if _is_use(case, now):
        case = used(case, day, now)
    if case.standing.renews_on is None or covered(case, now) is not None:
        return case
    if case.standing.overdue:
        return roll(case, now, unconfirmed=False, after=case.ladder.days.of(now) - DAY)
    return case.moved(dealt_with=case.standing.renews_on)


def _is_use(case: Situation, now: datetime) -> bool:
    """Whether a top-up counts as use of a watched number, by the operator's rule (rule 23)."""
    keep = case.line.keep_alive
    if keep is None or case.standing.last_active_on is None:
        return False
    if keep.top_up is TopUpCounts.IF_COVERED:
        return covered(case, now) is True
    return keep.top_up is TopUpCounts.YES


def renewed(case: Situation, on: date | None, booked: ReadingId, now: datetime) -> Situation:
    """The period was renewed: without a day on from the anchor, with one from that day (rule 8)."""
    if case.standing.renews_on is None:
        raise Conflict("This line has no renewal date: enter the next one")
    today = case.ladder.days.of(now)
    day = None if on is None else not_later(on, case, now)
    case = _charge(case, booked, now)
    period = case.line.period
    if day is None or period is None:
        rolled = roll(case, now, unconfirmed=False, after=today)
    else:
        rolled = _anchored(case, day, period, now)
    ended = case.standing.state is LineState.ENDED
    state = LineState.ACTIVE if ended else case.standing.state
    return rolled.moved(acted_at=now, state=state)


def _anchored(case: Situation, day: date, period: Period, now: datetime) -> Situation:
    following = occurrence(day, period, 1)
    if following < case.ladder.days.of(now):
        raise InvalidInput.of("on", f"A period from {day} is over already: write the latest day")
    case = roll(case, now, unconfirmed=False)
    return case.moved(anchor=day, renews_on=following)


def _charge(case: Situation, entry: ReadingId, now: datetime) -> Situation:
    """The operator's fee went with the renewal: booked where it was covered, else not known."""
    if case.line.charged_by is ChargedBy.OWNER or case.line.fee is None or not case.readings:
        return case
    today = case.ladder.days.of(now)
    fee = booking(case, now, entry)
    if fee is None:
        return case.with_reading(Reading(entry, ReadingKind.UNKNOWN, now, today, now, 0))
    paid = replace(fee, at=min(fee.at, now), on=min(fee.on, today))
    last = case.standing.last_active_on
    active = max(paid.on, last) if last else None
    return case.with_reading(paid).moved(last_active_on=active)


def used(case: Situation, on: date | None, now: datetime) -> Situation:
    """The number was used: the silence starts anew from that day."""
    day = not_later(on, case, now)
    last = case.standing.last_active_on
    return case.moved(
        last_active_on=max(day, last) if last else day,
        inactivity_since=since(case.ladder, now),
        acted_at=now,
    )


def speaking(clocks: Clocks) -> Clock | None:
    """The clock an act without a link is about: the leading one, else the first with a date."""
    running = [c for c in Clock if clocks.deadline(c)]
    return clocks.leading or (running[0] if running else None)


def acknowledge(case: Situation, clock: Clock | None, now: datetime) -> Situation:
    """No more about this clock's deadline (the leading clock's, if none is named)."""
    clocks = read(case, now)
    clock = clock or speaking(clocks)
    deadline = clocks.deadline(clock) if clock else None
    if clock is None or deadline is None:
        raise Conflict("No clock runs on this line: there is nothing to acknowledge")
    same = [c for c in Clock if clocks.deadline(c) == deadline]
    kept = [a for a in case.standing.acknowledged if a[0] not in same]
    return case.moved(acknowledged=(*kept, *((c, deadline) for c in same)), acted_at=now)


def snooze(case: Situation, until: date, now: datetime) -> Situation:
    """Nothing about this line until ``at`` on that day: tomorrow to 14 days on (rule 13)."""
    today = case.ladder.days.of(now)
    if not today < until <= today + timedelta(days=LONGEST_SNOOZE_DAYS):
        last = today + timedelta(days=LONGEST_SNOOZE_DAYS)
        raise InvalidInput.of("until", f"Choose a day from {today + DAY} to {last}")
    return case.moved(snoozed_until=until, acted_at=now)


def stop(case: Situation, now: datetime) -> Situation:
    """No clock speaks until it is resumed."""
    return case.moved(state=LineState.STOPPED, snoozed_until=None, acted_at=now)


def resume(case: Situation, now: datetime) -> Situation:
    """The clocks speak again; what was passed over is not made up."""
    if case.standing.state is LineState.ACTIVE:
        raise Conflict("This line is not stopped")
    return begin(case.moved(state=LineState.ACTIVE, acted_at=now), now)


def begin(case: Situation, now: datetime) -> Situation:
    """Owe leads from now on: at registration, after an edit, after a stop (rule 4)."""
    start = since(case.ladder, now)
    return case.moved(renewal_since=start, balance_since=start, inactivity_since=start, passed=None)
