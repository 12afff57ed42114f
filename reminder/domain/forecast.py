"""How far the money goes: what is used a day, when it runs out, and how much reaches a day.

All of it is reckoned from what was entered, so it moves only when something is entered (PRODUCT
3a, rules 10 and 11). A use measured from readings is an estimate and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reminder.domain.balance import burn_rate
from reminder.domain.clocks import balance, booked_today, covered, there_now, to_pay
from reminder.domain.line import Plan, Situation
from reminder.domain.money import Money
from reminder.domain.schedule import DAY, next_occurrence
from reminder.domain.sight import fee_from_balance, use_a_day
from reminder.errors import InvalidInput

USUAL = timedelta(days=90)
FURTHEST = timedelta(days=5 * 366)


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


def forecast(case: Situation, now: datetime, until: date | None = None) -> Forecast:
    """Look ahead to a day; raise InvalidInput for ``until`` that is not to come, or too far."""
    today = case.ladder.days.of(now)
    day = until or today + USUAL
    if not today < day <= today + FURTHEST:
        raise InvalidInput.of("until", f"Choose a day from {today + DAY} to {today + FURTHEST}")
    currency, money = case.line.currency, balance(case, now)
    prepaid = case.line.plan is not Plan.POSTPAID
    use = use_a_day(case) if prepaid else 0
    fee = fee_from_balance(case) if prepaid and not case.line.autopay else None
    days = tuple(_fee_days(case, now, day)) if fee is not None else ()
    return Forecast(
        until=day,
        projected=money.projected if money else None,
        a_day=Money.at_least(use, currency) if use else None,
        is_estimate=bool(use) and burn_rate(case.readings) is not None,
        runs_out_on=money.runs_out_on if money else None,
        basis=money.basis if money else None,
        fees=days,
        fees_sum=Money(fee * len(days), currency) if fee is not None else None,
        needed=_needed(case, now, day, (fee or 0) * len(days)) if prepaid else None,
    )


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


def _needed(case: Situation, now: datetime, until: date, fees: int) -> Money | None:
    """What is missing for the fees and the use before that day; None where nobody can say."""
    is_counted = fee_from_balance(case) is not None or case.line.autopay
    use = use_a_day(case)
    today, deadline = case.ladder.days.of(now), case.standing.renews_on
    there = there_now(booked_today(case, now), now)
    unsure = deadline is not None and deadline <= today and covered(case, now) is None
    if there is None or not (is_counted or use) or (is_counted and unsure):
        return None
    days = (until - DAY - today).days
    return to_pay(case, max(fees + use * days - there, 0))
