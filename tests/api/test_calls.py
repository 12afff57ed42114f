"""The tables of calls."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import Response

from reminder.api import accounts, requests
from reminder.api.calls import Call, router


async def _use() -> Response:
    """Say nothing."""
    return Response()


def test_a_call_is_described_as_it_stands() -> None:
    """Method, path, status, body and answer of a call stand in the OpenAPI."""
    face = FastAPI()
    call = Call("POST", "/x", _use, accounts.Sent, requests.Nothing, 202, "Say it.")
    face.include_router(router("things", call))
    said = face.openapi()["paths"]["/x"]["post"]
    assert (said["tags"], said["description"]) == (["things"], "Say it.")
    assert "202" in said["responses"]
    assert said["requestBody"]["required"] is False
