"""``/watchers`` and ``/watching``: who else sees the numbers of a tag, and nothing more."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from reminder.api import accounts, requests
from reminder.api.access import Caller, Reader, Writer
from reminder.api.answers import empty, shown, text
from reminder.api.calls import Call, router
from reminder.api.posting import Answer, Posted
from reminder.api.showing import clocks, money
from reminder.domain.phone import mask
from reminder.service import watching
from reminder.service.lines import LineView
from reminder.service.watching import Watch
from reminder.service.work import Work

PAGE = 100


def routes() -> APIRouter:
    """The calls of this noun."""
    return router(
        "watching",
        Call("GET", "/watchers", watchers, accounts.Watchers),
        Call("POST", "/watchers", invite, accounts.Watcher, requests.NewWatcher, 201),
        Call("DELETE", "/watchers/{watch}", end, status=204),
        Call("GET", "/watching", watched, accounts.WatchedTags),
        Call("POST", "/watching/{watch}/agree", agree, status=204),
        Call("DELETE", "/watching/{watch}", end, status=204),
        Call("GET", "/watching/{watch}/lines", lines, accounts.WatchedLines),
    )


async def watchers(caller: Reader) -> Response:
    """Who watches your numbers, or is invited to."""
    found = await caller.app.read(lambda work: watching.mine(work, caller.owner))
    return shown(accounts.Watchers(items=[_watcher(one) for one in found]))


def _watcher(one: Watch) -> accounts.Watcher:
    state = "watches" if one.watcher else "invited"
    return accounts.Watcher(
        id=one.id, address=one.email, tag=one.tag, state=state, created_at=one.created_at
    )


async def invite(post: Posted) -> Response:
    """Invite the person at an address to watch a tag. No mail is sent: they see the invitation
    where they are signed in, and nothing goes to them until they agree."""

    def use(work: Work, caller: Caller) -> Answer:
        return Answer(201, text(_watcher(watching.invite(work, caller.owner, post.body))))

    return await post.answer(use)


async def end(watch: str, caller: Writer) -> Response:
    """End it, from either side, at once."""
    await caller.app.write(lambda work: watching.end(work, caller.owner, watch))
    return empty()


async def watched(caller: Reader) -> Response:
    """What you watch, or are invited to."""
    found = await caller.app.read(lambda work: watching.others(work, caller.owner))
    items = [
        accounts.WatchedTag(
            id=one.id, owner=owner, tag=one.tag, state="watches" if one.watcher else "invited"
        )
        for one, owner in found
    ]
    return shown(accounts.WatchedTags(items=items))


async def agree(watch: str, caller: Writer) -> Response:
    """Accept an invitation: its digests come to your channels."""
    await caller.app.write(lambda work: watching.agree(work, caller.owner, watch))
    return empty()


async def lines(
    watch: str, caller: Reader, start: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Response:
    """The numbers that you watch, a hundred at a time from `start`, masked, to be seen only."""
    found, count = await caller.app.read(
        lambda work: watching.seen(work, caller.owner, watch, start, PAGE)
    )
    return shown(accounts.WatchedLines(items=[_line(one) for one in found], total=count))


def _line(one: LineView) -> accounts.WatchedLine:
    return accounts.WatchedLine(
        id=one.line.id,
        number=mask(one.line.number, "en"),
        label=one.line.label,
        operator=one.line.operator,
        state=one.standing.state,
        fee=money(one.line.fee),
        clocks=clocks(one.clocks, "en"),
        leading=one.clocks.leading,
        next_due_at=one.next_due_at,
    )
