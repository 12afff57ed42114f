"""Watchers: who sees the numbers of one's tags, what one watches, and those numbers to be seen."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from reminder.domain.phone import mask
from reminder.errors import InvalidInput
from reminder.service import board, watching
from reminder.service.lines import LineView
from reminder.web.faults import Shown, shown
from reminder.web.telling import Card, card, deadline_of
from reminder.web.visit import Visit

ROWS_A_PAGE = 50
_HIGHEST = 6


async def index(visit: Visit) -> Response:
    """``/watching``: who is invited, who watches, and what one watches oneself."""
    owner = visit.me.id
    if not visit.is_post:
        return await _page(visit)
    given = {name: visit.form.get(name, "") for name in ("address", "tag")}
    try:
        await visit.write(lambda work: watching.invite(work, owner, given))
    except InvalidInput as error:
        return await _page(visit, shown(visit, error, {}))
    return visit.go("/watching?said=changed")


async def _page(visit: Visit, faults: tuple[Shown, ...] = ()) -> Response:
    owner = visit.me.id
    watchers = await visit.read(lambda work: watching.mine(work, owner))
    return visit.render(
        "watching.html",
        422 if faults else 200,
        watchers=watchers,
        watched=await visit.read(lambda work: watching.others(work, owner)),
        tags=await visit.read(lambda work: board.tags(work, owner)),
        values=visit.form,
        faults=faults,
        said=visit.asked("said"),
    )


async def agree(visit: Visit) -> Response:
    """``POST /watching/{id}/agree``."""
    owner, watch = visit.me.id, visit.part("id")
    await visit.write(lambda work: watching.agree(work, owner, watch))
    return visit.go(f"/watching/{watch}")


async def end(visit: Visit) -> Response:
    """``POST /watching/{id}/end``: from either side."""
    owner, watch = visit.me.id, visit.part("id")
    await visit.write(lambda work: watching.end(work, owner, watch))
    return visit.go("/watching?said=changed")


@dataclass(frozen=True, slots=True)
class Row:
    """A number as it is seen: what a card says of it, its day, its next message."""

    card: Card
    number: str
    day: str
    message: str


async def show(visit: Visit) -> Response:
    """``/watching/{id}``: the numbers of the tag, to be seen only."""
    owner, watch = visit.me.id, visit.part("id")
    typed = visit.asked("page")[:_HIGHEST]
    page = max(int(typed), 1) if typed.isascii() and typed.isdigit() else 1
    start = (page - 1) * ROWS_A_PAGE
    views, found = await visit.read(
        lambda work: watching.seen(work, owner, watch, start, ROWS_A_PAGE)
    )
    others = await visit.read(lambda work: watching.others(work, owner))
    one, address = next((w, email) for w, email in others if w.id == watch)
    return visit.render(
        "watched.html",
        watch=one,
        address=address,
        rows=[_row(visit, view) for view in views],
        found=found,
        page=page,
        pages=max(-(-found // ROWS_A_PAGE), 1),
    )


def _row(visit: Visit, view: LineView) -> Row:
    lead = deadline_of(view)
    return Row(
        card=card(visit, view),
        number=mask(view.line.number, visit.language),
        day=visit.day(lead) if lead else "",
        message=visit.moment(view.next_due_at) if view.next_due_at else "",
    )
