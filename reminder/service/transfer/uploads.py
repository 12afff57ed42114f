"""Files that a person sent by a page: kept between their check and their import, so that nothing
has to be chosen twice, and whichever node is asked has them."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import BinaryIO

from reminder.domain.ids import OwnerId
from reminder.errors import InvalidInput
from reminder.service.transfer import jobs
from reminder.service.transfer.importing import Doors, Wishes
from reminder.service.transfer.jobs import JobState, Progress
from reminder.service.work import Work
from reminder.storage import imports
from reminder.storage.imports import Job

LARGEST_FILE = 32 * 1024 * 1024
PART = 256 * 1024
LATEST = 5
CHECK = Wishes(dry_run=True)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: how far its check or import is, how it is wanted, and whether it is
    still kept."""

    progress: Progress
    wishes: Wishes
    is_kept: bool

    @property
    def is_applied(self) -> bool:
        """Whether its numbers are in the list."""
        return bool((self.progress.report or {}).get("applied"))


def keep(work: Work, owner: OwnerId, name: str, source: BinaryIO, wishes: Wishes) -> str:
    """Keep a file, and that its check begins; the file before it is let go of. Returns its id."""
    imports.drop_files(work.session, owner, JobState.RUNNING)
    job = jobs.begin(work, owner, "".join(filter(str.isprintable, name)))
    job = replace(job, wishes=_written(wishes))
    imports.save(work.session, job)
    source.seek(0)
    imports.keep_parts(work.session, job.id, enumerate(_parts(source)))
    return job.id


def _parts(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(PART), b"")


def _written(wishes: Wishes) -> str:
    return json.dumps(asdict(wishes))


def look(work: Work, owner: OwnerId, identity: str) -> Upload:
    """How a sent file stands. Raises NotFound for none, or another owner's."""
    progress = jobs.look(work, owner, identity)
    job = imports.get(work.session, identity, owner)
    return Upload(progress, _wishes(job), imports.has_file(work.session, identity))


def latest(work: Work, owner: OwnerId) -> list[Progress]:
    """An owner's last imports, newest first."""
    found = imports.latest(work.session, owner, LATEST)
    return [jobs.look(work, owner, job.id) for job in found]


def _wishes(job: Job) -> Wishes:
    return Wishes(**json.loads(job.wishes))


def start(work: Work, owner: OwnerId, identity: str, wishes: Wishes) -> bool:
    """Have a kept file checked or imported; False when it is under way, or imported already.
    Raises InvalidInput when the file is not kept any more."""
    upload = look(work, owner, identity)
    if upload.progress.state is JobState.RUNNING or upload.is_applied:
        return False
    if not upload.is_kept:
        raise InvalidInput.of("file", "This file is not kept any more: choose it again")
    job = replace(
        imports.get(work.session, identity, owner),
        state=JobState.RUNNING,
        rows_read=0,
        permille=0,
        report="",
        wishes=_written(wishes),
        updated_at=work.now,
    )
    imports.save(work.session, job)
    return True


async def run(doors: Doors, now: Callable[[], datetime], owner: OwnerId, identity: str) -> None:
    """Check or import a kept file to the end; one that was imported is let go of."""
    job = await doors.read(lambda work: imports.get(work.session, identity, owner))
    with tempfile.TemporaryFile() as source:
        for number in itertools.count():
            content = await doors.read(partial(_part, identity=identity, number=number))
            if content is None:
                break
            source.write(content)
        await jobs.go_on(doors, now, job, source, _wishes(job))
    await doors.write(lambda work: _let_go(work, job))


def _part(work: Work, identity: str, number: int) -> bytes | None:
    return imports.part(work.session, identity, number)


def _let_go(work: Work, job: Job) -> None:
    if look(work, job.owner, job.id).is_applied:
        imports.drop_file(work.session, job.id)
