"""``/deliveries``: the log of what was sent, and another try."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from reminder.api import accounts, requests, showing
from reminder.api.access import Caller, Reader
from reminder.api.answers import shown, text
from reminder.api.calls import Call, router
from reminder.api.paging import USUAL, Cursor, Limit, pack, unpack
from reminder.api.posting import Answer, Posted
from reminder.domain.ids import DeliveryId
from reminder.service import deliveries
from reminder.service.fields import Fields
from reminder.service.work import Work

Word = Annotated[str | None, Query(max_length=60)]


def routes() -> APIRouter:
    """The calls of this noun."""
    delivery, one = "/deliveries/{delivery}", accounts.Delivery
    return router(
        "deliveries",
        Call("GET", "/deliveries", everything, accounts.Deliveries),
        Call("GET", delivery, get, one),
        Call("POST", f"{delivery}/retry", retry, one, requests.Nothing),
    )


async def everything(
    caller: Reader,
    line: Word = None,
    channel: Word = None,
    state: Word = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """Your deliveries, newest first."""
    before = unpack(cursor) if cursor else None
    found = await caller.app.read(
        lambda work: deliveries.everything(
            work,
            caller.owner,
            line=line,
            channel=channel,
            state=state,
            limit=limit + 1,
            before=before,
        )
    )
    following = pack(found[limit - 1].id) if len(found) > limit else None
    items = [showing.delivery(one) for one in found[:limit]]
    return shown(accounts.Deliveries(items=items, next=following))


async def get(delivery: str, caller: Reader) -> Response:
    """One delivery with its tries."""
    one = await caller.app.read(
        lambda work: deliveries.get(work, caller.owner, DeliveryId(delivery))
    )
    return shown(showing.delivery(one))


async def retry(delivery: str, post: Posted) -> Response:
    """Try a dead or pending delivery again at once; any other: 409."""

    def use(work: Work, caller: Caller) -> Answer:
        Fields(post.body, frozenset()).check()
        one = deliveries.retry(work, caller.owner, DeliveryId(delivery))
        return Answer(200, text(showing.delivery(one)))

    return await post.answer(use)
