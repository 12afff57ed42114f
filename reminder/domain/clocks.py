"""Read the three clocks of a line at an instant (PRODUCT 3a, rules 1, 6, 10, 23, 25).

Days are counted on the owner's calendar. A fee is taken from 00:00 of its day D, so it is covered
by what is there at the end of D - 1; on D itself and while overdue, what is entered later counts
for a renewal that was short before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice

from reminder.domain.balance import (
    Fees,
    Reading,
    ReadingKind,
    RunOut,
    burn_rate,
    fell_under,
    in_order,
    last_reading,
    run_out,
)
from reminder.domain.ids import ReadingId
from reminder.domain.line import Clock, LineState, Plan, Situation
from reminder.domain.money import Minor, Money
from reminder.domain.quick import quick
from reminder.domain.schedule import occurrences
from reminder.domain.sight import Sight
from reminder.domain.silence import Step, TopUpCounts, steps

OLD_READING = timedelta(days=35)
FORESEEN_FEES = 36


@quick
@dataclass(frozen=True, slots=True)
class RenewalClock:
    """The fee's day: ``covered`` is None when it is not known or does not apply; ``short`` is the
    sum that is missing, None unless the fee is known not to be covered."""

    on: date
    days_left: int
    covered: bool | None
    overdue: bool
    short: Money | None
    unconfirmed: bool


@quick
@dataclass(frozen=True, slots=True)
class BalanceClock:
    """The money: today's projection (None: not known), and the day it reaches its floor.

    ``low_on`` is the day it fell under the owner's own floor, while it is under it; ``told_at``
    the instant of the reading that showed it, None where use alone took it there. ``floor`` is that
    floor where ``runs_out_on`` is the day it falls, or fell, under it: money is left then.
    """

    projected: Money | None
    runs_out_on: date | None
    days_left: int | None
    basis: str | None
    low_on: date | None = None
    told_at: datetime | None = None
    floor: Money | None = None


@quick
@dataclass(frozen=True, slots=True)
class InactivityClock:
    """Silence: the day the operator may take the number back, and whose figure says so; whether a
    top-up counts as use, and the steps in which the number is lost, with their days."""

    lost_on: date
    days_left: int
    rule: str
    stale: bool
    top_up_counts: TopUpCounts = TopUpCounts.UNKNOWN
    stages: tuple[Step, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Clocks:
    """The three clocks; one that does not run is None. ``leading`` is the earliest that needs
    somebody; a covered fee never leads."""

    renewal: RenewalClock | None
    balance: BalanceClock | None
    inactivity: InactivityClock | None
    leading: Clock | None

    def deadline(self, clock: Clock) -> date | None:
        """The day of that clock, if it runs and has one."""
        match clock:
            case Clock.RENEWAL:
                return self.renewal.on if self.renewal else None
            case Clock.BALANCE:
                return self.balance.runs_out_on if self.balance else None
            case Clock.INACTIVITY:
                return self.inactivity.lost_on if self.inactivity else None

    def deadlines(self) -> set[date]:
        """The days that a clock runs to."""
        return {on for _, on in self._days() if on is not None}

    def with_deadline(self, day: date) -> tuple[Clock, ...]:
        """The clocks that have that day, in their order."""
        return tuple([clock for clock, on in self._days() if on == day])

    def _days(self) -> tuple[tuple[Clock, date | None], ...]:
        renews, money, silent = self.renewal, self.balance, self.inactivity
        return (
            (Clock.RENEWAL, renews.on if renews else None),
            (Clock.BALANCE, money.runs_out_on if money else None),
            (Clock.INACTIVITY, silent.lost_on if silent else None),
        )


def there_now(case: Situation, now: datetime) -> Minor | None:
    """The balance at an instant, fees booked so far taken off, today's use included."""
    return Sight(case, now).there()


def covered(case: Situation, now: datetime) -> bool | None:
    """Whether the fee of D is covered (3a, rules 6 and 27); None: not known, or the owner pays."""
    return Sight(case, now).cover()[0]


def booking(case: Situation, now: datetime, entry: ReadingId) -> Reading | None:
    """The fee of D as a reading, when the balance covers it: at 00:00 of D, or, where it was
    short until then, after what covered it. None when there is nothing to book."""
    return _booking(Sight(case, now), entry)


def _booking(seen: Sight, entry: ReadingId) -> Reading | None:
    case, now, at = seen.case, seen.now, seen.begins
    fee, there = seen.fee, seen.available()
    if fee is None or at is None or there is None or there < fee:
        return None
    before = seen.before()
    short = before is not None and before < fee
    if short or seen.entered_on_the_day():
        at = max([at, *(r.at for r in in_order(case.readings) if r.at <= now)])
    on = case.ladder.days.of(at)
    return Reading(entry, ReadingKind.FEE, at, on, max(now, at), fee)


def renewal(case: Situation, now: datetime) -> RenewalClock | None:
    """The renewal clock; None when no date runs."""
    return _renewal(Sight(case, now))


def _renewal(seen: Sight) -> RenewalClock | None:
    standing = seen.case.standing
    deadline = standing.renews_on
    if deadline is None or standing.state is LineState.ENDED:
        return None
    is_covered, missing = seen.cover()
    return RenewalClock(
        on=deadline,
        days_left=(deadline - seen.today).days,
        covered=is_covered,
        overdue=standing.overdue,
        short=to_pay(seen.case, missing) if is_covered is False else None,
        unconfirmed=standing.unconfirmed,
    )


def to_pay(case: Situation, missing: Minor) -> Money:
    """What is missing as a sum to pay in: never too little, and no finer than it is known where
    the use is measured."""
    is_measured = burn_rate(case.readings) is not None
    return (Money.enough if is_measured else Money.at_least)(missing, case.line.currency)


def fee_dates(case: Situation, today: date) -> Iterator[date]:
    """The days, after ``today`` and from D on, on which the operator takes a fee."""
    line, standing = case.line, case.standing
    deadline, period = standing.renews_on, line.period
    if deadline is None:
        return
    last = deadline
    if today < deadline:
        yield deadline
    else:
        last = max(deadline, today)
    if period and standing.anchor and not period.is_daily:
        yield from occurrences(standing.anchor, period, last)


@quick
@dataclass(frozen=True, slots=True)
class Enough:
    """What to pay in so that several fees are covered, and the day of the last of them."""

    amount: Money
    until: date


def enough_for(seen: Sight, fees: int) -> Enough | None:
    """The sum that carries so many fees from D on; None where it is not known, where there are not
    so many, or where nothing is missing."""
    case = seen.case
    line, deadline, anchor = case.line, case.standing.renews_on, case.standing.anchor
    fee, there = seen.fee, seen.available()
    if fee is None or there is None or deadline is None or anchor is None:
        return None
    comes_again = line.period is not None and not line.period.is_daily
    later = occurrences(anchor, line.period, deadline) if line.period and comes_again else ()
    until = next(islice(chain([deadline], later), fees - 1, None), None)
    if until is None:
        return None
    missing = fee * fees + seen.a_day * (until - deadline).days - there
    return Enough(to_pay(case, missing), until) if missing > 0 else None


def _fees_ahead(seen: Sight) -> Fees:
    if seen.fee is None or seen.case.line.autopay:
        return Fees((), 0)
    return Fees(islice(fee_dates(seen.case, seen.today), FORESEEN_FEES), seen.fee)


def balance(case: Situation, now: datetime) -> BalanceClock | None:
    """The balance clock; None for a postpaid line and where no balance was ever entered."""
    seen = Sight(case, now)
    return _balance(seen, _renewal(seen))


def _balance(seen: Sight, renews: RenewalClock | None) -> BalanceClock | None:
    line, today = seen.case.line, seen.today
    if line.plan is Plan.POSTPAID or not seen.case.readings:
        return None
    current = _booked_today(seen)
    there = current.there()
    if there is None:
        return BalanceClock(None, None, None, None)
    low = line.low_balance.minor if line.low_balance else 0
    low_on, told_at = _under(current, low) if low and there < low else (None, None)
    a_day = current.a_day
    out = run_out(there, today, a_day, 0 if low_on else low, _fees_ahead(current))
    if out and out.basis == "burn_rate" and there <= 0:
        out = RunOut(_emptied(current, there), "burn_rate")
    if renews and renews.covered is False and today >= renews.on:
        out = RunOut(renews.on, "fee")
    if out is None and low_on is not None:
        out = RunOut(low_on, "low_balance", low)
    basis = out.basis if out else None
    if basis == "burn_rate" and seen.measured is None:
        basis = "daily_fee"
    shown = Money.at_most(there, line.currency)
    on = out.on if out else None
    left = (on - today).days if on else None
    floor = line.low_balance if out and out.floor else None
    return BalanceClock(shown, on, left, basis, low_on, told_at, floor)


def booked_today(case: Situation, now: datetime) -> Situation:
    """With the covered fee of D counted from the beginning of D, before its booking at its end."""
    return _booked_today(Sight(case, now)).case


def _booked_today(seen: Sight) -> Sight:
    if not seen.begun or seen.case.standing.overdue:
        return seen
    booked = _booking(seen, ReadingId("~"))
    return Sight(seen.case.with_reading(booked), seen.now) if booked else seen


def _emptied(seen: Sight, there: Minor) -> date:
    """The day on which use took the balance to zero, in the past or today: not before the last
    reading, nor before a fee that was still covered."""
    by_use = seen.today - timedelta(days=int(-there // seen.a_day))
    said = {ReadingKind.READING, ReadingKind.FEE}
    readings = seen.case.readings
    return max([by_use, *(r.on for r in readings if r.kind in said and r.at <= seen.now)])


def _under(seen: Sight, low: int) -> tuple[date | None, datetime | None]:
    """Since when the balance is under the owner's floor, and by which reading."""
    reading = fell_under([r for r in seen.case.readings if r.at <= seen.now], low)
    if reading is not None:
        return reading.on, reading.recorded_at
    return _falls_on(seen, low), None


def _falls_on(seen: Sight, low: int) -> date | None:
    known, a_day = seen.known, seen.a_day
    if known is None or a_day <= 0 or known.minor < low:
        return None
    return known.read_on + timedelta(days=int((known.minor - low) // a_day) + 1)


def falls_on(seen: Sight) -> date | None:
    """The day on which use alone takes the balance under the owner's floor, whatever a fee does."""
    low = seen.case.line.low_balance
    return _falls_on(_booked_today(seen), low.minor) if low else None


def inactivity(
    case: Situation, now: datetime, zero_on: date | None = None
) -> InactivityClock | None:
    """The inactivity clock (3a, rule 23); None unless it is watched and a term is known.
    ``zero_on`` is the day on which use empties the balance, for the steps counted from there."""
    return _inactivity(case, case.ladder.days.of(now), zero_on)


def _inactivity(case: Situation, today: date, zero_on: date | None) -> InactivityClock | None:
    keep, active = case.line.keep_alive, case.standing.last_active_on
    if keep is None or active is None:
        return None
    lost_on = active + timedelta(days=keep.days)
    left, later = (lost_on - today).days, steps(keep, active, zero_on)
    return InactivityClock(lost_on, left, keep.rule, keep.stale, keep.top_up, later)


def _emptied_on(money: BalanceClock | None) -> date | None:
    """The day on which use alone takes the balance to zero; a floor of the owner's is not zero."""
    by_use = money is not None and money.basis in {"burn_rate", "daily_fee"}
    return money.runs_out_on if money and by_use and money.floor is None else None


def read(case: Situation, now: datetime) -> Clocks:
    """Read all three clocks and say which leads (3a, rule 25)."""
    return read_from(Sight(case, now))


def read_from(seen: Sight) -> Clocks:
    """The same, of a line that is seen already."""
    renews = _renewal(seen)
    money = _balance(seen, renews)
    silent = _inactivity(seen.case, seen.today, _emptied_on(money))
    needs: list[tuple[date, int, Clock]] = []
    if renews and renews.covered is not True:
        needs.append((renews.on, 0, Clock.RENEWAL))
    if money and money.runs_out_on:
        needs.append((money.runs_out_on, 1, Clock.BALANCE))
    if silent:
        needs.append((silent.lost_on, 2, Clock.INACTIVITY))
    return Clocks(renews, money, silent, min(needs)[2] if needs else None)


def asks_for_reading(seen: Sight) -> bool:
    """Whether the message begins with "check the balance" (3a, rule 28)."""
    if seen.fee is None or seen.case.line.autopay:
        return False
    last = last_reading(seen.case.readings)
    return last is None or seen.today - last.on > OLD_READING
