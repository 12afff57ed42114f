"""Promises of reminder/service/transfer/uploads.py: a file waits between check and import."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import InvalidInput, NotFound
from reminder.service import lines
from reminder.service.transfer import uploads
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.jobs import JobState
from reminder.service.transfer.uploads import CHECK, PART, Upload
from tests.conftest import HandClock
from tests.service.samples import person
from tests.service.transfer.files import HEAD, KEEP_GOOD, PLAIN

ROW = "+79161234567,mts,Mum,120.50,300,2026-12-01,P1M\n"


async def kept(app: App, owner: OwnerId, text: str, wishes: Wishes = CHECK) -> str:
    """A file that was sent, and its check at its end."""
    source = io.BytesIO(text.encode())
    job = await app.write(lambda work: uploads.keep(work, owner, "a.csv", source, wishes))
    await uploads.run(app, app.now, owner, job)
    return job


async def looked(app: App, owner: OwnerId, job: str) -> Upload:
    """How it stands."""
    return await app.read(lambda work: uploads.look(work, owner, job))


async def test_a_file_is_checked_then_imported_once(app: App) -> None:
    """The check stores no line; the import needs no second file; pressed again it does nothing,
    and the file is let go of."""
    owner = await person(app)
    job = await kept(app, owner, HEAD + ROW)
    checked = await looked(app, owner, job)
    assert (checked.progress.state, checked.is_applied, checked.is_kept) == ("done", False, True)
    assert await app.read(lambda work: lines.everything(work, owner)) == []
    assert await app.write(lambda work: uploads.start(work, owner, job, PLAIN))
    assert not await app.write(lambda work: uploads.start(work, owner, job, PLAIN))
    await uploads.run(app, app.now, owner, job)
    done = await looked(app, owner, job)
    assert (done.is_applied, done.is_kept) == (True, False)
    assert not await app.write(lambda work: uploads.start(work, owner, job, PLAIN))
    assert len(await app.read(lambda work: lines.everything(work, owner))) == 1


async def test_a_large_file_comes_back_whole(app: App) -> None:
    """A file of several parts is read as it was sent."""
    owner = await person(app)
    note = "+7916{:07},mts,{},1,300,2026-12-01,P1M\n"
    text = HEAD + "".join(note.format(n, "x" * 60) for n in range(PART // 40))
    assert len(text) > 2 * PART
    checked = await looked(app, owner, await kept(app, owner, text))
    assert checked.progress.report is not None
    assert checked.progress.report["refused"] == 0
    assert checked.progress.report["rows"] == text.count("\n") - 1


async def test_good_rows_alone_where_that_is_wished(app: App) -> None:
    """What the check found wrong can be left out without sending the file again."""
    owner = await person(app)
    job = await kept(app, owner, HEAD + ROW + "12,mts,bad,1,300,2026-12-01,P1M\n")
    await app.write(lambda work: uploads.start(work, owner, job, KEEP_GOOD))
    await uploads.run(app, app.now, owner, job)
    assert (await looked(app, owner, job)).is_applied
    assert len(await app.read(lambda work: lines.everything(work, owner))) == 1


async def test_only_its_owner_has_it(app: App) -> None:
    """Another owner neither sees, nor starts, nor lets go of it."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    job = await kept(app, owner, HEAD + ROW)
    with pytest.raises(NotFound):
        await looked(app, boris, job)
    with pytest.raises(NotFound):
        await app.write(lambda work: uploads.start(work, boris, job, PLAIN))
    await kept(app, boris, HEAD)
    assert (await looked(app, owner, job)).is_kept
    assert [one.id for one in await app.read(lambda w: uploads.latest(w, owner))] == [job]


async def test_one_file_is_kept_at_a_time_and_for_a_day(app: App, clock: HandClock) -> None:
    """The next file takes the place of the last; after a day a file must be chosen again."""
    owner = await person(app)
    first = await kept(app, owner, HEAD + ROW)
    second = await kept(app, owner, HEAD + ROW)
    assert not (await looked(app, owner, first)).is_kept
    with pytest.raises(InvalidInput, match="choose it again"):
        await app.write(lambda work: uploads.start(work, owner, first, PLAIN))
    clock.at += timedelta(hours=25)
    await app.tidy()
    assert not (await looked(app, owner, second)).is_kept


async def test_a_file_whose_process_died_can_be_started_again(app: App, clock: HandClock) -> None:
    """Killed in the middle, it is interrupted, nothing is stored, and it goes on when asked."""
    owner = await person(app)
    source = io.BytesIO((HEAD + ROW).encode())
    job = await app.write(lambda work: uploads.keep(work, owner, "a\0.csv", source, CHECK))
    clock.at += timedelta(minutes=6)
    broken = await looked(app, owner, job)
    assert (broken.progress.state, broken.progress.name) == (JobState.INTERRUPTED, "a.csv")
    wishes = replace(PLAIN, encoding="utf-8", separator="comma")
    assert await app.write(lambda work: uploads.start(work, owner, job, wishes))
    await uploads.run(app, app.now, owner, job)
    done = await looked(app, owner, job)
    assert (done.is_applied, done.wishes) == (True, wishes)
