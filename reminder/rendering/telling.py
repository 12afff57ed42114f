"""One reminder about to be told: what it is about, and its values as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reminder.catalogue.operator import OfficialLink, Operator
from reminder.domain.line import ChargedBy, Clock
from reminder.domain.money import Money
from reminder.domain.notice import Notice
from reminder.domain.quick import quick
from reminder.domain.schedule import day_start
from reminder.rendering import display
from reminder.rendering.letterhead import Letterhead
from reminder.rendering.naming import name_of, operator_name
from reminder.rendering.translation import Speech


class Matter(StrEnum):
    """What a reminder is about; each has its own subject, heading and sentences."""

    SHORT = "short"
    UNKNOWN = "unknown"
    COVERED = "covered"
    TO_PAY = "to_pay"
    PASSED = "passed"
    AUTOPAY = "autopay"
    LASTS = "lasts"
    FALLS = "falls"
    LOW = "low"
    SILENCE = "silence"


def matter_of(notice: Notice) -> Matter:
    """Say what a reminder is about."""
    match notice.clock:
        case Clock.RENEWAL:
            return _of_renewal(notice)
        case Clock.BALANCE:
            return _of_money(notice)
        case Clock.INACTIVITY:
            return Matter.SILENCE


def _of_renewal(notice: Notice) -> Matter:
    line, clock = notice.line, notice.clocks.renewal
    if notice.missed or notice.days_left < 0:
        return Matter.PASSED
    if line.autopay:
        return Matter.AUTOPAY
    if line.fee is None or line.charged_by is ChargedBy.OWNER:
        return Matter.TO_PAY
    if notice.short is not None:
        return Matter.SHORT
    is_covered = notice.covered if clock is None else clock.covered is True
    return Matter.COVERED if is_covered else Matter.UNKNOWN


def _of_money(notice: Notice) -> Matter:
    """Money under the owner's floor, that is going to be, or that is used up then."""
    money = notice.clocks.balance
    if money is None or notice.line.low_balance is None:
        return Matter.LASTS
    if money.low_on == notice.deadline:
        return Matter.LOW
    falls = money.floor is not None and money.runs_out_on == notice.deadline
    return Matter.FALLS if falls else Matter.LASTS


@quick
@dataclass(frozen=True, slots=True)
class Telling:
    """A notice on its letterhead, in one language."""

    notice: Notice
    head: Letterhead
    speech: Speech
    matter: Matter
    operator: Operator | None
    official: OfficialLink | None

    @classmethod
    def of(cls, notice: Notice, head: Letterhead) -> Telling:
        """Prepare a notice for telling. Its line's operator is known if the letterhead brings
        it."""
        operator = head.operators.get(notice.line.operator)
        official = operator.official_link if operator else None
        speech = Speech.of(head.language)
        return cls(notice, head, speech, matter_of(notice), operator, official)

    @property
    def language(self) -> str:
        """``en``, ``ru`` or ``zh``."""
        return self.speech.language

    @property
    def network(self) -> str:
        """The operator as a sentence names it."""
        known = operator_name(self.operator, self.language)
        return known or self.speech.say("your operator")

    @property
    def name(self) -> str:
        """The owner's name for the line."""
        return name_of(self.notice.line, self.operator, self.language)

    @property
    def whose(self) -> str:
        """The address of whose line it is, where the reader only watches it; else ``""``."""
        return self.head.watched.get(self.notice.line.owner, "")

    @property
    def among(self) -> str:
        """The same where lines of several people stand beside it: each says whose it is."""
        return self.whose if len(self.head.watched) > 1 else ""

    @property
    def is_today(self) -> bool:
        """Whether the deadline is today on the owner's calendar."""
        return self.notice.days_left == 0

    @property
    def fee(self) -> str:
        """The fee, ``""`` when it is not known."""
        return self.sum(self.notice.line.fee)

    @property
    def short(self) -> str:
        """What is missing, ``""`` when that is not known."""
        return self.sum(self.notice.short)

    @property
    def floor(self) -> str:
        """The owner's own floor, ``""`` when they set none."""
        return self.sum(self.notice.line.low_balance)

    @property
    def lacking(self) -> str:
        """What brings it back to that floor, ``""`` where it is not under it."""
        return self.sum(self.notice.lacking)

    @property
    def there(self) -> Money | None:
        """What will be there for a fee that is short."""
        fee, short = self.notice.line.fee, self.notice.short
        return Money(fee.minor - short.minor, fee.currency) if fee and short else None

    @property
    def elsewhere(self) -> bool:
        """Whether the operator's day begins at another instant than the owner's."""
        notice = self.notice
        there = day_start(notice.deadline, notice.line.timezone)
        return there != self.head.days.start(notice.deadline)

    def sum(self, amount: Money | None) -> str:
        """An amount as people write it; ``""`` for none."""
        return display.money(amount, self.language) if amount else ""

    def day(self, day: date | None = None) -> str:
        """A date without its weekday; the deadline, if none is named."""
        chosen = self.notice.deadline if day is None else day
        return display.date_short(chosen, self.language, self.head.today)

    def weekday(self, day: date | None = None) -> str:
        """A date with its weekday; the deadline, if none is named."""
        chosen = self.notice.deadline if day is None else day
        return display.date_long(chosen, self.language, self.head.today)

    @property
    def when(self) -> str:
        """The operator's day as a sentence begins with it, with the zone where it differs."""
        on = display.on_day(self.notice.deadline, self.language, self.head.today)
        if not self.elsewhere:
            return self.speech.say("{on}", on=on)
        zone = display.zone_time(self.notice.line.timezone, self.language)
        return self.speech.say("{on}, {zone},", on=on, zone=zone)
