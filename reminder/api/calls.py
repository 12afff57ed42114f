"""A call as it stands in the tables of the nouns: method, path, what it takes and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse, Response

from reminder.api import posting, requests
from reminder.api.problems import MEDIA_TYPE
from reminder.api.schemas import Problem

REFERENCE = "#/components/schemas/{model}"
WRONG: Mapping[str, Any] = {
    "description": "What is wrong",
    "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model=Problem.__name__)}}},
}
REFUSALS = (400, 401, 403, 404, 409, 422, 429, 503)
OF_BODIES = (413, 415)
WITH_BODIES = frozenset({"POST", "PATCH"})

Masked = Annotated[
    bool, Query(description="Numbers as messages show them, `+7 916 ••• •• 67`, not whole")
]
MaskedOrNot = Annotated[
    bool | None,
    Query(description="Numbers as messages show them, or whole; else as your settings say"),
]


class Described(FastAPI):
    """FastAPI, told once of the schema that all refusals share: as a model of each of them it takes
    a twentieth of the time of a start."""

    def openapi(self) -> dict[str, Any]:
        """The description of all calls."""
        said = super().openapi()
        _, found = models_json_schema([(Problem, "serialization")], ref_template=REFERENCE)
        said["components"]["schemas"] |= found["$defs"]
        return said


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``answer`` missing: it is JSON without a schema of its own, or nothing (204).
    ``also``: other statuses of a call that went well, with what they answer; ``media``: what it
    answers besides ``answer``, or instead, that is not JSON."""

    method: str
    path: str
    use: Callable[..., Awaitable[Response]]
    answer: type[BaseModel] | None = None
    body: type[requests.Asked] | None = None
    status: int = 200
    says: str | None = None
    also: Mapping[int, type[BaseModel]] = field(default_factory=dict)
    media: tuple[str, ...] = ()


class _Route(APIRoute):
    """A call as FastAPI describes it. The parameters of a POST it is not asked for at each request:
    solving them takes it as long as registering a line takes us."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        taken = [one.call for one in self.dependant.dependencies]
        read = posting.READERS.get(taken[0]) if len(taken) == 1 else None
        if read is None:
            return super().get_route_handler()

        async def handle(request: Request) -> Response:
            answer: Response = await self.endpoint(post=await read(request), **request.path_params)
            return answer

        return handle


def router(noun: str, *calls: Call) -> APIRouter:
    """The calls of one noun, ready to be included."""
    made = APIRouter(tags=[noun], route_class=_Route)
    for call in calls:
        made.add_api_route(
            call.path,
            call.use,
            methods=[call.method],
            response_model=call.answer,
            response_class=JSONResponse if call.answer or not call.media else Response,
            responses=_responses(call),
            status_code=call.status,
            description=call.says,
            openapi_extra=requests.body(call.body) if call.body else None,
            operation_id=f"{call.method} {call.path}",
        )
    return made


def _responses(call: Call) -> dict[int | str, dict[str, Any]]:
    """What a call may answer besides what it is for: the refusals, and other good ends."""
    found: dict[int | str, dict[str, Any]] = {status: dict(WRONG) for status in REFUSALS}
    if call.method in WITH_BODIES:
        found |= {status: dict(WRONG) for status in OF_BODIES}
    for status, model in call.also.items():
        found[status] = {"model": model}
    if call.media:
        text = {"schema": {"type": "string"}}
        found[call.status] = {"content": dict.fromkeys(call.media, text)}
    return found
