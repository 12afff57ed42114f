"""All numbers of one owner: the answer first, then who needs somebody, then the quiet rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.line import Clock, LineState
from reminder.rendering import display
from reminder.service import lines
from reminder.service.lines import LineView
from reminder.web.telling import Card, Level, card, deadline_of
from reminder.web.troubles import troubles
from reminder.web.visit import Visit

SPAN_DAYS = 60
TICKS = (0, 14, 28, 42, 56)
MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on a row of the timeline: its shape, its place, whether it comes after the lead."""

    icon: str
    x: str
    later: bool


@dataclass(frozen=True, slots=True)
class Track:
    """One row of the timeline. ``end`` is the place where the bar ends, "" when it leaves the
    frame; a number of which nothing is known has ``known`` false."""

    card: Card
    known: bool
    end: str
    marks: tuple[Mark, ...]
    when: str


async def board(visit: Visit) -> Response:
    """``/lines``."""
    owner = visit.me
    views = await visit.read(lambda work: lines.everything(work, owner.id))
    cards = [card(visit, view) for view in views]
    trouble = await troubles(visit)
    if not cards:
        return visit.render("board_empty.html", troubles=trouble, said=visit.asked("said"))
    need = [c for c in cards if c.level in {Level.NOW, Level.SOON}]
    return visit.render(
        "board.html",
        troubles=trouble,
        cards=cards,
        need=need,
        rest=[c for c in cards if c.level is Level.REST],
        fine=[c for c in cards if c.level is Level.FINE],
        answer=_answer(visit, need, cards),
        first=need[0] if need else None,
        following=_following(visit, views),
        tracks=[_track(visit, c) for c in cards[:MOST_ROWS]],
        ticks=[_tick(visit, k) for k in TICKS],
        events=_events(visit, cards),
        said=visit.asked("said"),
    )


def _answer(visit: Visit, need: list[Card], cards: list[Card]) -> Markup:
    if not need:
        return visit.t("No number needs you now")
    return visit.n(
        "{n} of {total} numbers needs you",
        "{n} of {total} numbers need you",
        len(need),
        total=len(cards),
    )


def _following(visit: Visit, views: list[LineView]) -> Markup:
    """The next message of all, in one sentence."""
    coming = [(v.next_due_at, v) for v in views if v.next_due_at is not None]
    if not coming:
        return visit.t("No message is planned.")
    moment, view = min(coming, key=lambda pair: pair[0])
    name = card(visit, view).name
    return visit.t("Next message: {moment}, about {name}.", moment=visit.moment(moment), name=name)


def _x(day: date, today: date) -> str:
    return f"{(day - today).days / SPAN_DAYS * 100:.2f}%"


def _tick(visit: Visit, days: int) -> tuple[str, str]:
    day = date.fromordinal(visit.today.toordinal() + days)
    label = visit.t("Today") if days == 0 else display.date_short(day, visit.language, day)
    return f"{days / SPAN_DAYS * 100:.2f}%", label


def _track(visit: Visit, one: Card) -> Track:
    view, today = one.view, visit.today
    lead = deadline_of(view)
    first = lead or (view.clocks.renewal.on if view.clocks.renewal else None)
    if view.standing.state is not LineState.ACTIVE or first is None:
        return Track(one, one.level is not Level.REST, "", (), str(one.chip))
    left = (first - today).days
    end = _x(max(first, today), today) if lead and left <= SPAN_DAYS else ""
    return Track(one, True, end, _marks(view, lead, today), visit.in_days(first))


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


def _events(visit: Visit, cards: list[Card]) -> list[tuple[str, str, str, Markup]]:
    """The timeline as a list: day, id, name, what happens."""
    found: list[tuple[date, str, str, Markup]] = []
    for one in cards:
        for clock in Clock:
            day = one.view.clocks.deadline(clock)
            if day and (day - visit.today).days <= SPAN_DAYS:
                found.append((day, one.id, one.name, _event(visit, one.view, clock)))
    ordered = sorted(found, key=lambda e: e[0])
    return [(visit.day(day), id_, name, said) for day, id_, name, said in ordered]


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
            return visit.t("Money runs out")
        case Clock.INACTIVITY:
            return visit.t("Number at risk if unused")
