"""The next 60 days of some numbers: one row each, its bar ending where it first needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from reminder.domain.glance import Level
from reminder.domain.line import Clock, LineState
from reminder.rendering import display
from reminder.service.lines import LineView
from reminder.web.telling import Card, deadline_of
from reminder.web.visit import Visit

SPAN_DAYS = 60
TICKS = (0, 14, 28, 42, 56)
LATEST_LABEL = 42


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on a row: its shape, its place, whether it comes after the lead."""

    icon: str
    x: str
    later: bool


@dataclass(frozen=True, slots=True)
class Track:
    """One row. ``end`` is the place where the bar ends, "" when it leaves the frame; a number of
    which nothing is known has ``known`` false. ``label`` stands beside the end of the bar."""

    card: Card
    known: bool
    end: str
    marks: tuple[Mark, ...]
    when: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the same as a list."""

    day: str
    id: str
    name: str
    what: Markup


def ticks(visit: Visit) -> list[tuple[str, str]]:
    """The labels of the axis, each with its place."""
    return [_tick(visit, days) for days in TICKS]


def _x(day: date, today: date) -> str:
    return f"{(day - today).days / SPAN_DAYS * 100:.2f}%"


def _tick(visit: Visit, days: int) -> tuple[str, str]:
    day = date.fromordinal(visit.today.toordinal() + days)
    label = visit.t("Today") if days == 0 else display.date_short(day, visit.language, day)
    return f"{days / SPAN_DAYS * 100:.2f}%", label


def track(visit: Visit, one: Card) -> Track:
    """The row of one number."""
    view, today = one.view, visit.today
    lead = deadline_of(view)
    first = lead or (view.clocks.renewal.on if view.clocks.renewal else None)
    if view.standing.state is not LineState.ACTIVE or first is None:
        return Track(one, one.level is not Level.REST, "", (), str(one.chip))
    left = (first - today).days
    end = _x(max(first, today), today) if lead and left <= SPAN_DAYS else ""
    label = _label(visit, view) if lead and left <= LATEST_LABEL else ""
    return Track(one, True, end, _marks(view, lead, today), visit.in_days(first), label)


def _label(visit: Visit, view: LineView) -> str:
    """What stands beside the end of the bar, in two words."""
    renewal = view.clocks.renewal
    match view.clocks.leading:
        case Clock.RENEWAL if renewal and renewal.short:
            return str(visit.t("{short} short", short=visit.money(renewal.short)))
        case Clock.INACTIVITY:
            return str(visit.t("use it once"))
        case _:
            return ""


def _marks(view: LineView, lead: date | None, today: date) -> tuple[Mark, ...]:
    clocks, found = view.clocks, []
    renewal, money, silent = clocks.renewal, clocks.balance, clocks.inactivity
    if renewal is not None:
        found.append(("fee-ok" if renewal.covered else "fee", renewal.on))
    fee_day = renewal.on if renewal else None
    if money and money.runs_out_on and money.runs_out_on != fee_day:
        found.append(("money", money.runs_out_on))
    if silent is not None:
        found.append(("number", silent.lost_on))
    within = [(icon, day) for icon, day in found if 0 <= (day - today).days <= SPAN_DAYS]
    return tuple(Mark(icon, _x(day, today), bool(lead and day > lead)) for icon, day in within)


def events(visit: Visit, cards: list[Card]) -> list[Event]:
    """The same as a list, by day."""
    found: list[tuple[date, Event]] = []
    for one in cards:
        for clock in Clock:
            day = one.view.clocks.deadline(clock)
            if day and (day - visit.today).days <= SPAN_DAYS:
                what = _event(visit, one.view, clock)
                found.append((day, Event(visit.day(day), one.id, one.name, what)))
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


def _event(visit: Visit, view: LineView, clock: Clock) -> Markup:
    renewal = view.clocks.renewal
    match clock:
        case Clock.RENEWAL if renewal and renewal.covered:
            return visit.t("Fee, covered")
        case Clock.RENEWAL if renewal and renewal.short:
            return visit.t("Fee, {short} short", short=visit.money(renewal.short))
        case Clock.RENEWAL:
            return visit.t("Fee")
        case Clock.BALANCE:
            return visit.t("Low balance")
        case Clock.INACTIVITY:
            return visit.t("Number at risk if unused")
