"""Promises of reminder/service/transfer/importing.py: files in, lines or a report out."""

from __future__ import annotations

import io
import json

import pytest

from reminder.app import App
from reminder.errors import Conflict, InvalidInput
from reminder.service import board, lines, people
from reminder.service.transfer import importing
from reminder.service.transfer.report import RowState
from reminder.storage import lines as stored
from reminder.storage.board import forget_glances
from tests.conftest import HandClock
from tests.service.samples import person, register
from tests.service.transfer.files import DRY_RUN, HEAD, KEEP_GOOD, UPDATE, bring, faults


async def test_rows_become_lines_as_if_registered(app: App) -> None:
    """A row is completed from catalogue and owner exactly as POST /lines completes it."""
    owner, other = await person(app), await person(app, "boris@example.org")
    row = "8 916 123-45-67,МТС,Mum,120.50,300,2026-12-01,P1M\n"
    report = await bring(app, owner, HEAD + row)
    assert (report.counts[RowState.ADDED], report.applied) == (1, True)
    (brought,) = await app.read(lambda work: lines.everything(work, owner))
    posted = await register(app, other)
    assert brought.clocks == posted.clocks
    assert brought.next_due_at == posted.next_due_at
    assert brought.line.label == "Mum"


async def test_one_wrong_row_keeps_all_out(app: App) -> None:
    """Each wrong row is named with its column; nothing is imported unless the good are wanted."""
    owner = await person(app)
    text = (
        HEAD
        + "+79161234567,mts,ok,1,300,2026-12-01,P1M\n"
        + "123,mts,bad,1,300,2026-12-01,P1M\n"
        + "+79161234568,mts,bad,x,300,2020-01-01,P1M\n"
        + "8 916 123 45 67,mts,again,1,300,2026-12-01,P1M\n"
        + "+79161234569,nobody,bad,1,300,2026-12-01,P1M\n"
    )
    report = await bring(app, owner, text)
    assert faults(report) == [
        (3, "number"),
        (4, "balance"),
        (4, "renews_on"),
        (5, "number"),
        (6, "operator"),
    ]
    assert not report.applied
    assert await app.read(lambda work: lines.everything(work, owner)) == []
    kept = await bring(app, owner, text, KEEP_GOOD)
    assert kept.applied
    assert len(await app.read(lambda work: lines.everything(work, owner))) == 1


async def test_a_dry_run_writes_nothing(app: App) -> None:
    """It reports what would be done."""
    owner = await person(app)
    row = "+79161234567,mts,Mum,120.50,300,2026-12-01,P1M\n"
    report = await bring(app, owner, HEAD + row, DRY_RUN)
    assert (report.counts[RowState.ADDED], report.applied) == (1, False)
    assert await app.read(lambda work: lines.everything(work, owner)) == []


async def test_a_number_that_is_there_is_refused_or_updated(app: App, clock: HandClock) -> None:
    """Without the wish a known number is a fault; with it the row's cells win, empty ones keep."""
    owner = await person(app)
    before = await register(app, owner)
    text = "number,label,balance\n+79161234567,Mama,400\n"
    clock.set("2026-11-20T11:00")
    assert faults(await bring(app, owner, text)) == [(2, "number")]
    report = await bring(app, owner, text, UPDATE)
    assert report.counts[RowState.UPDATED] == 1
    after = await app.read(lambda work: lines.get(work, owner, before.line.id))
    assert (after.line.label, after.line.fee) == ("Mama", before.line.fee)
    assert after.clocks.renewal is not None
    assert after.clocks.renewal.covered is True
    assert after.version == before.version + 1


async def test_what_changes_meanwhile_stops_the_whole_import(app: App) -> None:
    """A line that is changed between check and write is not overwritten: nothing is imported."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    text = "number,label\n+79161234567,Mama\n"
    check = await app.read(
        lambda work: importing.Check(work, owner, io.BytesIO(text.encode()), UPDATE, io.BytesIO())
    )
    await app.read(check.step)
    await app.write(lambda work: lines.change(work, owner, line, {"label": "newer"}))
    with pytest.raises(Conflict):
        await app.write(check.write)
    after = await app.read(lambda work: lines.get(work, owner, line))
    assert after.line.label == "newer"


async def test_another_owners_number_is_theirs(app: App) -> None:
    """The same number of somebody else is neither seen nor touched."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    await register(app, boris)
    row = "+79161234567,mts,Mine,120.50,300,2026-12-01,P1M\n"
    assert (await bring(app, owner, HEAD + row, UPDATE)).counts[RowState.ADDED] == 1
    assert len(await app.read(lambda work: lines.everything(work, boris))) == 1


async def test_an_imported_line_reminds(app: App, clock: HandClock) -> None:
    """The engine finds the new lines by itself, at their moment."""
    owner = await person(app)
    await bring(app, owner, HEAD + "+79161234567,mts,Mum,120.50,300,2026-12-01,P1M\n")
    clock.set("2026-11-24T06:00:01")
    await app.plan()
    await app.ensure_sender().drain()
    kept = list((app.settings.server.data_dir / "outbox").glob("*.eml"))
    assert len(kept) == 1


async def test_unknown_columns_refuse_the_file(app: App) -> None:
    """Nothing is read past a first row that is not understood."""
    owner = await person(app)
    with pytest.raises(InvalidInput, match="did you mean renews_on"):
        await bring(app, owner, "number,renew_on\n+79161234567,2026-12-01\n")
    report = await bring(app, owner, json.dumps({"number": "+79161234567", "id": "lin_1"}))
    assert faults(report) == [(1, "id")]


async def test_what_was_imported_needs_no_second_look(app: App) -> None:
    """The first board finds every line sorted already, new and updated ones, as a look at each
    would have it."""
    owner = await person(app)
    await bring(app, owner, HEAD + "+79161234567,mts,Mum,1,300,2026-12-01,P1M\n")
    rows = (
        "+79161234567,mts,Mum,900,300,2026-12-02,P1M\n+79161234568,mts,Dad,1,300,2026-12-03,P1M\n"
    )
    await bring(app, owner, HEAD + rows, UPDATE)
    assert await app.read(lambda work: board.stale(work, owner)) == []
    shown = await app.read(lambda work: board.look(work, owner, board.Sought()))
    await app.write(lambda work: forget_glances(work.session))
    seen = await app.read(lambda work: board.stale(work, owner))
    await app.write(lambda work: board.keep(work, seen))
    again = await app.read(lambda work: board.look(work, owner, board.Sought()))
    assert len(seen) == len(shown.lines) == 2
    assert (shown.lines, shown.counts) == (again.lines, again.counts)


async def test_other_hours_meanwhile_hold_for_what_is_imported(app: App) -> None:
    """Between check and writing the owner takes other hours: every line is looked at by those."""
    owner = await person(app)
    rows = (f"+7916123{n:04},mts,Mum,1,300,2026-12-01,P1M\n" for n in range(importing.STEP))
    source = io.BytesIO((HEAD + "".join(rows)).encode())

    async def tell(rows: int, share: float) -> None:
        await app.write(lambda work: people.change_me(work, owner, {"at": "15:30"}))

    await importing.run(app, owner, source, importing.Wishes(), tell)
    wakes = await app.read(lambda work: {at for at, _ in stored.by_wake(work.session, owner)})
    assert wakes == {await app.read(lambda work: work.now)}
