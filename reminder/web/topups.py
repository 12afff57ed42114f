"""Many top-ups at once: a pasted list, how each row was read, and what was recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from markupsafe import Markup
from starlette.responses import Response

from reminder.domain.pasted import Fit
from reminder.errors import InvalidInput
from reminder.service import topups
from reminder.service.topups import Report, Row, State
from reminder.service.work import Work
from reminder.web.faults import Shown, shown
from reminder.web.visit import Visit
from reminder.web.words import mark

_STATES: Mapping[State, str] = {
    State.COUNTED: mark("counts"),
    State.ALREADY: mark("recorded before"),
    State.HEADING: mark("heading, left out"),
    State.REFUSED: mark("not read"),
    State.UNDONE: mark("taken back"),
}
_WRONG: Mapping[Fit, str] = {
    Fit.UNKNOWN: mark("This number is not in your list"),
    Fit.NO_NUMBER: mark("Write a number and a sum, such as +7 916 123-45-67 300"),
    Fit.NO_SUM: mark("Write the sum that was paid in, above zero, in this number’s currency"),
    Fit.AMBIGUOUS: mark("This can be read in two ways: one number, and a sum such as 1000.50"),
    Fit.TWICE: mark("This number stands in row {first} already"),
    Fit.READ: mark("Something later was recorded: change the number itself"),
}


async def show(visit: Visit) -> Response:
    """``/lines/top-ups``: the list is looked at, then recorded; the same list takes it back."""
    if not visit.is_post:
        return _page(visit, {"on": visit.today.isoformat()}, None)
    given: dict[str, object] = {"text": visit.form.get("text", "")}
    if visit.form.get("on"):
        given["on"] = visit.form["on"]
    step = visit.form.get("step", "")
    try:
        if step == "undo":
            found = await visit.planned(partial(_undo, visit, given))
        elif step in {"count", "good"}:
            given["keep_good"] = step == "good"
            found = await visit.planned(partial(_count, visit, given))
        else:
            found = await visit.read(partial(_look, visit, given))
    except InvalidInput as error:
        return _page(visit, visit.form, None, shown(visit, error, {}))
    return _page(visit, {**visit.form, "on": found.on.isoformat()}, found)


def _look(visit: Visit, given: Mapping[str, object], work: Work) -> Report:
    return topups.look(work, visit.me.id, given)


def _count(visit: Visit, given: Mapping[str, object], work: Work) -> Report:
    return topups.count(work, visit.me.id, given)


def _undo(visit: Visit, given: Mapping[str, object], work: Work) -> Report:
    return topups.undo(work, visit.me.id, given)


def _page(
    visit: Visit, values: Mapping[str, str], found: Report | None, faults: tuple[Shown, ...] = ()
) -> Response:
    items = found.items if found else []
    return visit.render(
        "topups.html",
        422 if faults else 200,
        values=values,
        faults=faults,
        found=found,
        counted=found.number(State.COUNTED) if found else 0,
        already=found.number(State.ALREADY) if found else 0,
        undone=found.number(State.UNDONE) if found else 0,
        refused=found.number(State.REFUSED) if found else 0,
        total=" + ".join(visit.money(one) for one in found.totals) if found else "",
        day=visit.day(found.on) if found else "",
        wrong=[_row(visit, one) for one in items if one.state is State.REFUSED],
        rows=[_row(visit, one) for one in items if one.state is not State.REFUSED],
    )


def _row(visit: Visit, one: Row) -> tuple[int, str, str, str, str, Markup]:
    """Row, as written, whose number, sum, state, and why."""
    number = visit.number(one.number, visit.me.id).replace(" ", "\u00a0") if one.number else ""
    name = ", ".join(part for part in (one.label, number) if part)
    told = visit.money(one.sum) if one.sum else ""
    why = visit.t(_WRONG[one.fit], first=one.first) if one.state is State.REFUSED else Markup("")
    return one.row, one.text, name, told, str(visit.t(_STATES[one.state])), why
