"""Promises of reminder/service/transfer/jobs.py: an import that goes on by itself."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import NotFound
from reminder.service.transfer import jobs
from reminder.service.transfer.jobs import JobState, Progress
from tests.conftest import HandClock
from tests.service.samples import person
from tests.service.transfer.files import HEAD, PLAIN


async def ran(app: App, owner: OwnerId, text: str, clock: HandClock) -> Progress:
    """An import run to its end, every look at the clock a second later."""

    def later() -> object:
        clock.at += timedelta(seconds=1)
        return clock.at

    job = await app.write(lambda work: jobs.begin(work, owner, "lines.csv"))
    await jobs.go_on(app, later, job, io.BytesIO(text.encode()), PLAIN)  # type: ignore[arg-type]
    return await app.read(lambda work: jobs.look(work, owner, job.id))


async def test_what_came_of_it_is_kept(app: App, clock: HandClock) -> None:
    """Done with counts, refused with rows, or refused as a whole: it can be looked at later."""
    owner = await person(app)
    row = "+7916123{},mts,Mum,1,300,2026-12-01,P1M\n"
    done = await ran(app, owner, HEAD + "".join(row.format(n) for n in range(1000, 1250)), clock)
    assert (done.state, done.rows_read, done.share) == (JobState.DONE, 250, 1.0)
    assert done.report is not None
    assert done.report["added"] == 250
    refused = await ran(app, owner, HEAD + row.format(1), clock)
    assert (refused.state, refused.rows_read) == (JobState.REFUSED, 1)
    rubbish = await ran(app, owner, "", clock)
    assert rubbish.state is JobState.REFUSED
    assert rubbish.report is not None
    assert "errors" in rubbish.report


async def test_only_its_owner_sees_it(app: App, clock: HandClock) -> None:
    """Another owner's import is none."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    job = await ran(app, owner, HEAD, clock)
    with pytest.raises(NotFound):
        await app.read(lambda work: jobs.look(work, boris, job.id))
