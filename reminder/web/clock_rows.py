"""The three clocks of a number as rows: the day of each, and what there is to say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from reminder.domain.balance import burn_rate
from reminder.domain.clocks import BalanceClock, InactivityClock
from reminder.domain.glance import NOW_DAYS, SOON_MONEY_DAYS, SOON_NUMBER_DAYS, Level
from reminder.domain.line import Clock
from reminder.domain.money import Money
from reminder.domain.sight import use_a_day
from reminder.service.lines import LineView
from reminder.web.visit import Visit
from reminder.web.words import mark


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One of the three clocks as a row: its mark, its name, its day, what there is to say."""

    icon: str
    name: Markup
    day: str
    detail: Markup
    level: Level
    leads: bool


def clock_rows(visit: Visit, view: LineView) -> tuple[ClockRow, ...]:
    """The three clocks, the leading one first."""
    rows = (_fee_row(visit, view), _money_row(visit, view), _number_row(visit, view))
    return tuple(sorted(rows, key=lambda row: not row.leads))


def _level(visit: Visit, day: date | None, soon: int) -> Level:
    if day is None:
        return Level.REST
    left = (day - visit.today).days
    return Level.NOW if left <= NOW_DAYS else Level.SOON if left <= soon else Level.FINE


def _fee_row(visit: Visit, view: LineView) -> ClockRow:
    renewal, fee, leads = view.clocks.renewal, view.line.fee, view.clocks.leading is Clock.RENEWAL
    if renewal is None:
        detail = visit.t("No fee date is entered.")
        return ClockRow("fee-ok", visit.t("Fee"), visit.t("none"), detail, Level.REST, leads)
    sum_ = visit.money(fee) if fee else ""
    if renewal.covered:
        detail, level = visit.t("{fee}, covered.", fee=sum_), Level.FINE
    elif renewal.short is not None:
        short = visit.money(renewal.short)
        detail = visit.t("{fee} is charged, {short} is missing.", fee=sum_, short=short)
        level = _level(visit, renewal.on, SOON_MONEY_DAYS)
    else:
        detail = visit.t("Fee: {fee}.", fee=sum_) if fee else visit.t("To be paid by hand.")
        level = _level(visit, renewal.on, SOON_MONEY_DAYS)
    icon = "fee-ok" if renewal.covered else "fee"
    return ClockRow(icon, visit.t("Fee"), visit.day(renewal.on), detail, level, leads)


def _money_row(visit: Visit, view: LineView) -> ClockRow:
    money, leads = view.clocks.balance, view.clocks.leading is Clock.BALANCE
    lasts = visit.t("Money lasts until")
    if money is None or money.projected is None:
        detail = visit.t("Add a balance, and we can tell.")
        return ClockRow("money", lasts, visit.t("not known"), detail, Level.REST, leads)
    there = visit.t("About {sum} is there now.", sum=visit.money(money.projected))
    if use_a_day(view.case):
        there += ("" if visit.language == "zh" else " ") + use_told(visit, view)
    if money.runs_out_on is None:
        return ClockRow("money", lasts, visit.t("not used up"), there, Level.FINE, leads)
    level, day = _level(visit, money.runs_out_on, SOON_MONEY_DAYS), visit.day(money.runs_out_on)
    return ClockRow("money", _spent(visit, money) or lasts, day, there, level, leads)


def _spent(visit: Visit, money: BalanceClock) -> Markup:
    """What comes or came about on that day, "" where money lasts until then."""
    on = money.runs_out_on or visit.today
    if money.floor and on > visit.today:
        return visit.t("Less than {floor} from", floor=visit.money(money.floor))
    if money.floor:
        return visit.t("Less than {floor} since", floor=visit.money(money.floor))
    if on >= visit.today:
        return Markup("")
    return visit.t("Money fell short on") if money.basis == "fee" else visit.t("Money used up on")


def _number_row(visit: Visit, view: LineView) -> ClockRow:
    silent, leads = view.clocks.inactivity, view.clocks.leading is Clock.INACTIVITY
    name = visit.t("Number safe until")
    if silent is None:
        detail = visit.t("You use it often; we do not watch this.")
        return ClockRow("number", name, visit.t("not watched"), detail, Level.REST, leads)
    level = _level(visit, silent.lost_on, SOON_NUMBER_DAYS)
    day = visit.day(silent.lost_on)
    if silent.rule != "owner":
        day = str(visit.t("about {day}", day=day))
    return ClockRow("number", name, day, _silence_told(visit, view, silent), level, leads)


def _silence_told(visit: Visit, view: LineView, silent: InactivityClock) -> Markup:
    """From which day the silence is counted, for how long, and whose figure that is."""
    keep, active = view.line.keep_alive, view.standing.last_active_on
    days = visit.n("{n} day", "{n} days", keep.days if keep else 0)
    since = visit.short_day(active) if active else ""
    if silent.rule == "owner":
        return visit.t("{days} after {day}, by the term you entered.", days=days, day=since)
    said = mark("{days} after {day}, the last use we know of; the exact term may differ.")
    detail = visit.t(said, days=days, day=since)
    if silent.stale:
        gap = "" if visit.language == "zh" else " "
        detail += gap + visit.t("This rule has not been checked for long.")
    return detail


def use_told(visit: Visit, view: LineView) -> Markup:
    """What is used a day: measured, which is an estimate, or by the tariff."""
    use = visit.money(Money.about(use_a_day(view.case), view.line.currency))
    if burn_rate(view.readings) is None:
        return visit.t("{use} a day by the tariff.", use=use)
    return visit.t("About {use} is used a day, by the balances entered: an estimate.", use=use)
