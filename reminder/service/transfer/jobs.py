"""Imports that go on by themselves: started, looked at, and what came of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO

import structlog

from reminder.domain.ids import OwnerId
from reminder.errors import Conflict, InvalidInput, ReminderError
from reminder.service.fields import pointer
from reminder.service.transfer import importing
from reminder.service.transfer.importing import Doors, Wishes
from reminder.service.transfer.report import Report, RowReport
from reminder.service.work import Work
from reminder.storage import imports
from reminder.storage.imports import Job

log = structlog.get_logger(__name__)
TELL_EVERY = timedelta(seconds=1)
SILENT_FOR = timedelta(minutes=5)


class JobState(StrEnum):
    """How an import stands. *interrupted*: its process died; nothing was written."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Progress:
    """How an import stands, as it is shown. ``report`` is there once it has ended."""

    id: str
    name: str
    state: JobState
    rows_read: int
    share: float
    report: Mapping[str, object] | None
    created_at: datetime


def begin(work: Work, owner: OwnerId, name: str) -> Job:
    """Keep that an import begins."""
    identity = work.new_id("imp")
    job = Job(identity, owner, name[:200], JobState.RUNNING, 0, 0, "", work.now, work.now)
    imports.add(work.session, job)
    return job


def look(work: Work, owner: OwnerId, identity: str) -> Progress:
    """How an import stands. One that has been silent for minutes died with its process. Raises
    NotFound for none, or another owner's."""
    job = imports.get(work.session, identity, owner)
    silent = job.state == JobState.RUNNING and work.now - job.updated_at > SILENT_FOR
    return progress(replace(job, state=JobState.INTERRUPTED) if silent else job)


def progress(job: Job) -> Progress:
    """A kept import as it is shown."""
    report = json.loads(job.report) if job.report else None
    share = job.permille / 1000
    state = JobState(job.state)
    return Progress(job.id, job.name, state, job.rows_read, share, report, job.created_at)


async def go_on(
    doors: Doors, now: Callable[[], datetime], job: Job, source: BinaryIO, wishes: Wishes
) -> None:
    """Run an import to its end, and keep how far it is while it runs."""
    told = job.updated_at

    async def tell(rows: int, share: float) -> None:
        nonlocal told, job
        if now() - told >= TELL_EVERY:
            told = now()
            job = replace(job, rows_read=rows, permille=int(share * 1000), updated_at=told)
            await doors.write(lambda work: imports.save(work.session, job))

    try:
        report = await importing.run(doors, job.owner, source, wishes, tell)
        state = JobState.REFUSED if _is_refused(report) else JobState.DONE
        said = as_json(report)
        job = replace(job, rows_read=report.rows, permille=1000)
    except (InvalidInput, Conflict) as error:
        state, said = JobState.REFUSED, {"errors": _errors(error)}
    except Exception:
        log.exception("import broke", job=job.id)
        detail = "The import broke inside the service; nothing was written"
        state, said = JobState.REFUSED, {"errors": [{"pointer": "#", "detail": detail}]}
    ended = replace(job, state=state, report=json.dumps(said), updated_at=now())
    await doors.write(lambda work: imports.save(work.session, ended))


def _is_refused(report: Report) -> bool:
    return not report.applied and not report.dry_run


def _errors(error: ReminderError) -> list[dict[str, str]]:
    if isinstance(error, InvalidInput):
        return [{"pointer": pointer(one.field), "detail": one.detail} for one in error.faults]
    return [{"pointer": "#", "detail": str(error)}]


def as_json(report: Report) -> dict[str, object]:
    """A report as plain values: counts, and the rows that are named."""
    counts: dict[str, object] = {state.value: n for state, n in report.counts.items()}
    return {
        "applied": report.applied,
        "dry_run": report.dry_run,
        "shape": report.shape,
        "rows": report.rows,
        **counts,
        "items": [_row(one) for one in report.items],
    }


def _row(one: RowReport) -> dict[str, object]:
    errors = [{"pointer": pointer(f.field), "detail": f.detail} for f in one.faults]
    return {
        "row": one.row,
        "state": one.state.value,
        "number": one.number,
        "line": one.line,
        "errors": errors,
        "left_out": list(one.left),
    }
