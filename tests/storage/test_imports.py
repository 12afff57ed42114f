"""Promises of reminder/storage/imports.py."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from reminder.app import App
from reminder.errors import NotFound
from reminder.service.work import Work
from reminder.storage import imports
from reminder.storage.imports import KEPT, Job
from tests.conftest import START
from tests.service.samples import person


async def test_an_import_is_kept_and_saved(app: App) -> None:
    """How far it is can be written and read; of one owner only the latest are kept."""
    owner = await person(app)
    first = Job("imp_000", owner, "a.csv", "running", 0, 0, "", START, START)
    await app.write(lambda work: imports.add(work.session, first))
    saved = replace(first, state="done", rows_read=5, permille=1000, report="{}")
    await app.write(lambda work: imports.save(work.session, saved))
    assert await app.read(lambda work: imports.get(work.session, first.id, owner)) == saved
    for number in range(1, KEPT + 1):
        one = replace(first, id=f"imp_{number:03}")
        await app.write(partial(_add, one))
    with pytest.raises(NotFound):
        await app.read(lambda work: imports.get(work.session, first.id, owner))


def _add(job: Job, work: Work) -> None:
    imports.add(work.session, job)
