"""``/import`` and ``/export``: lines as files."""

from __future__ import annotations

import json
import tempfile
from typing import Annotated, BinaryIO, Literal, cast

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from reminder.api import reports
from reminder.api.access import Reader, Writer
from reminder.api.answers import HEADERS, content
from reminder.api.calls import Call, Masked, router
from reminder.service.transfer import archive, exporting, importing, jobs
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.jobs import Progress
from reminder.service.transfer.uploads import LARGEST_FILE
from reminder.service.work import Work

Form = Literal["csv", "jsonl"]
_MEDIA: dict[Form, str] = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
_TOO_LARGE = "A file to import holds 32 MB at most: split it."
Flag = Annotated[bool, Query()]


def routes() -> APIRouter:
    """The calls of this noun."""
    return router(
        "import and export",
        Call(
            "POST",
            "/import",
            take,
            reports.ImportReport,
            also={202: reports.Import, 207: reports.ImportReport},
        ),
        Call("GET", "/imports/{job}", look, reports.Import),
        Call("GET", "/export", give, media=tuple(_MEDIA.values())),
        Call("GET", "/me/archive", give_everything, media=("application/zip",)),
    )


def wishes(
    *,
    dry_run: Flag = False,
    keep_good: Flag = False,
    update: Flag = False,
    encoding: Annotated[str | None, Query(max_length=20)] = None,
    separator: Annotated[str | None, Query(max_length=20)] = None,
) -> Wishes:
    """How to import, as the query says it."""
    return Wishes(dry_run, keep_good, update, encoding, separator)


async def take(
    request: Request,
    caller: Writer,
    how: Annotated[Wishes, Depends(wishes)],
    prefer: Annotated[str, Header()] = "",
) -> Response:
    """Import CSV or JSON lines: all rows, or, if one is wrong, none (`keep_good`: the good ones).
    200 when all are good, 207 when some are not. With `Prefer: respond-async` it answers 202 at
    once, and `GET /imports/{id}` tells how far it is."""
    source = await _received(request)
    app = caller.app
    if "respond-async" in prefer:
        job = await app.write(lambda work: jobs.begin(work, caller.owner, ""))
        going = app.in_background(jobs.go_on(app, app.now, job, source, how))
        going.add_done_callback(lambda _: source.close())
        return _said(_shown(jobs.progress(job)), 202, {"location": f"/api/v1/imports/{job.id}"})
    with source:
        report = await importing.run(app, caller.owner, source, how, _hush)
    return _said(jobs.as_json(report), 207 if report.refused else 200)


async def _hush(_rows: int, _share: float) -> None:
    """Nobody watches an import that is waited for."""


async def _received(request: Request) -> BinaryIO:
    """The body in a temporary file; raises 413 as soon as it is too large."""
    source = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - the import closes it
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_FILE:
            source.close()
            raise HTTPException(413, _TOO_LARGE)
        source.write(part)
    return source


def _shown(one: Progress) -> dict[str, object]:
    return content(reports.Import.model_validate(one, from_attributes=True))


def _said(said: dict[str, object], status: int, more: dict[str, str] | None = None) -> Response:
    body = json.dumps(said, ensure_ascii=False)
    return Response(body, status, {**HEADERS, **(more or {})}, "application/json")


async def look(job: str, caller: Reader) -> Response:
    """How an import stands."""
    found = await caller.app.read(lambda work: jobs.look(work, caller.owner, job))
    return _said(_shown(found), 200)


async def give(
    caller: Reader,
    form: Annotated[Form, Query(alias="format")] = "csv",
    *,
    masked: Masked = False,
) -> Response:
    """All your lines with where they stand; importing the file gives the same state back, unless
    its numbers are masked."""

    def written(work: Work) -> str:
        found = exporting.rows(work, caller.owner, masked=masked)
        write = exporting.as_csv if form == "csv" else exporting.as_json_lines
        return "".join(write(found))

    text = await caller.app.read(written)
    named = {"content-disposition": f'attachment; filename="lines.{form}"'}
    return Response(text, 200, {**HEADERS, **named}, f"{_MEDIA[form]}; charset=utf-8")


async def give_everything(caller: Reader) -> Response:
    """Everything about you as one ZIP: lines, readings, acts, channels without secrets, reminders,
    deliveries with their attempts, settings, names of tokens, devices."""
    with tempfile.TemporaryFile() as out:
        await caller.app.read(lambda work: archive.pack(work, caller.owner, out))
        out.seek(0)
        packed = out.read()
    named = {"content-disposition": f'attachment; filename="{archive.NAME}"'}
    return Response(packed, 200, {**HEADERS, **named}, "application/zip")
