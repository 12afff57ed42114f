"""All numbers of one owner: the answer first, then who needs somebody, then the quiet rows; the
same as a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.balance import last_reading
from reminder.domain.glance import Level
from reminder.domain.line import LineState
from reminder.service import board as service
from reminder.service.board import Board, Sort
from reminder.service.lines import LineView
from reminder.service.work import Work
from reminder.web import sought, timeline
from reminder.web.sought import Asked
from reminder.web.telling import Card, card, deadline_of, name_of
from reminder.web.troubles import Troubles, troubles
from reminder.web.visit import Visit
from reminder.web.words import mark

CARDS_A_PAGE = 30
ROWS_A_PAGE = 50
MOST_CARDS = 12
MOST_TRACKS = 12
FEW = 12
MOST_ROUNDS = 100
COLUMNS = (
    (Sort.NAME, mark("Number")),
    (Sort.OPERATOR, mark("Operator")),
    (Sort.URGENCY, mark("State")),
    (Sort.DATE, mark("Date")),
    (None, mark("What to do")),
    (None, mark("Balance")),
    (Sort.MESSAGE, mark("Next message")),
    (None, mark("Tags")),
)


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table: ``link`` sorts by it, ``order`` says how it is sorted now."""

    name: Markup
    link: str
    order: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, besides what its card says."""

    card: Card
    day: str
    balance: str
    message: str


async def refresh(visit: Visit) -> None:
    """Look anew at what has changed since the last glance, a few hundred lines at a time."""
    owner = visit.me.id
    for _ in range(MOST_ROUNDS):
        seen = await visit.read(lambda work: service.stale(work, owner))
        if seen:
            await visit.write(partial(service.keep, seen=seen))
        if len(seen) < service.AT_ONCE:
            return


async def board(visit: Visit) -> Response:
    """``/lines``."""
    owner = visit.me.id
    await refresh(visit)
    wanted = sought.asked(visit, CARDS_A_PAGE, ROWS_A_PAGE)

    def look(work: Work) -> Board:
        return service.look(work, owner, wanted.sought(work))

    found = await visit.read(look)
    trouble = await troubles(visit)
    if not found.total:
        return visit.render("board_empty.html", troubles=trouble, said=visit.asked("said"))
    if not found.lines and wanted.page > 1:
        return visit.go(wanted.link(page=str(wanted.pages(found.found))))
    return _page(visit, wanted, found, trouble)


def _page(visit: Visit, wanted: Asked, found: Board, trouble: Troubles) -> Response:
    cards = [card(visit, view) for view in found.lines]
    offered = sought.choices(visit, found)
    common: dict[str, Any] = {
        "troubles": trouble,
        "asked": wanted,
        "found": found,
        "offered": offered,
        "narrowed": sought.in_words(visit, wanted, offered),
        "answer": _answer(visit, wanted, found),
        "following": _following(visit, found),
        "with_filter": wanted.is_filtered or found.total > FEW,
        "pages": wanted.pages(found.found),
        "said": visit.asked("said"),
    }
    if wanted.is_table:
        rows = [_row(visit, one) for one in cards]
        return visit.render("table.html", rows=rows, heads=_heads(visit, wanted), **common)
    need = [c for c in cards if c.level in {Level.NOW, Level.SOON}]
    return visit.render(
        "board.html",
        need=need[:MOST_CARDS],
        also=need[MOST_CARDS:],
        rest=[c for c in cards if c.level is Level.REST and _is_active(c)],
        silent=[c for c in cards if not _is_active(c)],
        fine=[c for c in cards if c.level is Level.FINE],
        first=need[0] if need and wanted.page == 1 else None,
        tracks=[timeline.track(visit, c) for c in cards[:MOST_TRACKS]],
        ticks=timeline.ticks(visit),
        events=timeline.events(visit, cards[:MOST_TRACKS]),
        **common,
    )


def _is_active(one: Card) -> bool:
    return one.view.standing.state is LineState.ACTIVE


def _answer(visit: Visit, wanted: Asked, found: Board) -> Markup:
    if wanted.is_filtered:
        shown = {"found": found.found, "total": found.total}
        return visit.t("{found} of {total} numbers found", **shown)
    if not found.needing:
        return visit.t("No number needs you now")
    return visit.n(
        "{n} of {total} numbers needs you",
        "{n} of {total} numbers need you",
        found.needing,
        total=found.total,
    )


def _following(visit: Visit, found: Board) -> Markup:
    """The next message of all, in one sentence."""
    view = found.following
    if view is None or view.next_due_at is None:
        return visit.t("No message is planned.")
    name, moment = name_of(view, visit.language), visit.moment(view.next_due_at)
    if not found.others:
        return visit.t("Next message: {moment}, about {name}.", moment=moment, name=name)
    return visit.n(
        "Next message: {moment}, about {name} and {n} more.",
        "Next message: {moment}, about {name} and {n} more.",
        found.others,
        moment=moment,
        name=name,
    )


def _heads(visit: Visit, wanted: Asked) -> list[Head]:
    sort = wanted.given.get("sort", "") or Sort.URGENCY.value
    heads = []
    for key, name in COLUMNS:
        rising, falling = sort == key, sort == f"-{key}"
        link = wanted.link(sort=f"-{key}" if rising else str(key)) if key else ""
        order = "ascending" if rising else "descending" if falling else ""
        heads.append(Head(visit.t(name), link, order))
    return heads


def _row(visit: Visit, one: Card) -> Row:
    view = one.view
    lead = deadline_of(view) if _is_active(one) else None
    return Row(
        card=one,
        day=visit.day(lead) if lead else "",
        balance=_there(visit, view),
        message=visit.moment(view.next_due_at) if view.next_due_at else "",
    )


def _there(visit: Visit, view: LineView) -> str:
    """What is there today: as it was stated, or as it is reckoned since."""
    last, money = last_reading(view.readings), view.clocks.balance
    stated = last.money(view.line.currency) if last else None
    now = money.projected if money else stated
    if now is None:
        return ""
    shown = visit.money(now)
    return shown if now == stated else visit.t("about {sum}", sum=shown)
