"""How far the money goes: what is used a day, when it runs out, and how much reaches a day.

All of it is reckoned from what was entered, so it moves only when something is entered (PRODUCT
3a, rules 10 and 11). A use measured from readings is an estimate and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reminder.domain.balance import burn_rate
from reminder.domain.clocks import (
    BalanceClock,
    balance,
    booked_today,
    covered,
    there_now,
    to_pay,
)
from reminder.domain.line import Plan, Situation
from reminder.domain.money import Money
from reminder.domain.schedule import DAY, next_occurrence
from reminder.domain.sight import fee_from_balance, use_a_day
from reminder.errors import InvalidInput

USUAL = timedelta(days=90)
FURTHEST = timedelta(days=5 * 366)
LONGER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to come of a line's money, up to the day ``until``, that day not counted.

    ``a_day`` is the use a day, ``is_estimate`` whether it was measured from readings; ``fees`` are
    the days on which a fee is taken before ``until``, and ``fees_sum`` what they come to.
    ``needed`` is the least that must be paid in now so that every fee is covered and something is
    there on each day: nothing, if it is zero; None, if it cannot be known.
    """

    until: date
    projected: Money | None
    a_day: Money | None
    is_estimate: bool
    runs_out_on: date | None
    basis: str | None
    fees: tuple[date, ...]
    fees_sum: Money | None
    needed: Money | None


@dataclass(frozen=True, slots=True)
class Longer:
    """The least to pay in so that money is there up to the day ``until``, that day not counted.
    ``fees`` are those counted in, None for none; ``left`` is the owner's floor, which stays."""

    amount: Money
    until: date
    fees: Money | None
    left: Money | None


def lacking(case: Situation, money: BalanceClock | None) -> Money | None:
    """What brings a balance that fell under the owner's floor back to it; None where it did not."""
    low = case.line.low_balance
    if money is None or money.low_on is None or money.projected is None or low is None:
        return None
    return to_pay(case, low.minor - money.projected.minor)


def longer(case: Situation, now: datetime, money: BalanceClock | None) -> Longer | None:
    """What lasts 30 days longer than the money does, or from today where it is used up, and stays
    over the owner's floor; None where that cannot be known, or is there."""
    if money is None or money.runs_out_on is None:
        return None
    today, line = case.ladder.days.of(now), case.line
    until = max(money.runs_out_on, today) + LONGER
    if until > today + FURTHEST:
        return None
    fees = _fees(case, now, until)[1]
    left = line.low_balance.minor if line.low_balance else 0
    missing = _needed(case, now, until, (fees or 0) + left)
    if missing is None or not missing.minor:
        return None
    counted = Money(fees, line.currency) if fees else None
    return Longer(missing, until, counted, line.low_balance)


def forecast(case: Situation, now: datetime, until: date | None = None) -> Forecast:
    """Look ahead to a day; raise InvalidInput for ``until`` that is not to come, or too far."""
    today = case.ladder.days.of(now)
    day = until or today + USUAL
    if not today < day <= today + FURTHEST:
        raise InvalidInput.of("until", f"Choose a day from {today + DAY} to {today + FURTHEST}")
    currency, money = case.line.currency, balance(case, now)
    prepaid = case.line.plan is not Plan.POSTPAID
    use = use_a_day(case) if prepaid else 0
    days, fees = _fees(case, now, day) if prepaid else ((), None)
    return Forecast(
        until=day,
        projected=money.projected if money else None,
        a_day=Money.at_least(use, currency) if use else None,
        is_estimate=bool(use) and burn_rate(case.readings) is not None,
        runs_out_on=money.runs_out_on if money else None,
        basis=money.basis if money else None,
        fees=days,
        fees_sum=Money(fees, currency) if fees is not None else None,
        needed=_needed(case, now, day, fees or 0) if prepaid else None,
    )


def _fees(case: Situation, now: datetime, until: date) -> tuple[tuple[date, ...], int | None]:
    """The days before ``until`` on which a fee is taken from the balance, and what they come to;
    None where no fee is."""
    fee = None if case.line.autopay else fee_from_balance(case)
    days = tuple(_fee_days(case, now, until)) if fee is not None else ()
    return days, None if fee is None else fee * len(days)


def _fee_days(case: Situation, now: datetime, until: date) -> Iterator[date]:
    """The days before ``until`` on which a fee is still to be taken: the open one of D first."""
    standing, period = case.standing, case.line.period
    today, deadline = case.ladder.days.of(now), case.standing.renews_on
    if deadline is None or (period is not None and period.is_daily):
        return
    is_open = today < deadline or covered(case, now) is not True or standing.overdue
    if is_open and deadline < until and standing.dealt_with != deadline:
        yield deadline
    if period is None or standing.anchor is None:
        return
    following = next_occurrence(standing.anchor, period, max(deadline, today - DAY))
    while following < until:
        yield following
        following = next_occurrence(standing.anchor, period, following)


def _needed(case: Situation, now: datetime, until: date, more: int) -> Money | None:
    """What is missing for ``more``, as fees, and the use before that day; None where nobody can
    say."""
    is_counted = fee_from_balance(case) is not None or case.line.autopay
    use = use_a_day(case)
    today, deadline = case.ladder.days.of(now), case.standing.renews_on
    there = there_now(booked_today(case, now), now)
    unsure = deadline is not None and deadline <= today and covered(case, now) is None
    if there is None or not (is_counted or use) or (is_counted and unsure):
        return None
    days = (until - DAY - today).days
    return to_pay(case, max(more + use * days - there, 0))
