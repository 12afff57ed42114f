"""``/lines``: register, look at, change, remove; what is to come; the next message."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from reminder.api import requests, schemas, showing
from reminder.api.access import Caller, Reader, Writer
from reminder.api.answers import HEADERS, empty, shown, text
from reminder.api.bodies import Body
from reminder.api.calls import Call, MaskedOrNot, router
from reminder.api.paging import USUAL, Cursor, Limit, page
from reminder.api.posting import Answer, Posted
from reminder.domain.delivery import Format, Message
from reminder.domain.ids import LineId, OwnerId
from reminder.domain.owner import Numbers
from reminder.service import acts, lines
from reminder.service.fields import Fields
from reminder.service.lines import LineView
from reminder.service.work import Work

Act = Callable[[Work, OwnerId, LineId, dict[str, object]], LineView]
Form = Literal["text", "html", "json"] | Format
Find = Annotated[
    str | None,
    Query(max_length=200, description="Only the line of this id, number in any spelling, or label"),
]
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def routes() -> APIRouter:
    """The calls of this noun."""
    line, one = "/lines/{line}", schemas.Line
    return router(
        "lines",
        Call("POST", "/lines", register, one, requests.NewLine, 201),
        Call("GET", "/lines", everything, schemas.Lines),
        Call("GET", line, get, one),
        Call("PATCH", line, change, one, requests.LinePatch),
        Call("DELETE", line, remove, status=204),
        Call("GET", f"{line}/schedule", schedule, schemas.Schedule),
        Call("GET", f"{line}/forecast", forecast, schemas.Forecast),
        Call(
            "GET",
            f"{line}/preview",
            preview,
            schemas.Previewed,
            media=("text/plain", "text/html"),
        ),
        *(
            Call("POST", f"{line}/{verb}", _acting(use), one, asked, says=says)
            for verb, use, asked, says in _ACTS
        ),
    )


def _located(view: LineView) -> str:
    return f"/api/v1/lines/{view.line.id}"


async def register(post: Posted) -> Response:
    """Register a line. The same number twice: 409."""

    def use(work: Work, caller: Caller) -> Answer:
        view = lines.register(work, caller.owner, post.body)
        return Answer(201, text(showing.line(view)), _located(view))

    return await post.answer(use)


async def everything(
    caller: Reader,
    find: Find = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
    *,
    masked: MaskedOrNot = None,
) -> Response:
    """Your lines, most urgent first."""

    def look(work: Work) -> list[LineView]:
        if find is not None:
            return [lines.get(work, caller.owner, lines.find(work, caller.owner, find))]
        return lines.everything(work, caller.owner)

    views = await caller.app.read(look)
    chosen, following = page(views, lambda view: view.line.id, limit, cursor)
    items = [showing.line(view, masked=_masks(view, asked=masked)) for view in chosen]
    return shown(schemas.Lines(items=items, next=following))


def _masks(view: LineView, *, asked: bool | None) -> bool:
    return view.owner.numbers is Numbers.MASKED if asked is None else asked


async def get(line: str, caller: Reader) -> Response:
    """One line."""
    view = await caller.app.read(lambda work: lines.get(work, caller.owner, LineId(line)))
    return shown(showing.line(view))


async def change(line: str, caller: Writer, body: Body) -> Response:
    """Change what a merge patch names."""
    view = await caller.app.write(lambda work: lines.change(work, caller.owner, LineId(line), body))
    return shown(showing.line(view))


async def remove(line: str, caller: Writer) -> Response:
    """Forget a line; nothing more is sent about it."""
    await caller.app.write(lambda work: lines.remove(work, caller.owner, LineId(line)))
    return empty()


async def schedule(
    line: str, caller: Reader, months: Annotated[int, Query(ge=1, le=60)] = 12
) -> Response:
    """Every message to come, if each deadline is met on its day."""
    ahead = await caller.app.read(
        lambda work: lines.schedule(work, caller.owner, LineId(line), months)
    )
    return shown(schemas.Schedule(items=[showing.planned(one) for one in ahead]))


async def forecast(
    line: str,
    caller: Reader,
    until: Annotated[
        str | None, Query(description="A day to come, 2027-03-01; else three months on")
    ] = None,
) -> Response:
    """How far the money goes, and what must be paid in to reach a day."""
    found = await caller.app.read(
        lambda work: lines.forecast(work, caller.owner, LineId(line), until)
    )
    return shown(schemas.Forecast.model_validate(found, from_attributes=True))


async def preview(
    line: str,
    caller: Reader,
    language: Annotated[Literal["zh", "ru", "en"] | None, Query()] = None,
    form: Annotated[Form | None, Query(alias="format")] = None,
) -> Response:
    """The next message: all its forms, or the one that `format` names."""
    message = await caller.app.read(
        lambda work: lines.preview(
            work,
            caller.owner,
            LineId(line),
            language,
            form if isinstance(form, Format) else Format.STANDARD,
        )
    )
    return _rendered(message, form)


def _rendered(message: Message, form: Form | None) -> Response:
    if isinstance(form, Format):
        return Response(message.payload, 200, dict(HEADERS), "application/json")
    match form:
        case "text":
            text = f"{message.subject}\n\n{message.text}"
            return Response(text, 200, dict(HEADERS), "text/plain")
        case "html":
            headers = {**HEADERS, "content-security-policy": _SANDBOX}
            return Response(message.html, 200, headers, "text/html")
        case "json":
            return Response(message.payload, 200, dict(HEADERS), "application/json")
        case None:
            said = {
                "language": message.language,
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
                "json": json.loads(message.payload or b"{}"),
            }
            return shown(schemas.Preview.model_validate(said))


def _acting(use: Act) -> Callable[[str, Posted], Awaitable[Response]]:
    async def act(line: str, post: Posted) -> Response:
        def record(work: Work, caller: Caller) -> Answer:
            view = use(work, caller.owner, LineId(line), post.body)
            return Answer(200, text(showing.line(view)))

        return await post.answer(record)

    return act


def _bare(use: Callable[[Work, OwnerId, LineId], LineView]) -> Act:
    """An act that takes no fields."""

    def act(work: Work, owner: OwnerId, line: LineId, body: dict[str, object]) -> LineView:
        Fields(body, frozenset()).check()
        return use(work, owner, line)

    return act


_ACTS: tuple[tuple[str, Act, type[requests.Asked], str], ...] = (
    ("topped-up", acts.topped_up, requests.TopUp, "Record a top-up"),
    ("renewed", acts.renewed, requests.Renewal, "Record a renewal"),
    ("used", acts.used, requests.Use, "Record that the number was used"),
    ("snooze", acts.snooze, requests.Snooze, "Say nothing until a day"),
    ("acknowledge", _bare(acts.acknowledge), requests.Nothing, "End what is left of this deadline"),
    ("stop", _bare(acts.stop), requests.Nothing, "Say nothing more until it is resumed"),
    ("resume", _bare(acts.resume), requests.Nothing, "Let the clocks speak again"),
    ("undo", _bare(acts.undo), requests.Nothing, "Take back the last act"),
)
