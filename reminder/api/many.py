"""``/lines/edit`` and ``/lines/top-ups``: one thing about many lines in one call."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from reminder.api import reports, requests
from reminder.api.access import Caller
from reminder.api.answers import text
from reminder.api.calls import Call, router
from reminder.api.posting import Answer, Posted
from reminder.api.schemas import Money
from reminder.api.showing import money
from reminder.errors import Fault
from reminder.service import together, topups
from reminder.service.together import Edited
from reminder.service.work import Work

SOME_WRONG = 207


def routes() -> APIRouter:
    """The calls of this noun."""
    return router(
        "many lines",
        Call(
            "POST",
            "/lines/edit",
            edit,
            reports.EditReport,
            requests.Edit,
            also={SOME_WRONG: reports.EditReport},
        ),
        Call(
            "POST",
            "/lines/top-ups",
            top_up,
            reports.TopUpReport,
            requests.TopUps,
            also={SOME_WRONG: reports.TopUpReport},
        ),
    )


async def edit(post: Posted) -> Response:
    """Change fee, period, leads, channels or a tag of many lines: of all that are chosen, or, if
    one is refused, of none (`keep_good`: of the others). `dry_run` says what would change, with an
    `expected` that the real call may name: it is refused when other lines would change."""

    def plan(work: Work, caller: Caller) -> together.Report:
        run = together.look if post.body.get("dry_run") is True else together.edit
        return run(work, caller.owner, post.body)

    def say(found: together.Report) -> Answer:
        refused = found.number(together.State.REFUSED)
        said = reports.EditReport(
            applied=found.applied,
            expected=found.expected,
            changed=found.number(together.State.CHANGED),
            same=found.number(together.State.SAME),
            refused=refused,
            items=[_edited(one) for one in found.items],
        )
        return Answer(SOME_WRONG if refused else 200, text(said))

    return await post.planned(plan, say)


def _edited(one: Edited) -> reports.EditedLine:
    return reports.EditedLine(id=one.id, state=one.state, errors=_faults(one.faults))


def _faults(faults: tuple[Fault, ...]) -> list[reports.RowFault]:
    return [reports.RowFault(pointer=f"#/{one.field}", detail=one.detail) for one in faults]


async def top_up(post: Posted) -> Response:
    """Count a pasted list of numbers and sums: every row, or, if one is wrong, none (`keep_good`:
    the good ones). The same number, day and sum count once. `undo` takes the same list back."""

    def plan(work: Work, caller: Caller) -> topups.Report:
        wants_undo = post.body.get("undo") is True
        run = topups.undo if wants_undo else topups.count
        run = topups.look if post.body.get("dry_run") is True else run
        return run(work, caller.owner, post.body)

    def say(found: topups.Report) -> Answer:
        refused = found.number(topups.State.REFUSED)
        said = reports.TopUpReport(
            applied=found.applied,
            on=found.on,
            counted=found.number(topups.State.COUNTED),
            already=found.number(topups.State.ALREADY),
            undone=found.number(topups.State.UNDONE),
            refused=refused,
            totals=[Money(amount=one.amount, currency=one.currency) for one in found.totals],
            items=[_row(one) for one in found.items],
        )
        return Answer(SOME_WRONG if refused else 200, text(said))

    return await post.planned(plan, say)


def _row(one: topups.Row) -> reports.TopUpRow:
    return reports.TopUpRow(
        row=one.row,
        text=one.text,
        state=one.state,
        number=one.number or None,
        line=one.line,
        label=one.label,
        sum=money(one.sum) if one.sum else None,
        detail=one.detail,
    )
