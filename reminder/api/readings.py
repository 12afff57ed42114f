"""``/lines/{id}/readings``: balances as they were seen."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from reminder.api import requests, schemas, showing
from reminder.api.access import Caller, Reader, Writer
from reminder.api.answers import empty, shown, text
from reminder.api.calls import Call, router
from reminder.api.paging import USUAL, Cursor, Limit, page
from reminder.api.posting import Answer, Posted
from reminder.domain.ids import LineId, ReadingId
from reminder.service import acts, intake, lines
from reminder.service.work import Work


def routes() -> APIRouter:
    """The calls of this noun."""
    path = "/lines/{line}/readings"
    return router(
        "readings",
        Call("POST", path, add, schemas.NewReading, requests.NewReading, 201),
        Call("GET", path, everything, schemas.Readings),
        Call("DELETE", path + "/{reading}", remove, status=204),
    )


async def add(line: str, post: Posted) -> Response:
    """Enter a balance, or the operator's answer that says it; the answer holds what was read and
    the clocks as they stand with it."""

    def use(work: Work, caller: Caller) -> Answer:
        resolved = intake.resolve(work, caller.owner, LineId(line), post.body)
        one, view = acts.add_reading(work, caller.owner, LineId(line), resolved.fields)
        place = f"/api/v1/lines/{line}/readings/{one.id}"
        return Answer(201, text(showing.new_reading(one, view, resolved.understood)), place)

    return await post.answer(use)


async def everything(
    line: str, caller: Reader, limit: Limit = USUAL, cursor: Cursor = None
) -> Response:
    """What is known of a line's balance, newest first."""

    def look(work: Work) -> list[schemas.Reading]:
        currency = lines.get(work, caller.owner, LineId(line)).line.currency
        found = acts.readings(work, caller.owner, LineId(line))
        return [showing.reading(one, currency) for one in found]

    found = await caller.app.read(look)
    chosen, following = page(found, lambda one: one.id, limit, cursor)
    return shown(schemas.Readings(items=chosen, next=following))


async def remove(line: str, reading: str, caller: Writer) -> Response:
    """Forget a reading; the projection rests on the others."""
    await caller.app.write(
        lambda work: acts.remove_reading(work, caller.owner, LineId(line), ReadingId(reading))
    )
    return empty()
