"""How an answer leaves: JSON made by the schema, nothing cached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

HEADERS: Mapping[str, str] = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def shown(model: BaseModel, status: int = 200, *, without_none: bool = False) -> Response:
    """Answer a model; ``without_none`` leaves out what a kind of thing does not have."""
    body = text(model, without_none=without_none)
    return Response(body, status, dict(HEADERS), "application/json")


def text(model: BaseModel, *, without_none: bool = False) -> str:
    """A model as its JSON."""
    return model.model_dump_json(by_alias=True, exclude_none=without_none)


def content(model: BaseModel, *, without_none: bool = False) -> dict[str, object]:
    """A model as the plain values that its JSON holds."""
    plain = model.model_dump(mode="json", by_alias=True, exclude_none=without_none)
    return cast("dict[str, object]", plain)


def empty() -> Response:
    """Answer 204: done, nothing to say."""
    return Response(None, 204, dict(HEADERS))


def listed(items: list[dict[str, object]], following: str | None) -> Response:
    """Answer one page of plain items."""
    return JSONResponse({"items": items, "next": following}, headers=dict(HEADERS))
