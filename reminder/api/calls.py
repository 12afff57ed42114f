"""A call as it stands in the tables of the nouns: method, path, what it takes and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from reminder.api import requests


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``answer`` missing: it is JSON without a schema of its own, or nothing (204)."""

    method: str
    path: str
    use: Callable[..., Awaitable[Response]]
    answer: type[BaseModel] | None = None
    body: type[requests.Asked] | None = None
    status: int = 200
    says: str | None = None


def router(noun: str, *calls: Call) -> APIRouter:
    """The calls of one noun, ready to be included."""
    made = APIRouter(tags=[noun])
    for call in calls:
        made.add_api_route(
            call.path,
            call.use,
            methods=[call.method],
            response_model=call.answer,
            status_code=call.status,
            description=call.says,
            openapi_extra=requests.body(call.body) if call.body else None,
            operation_id=f"{call.method} {call.path}",
        )
    return made
