"""The days of a line as it was asked for: whether they can be, and whether any clock runs on them
(CONTRACT section 4; PRODUCT 3a, rules 4, 22 and 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from reminder.domain.line import ChargedBy, Line, Plan
from reminder.domain.money import Money
from reminder.domain.quick import quick
from reminder.domain.schedule import DAY, next_occurrence
from reminder.service.fields import Fields

FARTHEST = timedelta(days=3660)
_NO_CLOCK = (
    "Write the day of the next fee, or last_active_on, or balance with low_balance: "
    "else there is nothing to remind of"
)


class Dates(StrEnum):
    """How strictly a new line's dates are read: one is asked for; none need be there yet; they come
    out of an export, and may have passed meanwhile."""

    ASKED = "asked"
    MAY_MISS = "may miss"
    MAY_BE_PAST = "may be past"


@quick
@dataclass(frozen=True, slots=True)
class Draft:
    """A line as it was asked for, with the dates and the balance that set its clocks. ``anchor`` is
    the day that the fee days are counted from, where it is said."""

    line: Line
    renews_on: date | None = None
    anchor: date | None = None
    last_active_on: date | None = None
    balance: Money | None = None

    @property
    def is_daily(self) -> bool:
        """Whether its fee is a daily one, which has no date of its own."""
        return self.line.period is not None and self.line.period.is_daily

    @property
    def is_watched(self) -> bool:
        """Whether any clock runs on it."""
        line = self.line
        falls = self.is_daily and line.fee and line.charged_by is ChargedBy.OPERATOR
        money = self.balance is not None and line.plan is Plan.PREPAID
        by_money = money and bool(line.low_balance or falls)
        by_date = self.renews_on is not None and not self.is_daily
        return by_date or by_money or self.last_active_on is not None


def anchor_of(fields: Fields, renews_on: date | None, before: Draft | None) -> date | None:
    """The day to count from: as it is said, else as it was while the fee day stays one of those
    that are counted from it."""
    if "anchor" in fields:
        return fields.day("anchor")
    stays = before is not None and before.renews_on == renews_on
    return before.anchor if before and stays else None


def fits(anchor: date, draft: Draft) -> bool:
    """Whether the draft's fee day is one of those counted from ``anchor``."""
    period, renews_on = draft.line.period, draft.renews_on
    if renews_on is None or anchor >= renews_on or period is None:
        return anchor == renews_on
    return next_occurrence(anchor, period, renews_on - DAY) == renews_on


def check(fields: Fields, draft: Draft, before: Draft | None, today: date) -> None:
    """Note the days that cannot be: past where they are to come, to come where they are past, too
    far off, or an anchor that the fee day is not counted from."""
    line, renews_on = draft.line, draft.renews_on
    changed = before is None or renews_on != before.renews_on
    if renews_on is not None and renews_on < today and changed:
        following = next_occurrence(renews_on, line.period, today) if line.period else today
        fields.fault("renews_on", f"Enter the next fee date, today or later, such as {following}")
    if renews_on is not None and renews_on > today + FARTHEST and changed:
        last = today + FARTHEST
        fields.fault("renews_on", f"A fee date lies within ten years: {last} at the latest")
    if draft.last_active_on is not None and draft.last_active_on > today:
        fields.fault("last_active_on", f"Write a day that is not later than today, {today}")
    if "anchor" in fields and draft.anchor is not None and not draft.is_daily:
        _check_anchor(fields, draft.anchor, draft)


def _check_anchor(fields: Fields, anchor: date, draft: Draft) -> None:
    period, renews_on = draft.line.period, draft.renews_on
    if fields.is_faulty("renews_on") or fields.is_faulty("period") or fits(anchor, draft):
        return
    if renews_on is None or period is None or anchor > renews_on:
        fields.fault("anchor", "An anchor is renews_on, or an earlier day it is counted from")
        return
    near = next_occurrence(anchor, period, renews_on - DAY)
    fields.fault("anchor", f"Counted from {anchor} by {period.iso} the next day is {near}")


def check_watched(fields: Fields, draft: Draft, before: Draft | None) -> None:
    """Note that no clock would run: on a new line, or on one that was watched until now."""
    if draft.is_watched or (before is not None and not before.is_watched):
        return
    if draft.is_daily and draft.balance is None and draft.line.plan is Plan.PREPAID:
        fields.fault(
            "balance", "Write the balance: a daily fee lowers it, and has no date of its own"
        )
        return
    named = ("renews_on", "last_active_on", "inactivity_days", "low_balance", "period", "fee")
    changed = [name for name in named if before is not None and name in fields]
    fields.fault(changed[0] if changed else "renews_on", _NO_CLOCK, "required")
