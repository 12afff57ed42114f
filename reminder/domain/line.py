"""A line: a number kept alive with one operator, and what its owner told us of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from reminder.domain.balance import Reading
from reminder.domain.days import Days
from reminder.domain.ids import ChannelId, LineId, OwnerId
from reminder.domain.money import Money
from reminder.domain.quick import Copier, quick
from reminder.domain.schedule import DAY, Period, QuietHours, by_zone, moment
from reminder.domain.silence import KeepAlive


class Clock(StrEnum):
    """The three clocks, in the order in which one stands for several on the same day."""

    RENEWAL = "renewal"
    BALANCE = "balance"
    INACTIVITY = "inactivity"

    __hash__ = str.__hash__  # an enum's own is Python, and every key of a reminder is hashed


class Plan(StrEnum):
    """Whether one pays before or after."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class ChargedBy(StrEnum):
    """Who makes a renewal happen: the operator takes the fee, or the owner renews by hand."""

    OPERATOR = "operator"
    OWNER = "owner"


class LineState(StrEnum):
    """Whether a line's clocks speak."""

    ACTIVE = "active"
    STOPPED = "stopped"
    ENDED = "ended"


class WhenCovered(StrEnum):
    """How often a renewal that the balance covers is mentioned."""

    ONCE = "once"
    ALWAYS = "always"
    NEVER = "never"


class Hours(NamedTuple):
    """When on a day of an owner's they are written to."""

    days: Days
    at: time
    quiet: QuietHours | None

    def moment(self, day: date) -> datetime:
        """The instant at which the owner is written to on a civil day of theirs."""
        if not self.days.trips:
            return moment(day, self.at, self.quiet, self.days.home)
        return self.days.outside(self.days.instant(day, self.at), self.quiet)


@quick
@dataclass(frozen=True, slots=True)
class Ladder:
    """When an owner is written to: their calendar, local time and quiet hours, and leads in days,
    as they stand for one line (the line's own, else the owner's, else the config's)."""

    hours: Hours
    lead_times: tuple[int, ...]
    inactivity_lead_times: tuple[int, ...]
    after_times: tuple[int, ...]
    when_covered: WhenCovered

    @property
    def days(self) -> Days:
        """Their calendar."""
        return self.hours.days

    def by(self, days: Days) -> Ladder:
        """The same by another calendar."""
        return replace(self, hours=self.hours._replace(days=days))

    def moment(self, day: date) -> datetime:
        """The instant at which the owner is written to on a civil day of theirs."""
        return self.hours.moment(day)

    def moment_after(self, now: datetime) -> datetime:
        """``now``, or the end of the quiet hours it falls in."""
        return self.hours.days.outside(now, self.hours.quiet)

    def next_moment(self, now: datetime) -> datetime:
        """The first moment that is not before ``now``."""
        return self.moment(since(self, now).day)


@dataclass(frozen=True, slots=True)
class Since:
    """From where a clock's leads are owed: leads dated before ``day`` are not made up, and none
    is due before ``set_at``, the instant its deadline was entered or reached (3a, rule 4)."""

    day: date
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Passed:
    """The renewal deadline that was passed last without being met, and the lead, if any, that the
    quiet hours held back past its end: that is still to be said."""

    on: date
    lead: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class Standing:
    """What the clocks have come to: all of a line that moves with time and with what people do.

    ``renews_on`` is the deadline D of the renewal clock (None: it does not run), ``anchor`` the
    date its occurrences are counted from. ``dealt_with`` is a D that counts as met although no
    balance proves it. ``unconfirmed``: the last period was gone on from without knowing.
    """

    state: LineState = LineState.ACTIVE
    renews_on: date | None = None
    anchor: date | None = None
    overdue: bool = False
    unconfirmed: bool = False
    dealt_with: date | None = None
    acknowledged: tuple[tuple[Clock, date], ...] = ()
    snoozed_until: date | None = None
    last_active_on: date | None = None
    renewal_since: Since | None = None
    balance_since: Since | None = None
    inactivity_since: Since | None = None
    acted_at: datetime | None = None
    passed: Passed | None = None

    def changed(self, **changes: object) -> Standing:
        """The same but for some fields, by their names."""
        return _moved(self, changes)


@quick
@dataclass(frozen=True, slots=True)
class Line:
    """What the owner entered. ``timezone`` is the zone of the operator's civil day, printed where
    it differs and never counted with. ``channels`` empty: all of the owner's; ``tied_channels``
    are those that work only while this very number does."""

    id: LineId
    owner: OwnerId
    number: str
    operator: str
    currency: str
    label: str = ""
    top_up_url: str | None = None
    plan: Plan = Plan.PREPAID
    fee: Money | None = None
    charged_by: ChargedBy = ChargedBy.OWNER
    period: Period | None = None
    low_balance: Money | None = None
    autopay: bool = False
    inactivity_days: int | None = None
    keep_alive: KeepAlive | None = None
    timezone: str = "UTC"
    lead_times: tuple[int, ...] | None = None
    channels: tuple[ChannelId, ...] = ()
    tied_channels: tuple[ChannelId, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""

    def changed(self, **changes: object) -> Line:
        """The same line with other fields, by their names."""
        return _changed(self, changes)


_moved, _changed = Copier(Standing), Copier(Line)


@quick
@dataclass(frozen=True, slots=True)
class Situation:
    """All that the rules look at: a line, where it stands, its readings, and its ladder."""

    line: Line
    standing: Standing
    readings: tuple[Reading, ...]
    ladder: Ladder

    def moved(self, **changes: object) -> Situation:
        """The same situation with another standing; names are fields of :class:`Standing`."""
        standing = _moved(self.standing, changes)
        return Situation(self.line, standing, self.readings, self.ladder)

    def with_reading(self, *readings: Reading) -> Situation:
        """The same situation knowing more."""
        known = (*self.readings, *readings)
        return Situation(self.line, self.standing, known, self.ladder)


def since(ladder: Ladder, now: datetime) -> Since:
    """The first civil day whose moment is still to come, and the instant itself."""
    return _since(ladder.hours, now)


@by_zone
def _since(hours: Hours, now: datetime) -> Since:
    today = hours.days.of(now)
    days = (today - DAY, today, today + DAY)
    return Since(next((d for d in days if hours.moment(d) >= now), today + DAY), now)
