"""A line's money at one instant: what each of the clocks asks of it, worked out once (PRODUCT 3a,
rules 6 and 11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from reminder.domain.balance import burn_rate, stated
from reminder.domain.line import ChargedBy, Situation
from reminder.domain.money import Minor
from reminder.domain.schedule import DAY

INSTANT = timedelta(microseconds=1)


class Sight:
    """A situation as it is seen at one instant. ``begins`` is 00:00 of D, ``begun`` whether that
    has come; ``fee`` what the operator takes from the balance on D; ``measured`` the use a day by
    the readings, ``a_day`` the one that is counted with; ``known`` what was read and booked so far.
    """

    __slots__ = ("a_day", "begins", "begun", "case", "fee", "known", "measured", "now", "today")

    def __init__(self, case: Situation, now: datetime) -> None:
        days, deadline = case.ladder.days, case.standing.renews_on
        self.case = case
        self.now = now
        self.today = days.of(now)
        self.begins = None if deadline is None else days.start(deadline)
        self.begun = self.begins is not None and now >= self.begins
        self.fee = fee_from_balance(case)
        self.measured = burn_rate(case.readings)
        self.a_day = _daily_fee(case) if self.measured is None else self.measured
        self.known = stated(case.readings, now + INSTANT)

    def there(self) -> Minor | None:
        """The balance now, fees booked so far taken off, today's use included."""
        return None if self.known is None else self.known.after(self.today, self.a_day)

    def before(self) -> Minor | None:
        """The balance at the end of D - 1, as far as it is known."""
        deadline = self.case.standing.renews_on
        if deadline is None or self.begins is None:
            return None
        known = stated(self.case.readings, self.begins) if self.begun else self.known
        return None if known is None else known.after(deadline - DAY, self.a_day)

    def available(self) -> Minor | None:
        """What there is for the fee of D: before D the projection for its eve; on D and after,
        what was entered since when the eve was short or unknown (3a, rule 11)."""
        before, fee = self.before(), self.fee
        if fee is None or not self.begun or (before is not None and before >= fee):
            return before
        current = self.there()
        unsure = before is None and not self.entered_on_the_day()
        return None if unsure and (current is None or current < fee) else current

    def entered_on_the_day(self) -> bool:
        """Whether D was entered on D itself, or later: then its fee is still to be charged."""
        start = self.case.standing.renewal_since
        return start is not None and self.begins is not None and start.set_at >= self.begins

    def cover(self) -> tuple[bool | None, Minor]:
        """Whether the fee of D is covered, and what is missing where it is known."""
        if self.case.line.autopay:
            return True, 0
        fee = self.fee
        there = None if fee is None else self.available()
        if fee is None or there is None:
            return None, 0
        return there >= fee, fee - there

    def cover_at(self, moment: datetime) -> bool | None:
        """Whether the fee of D is covered at a later instant, if nothing is entered until then:
        before D, what is so now is so then."""
        is_before = self.begins is not None and moment < self.begins
        if is_before and all(one.at <= self.now for one in self.case.readings):
            return self.cover()[0]
        return Sight(self.case, moment).cover()[0]


def fee_from_balance(case: Situation) -> int | None:
    """The fee that the operator takes from the balance on D, in minor units; None if none does."""
    line = case.line
    if line.fee is None or line.charged_by is ChargedBy.OWNER:
        return None
    return line.fee.minor


def use_a_day(case: Situation) -> Minor:
    """Minor units that leave the balance each day: measured, else the daily fee, else nothing."""
    measured = burn_rate(case.readings)
    return _daily_fee(case) if measured is None else measured


def _daily_fee(case: Situation) -> int:
    line = case.line
    if line.period and line.period.is_daily and line.fee and line.charged_by is ChargedBy.OPERATOR:
        return line.fee.minor
    return 0
