"""Promises of reminder/service/transfer/importing.py, preparing.py and exporting.py together."""

from __future__ import annotations

import io
import json

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import Conflict, InvalidInput
from reminder.service import acts, channels, lines
from reminder.service.transfer import exporting, importing
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.report import Report, RowState
from tests.conftest import HandClock
from tests.service.samples import person, register

HEAD = "number,operator,label,balance,fee,renews_on,period\n"


async def bring(app: App, owner: OwnerId, text: str | bytes, **wishes: bool) -> Report:
    """Import a text."""

    async def hush(_rows: int, _share: float) -> None:
        """Nobody watches."""

    raw = text.encode() if isinstance(text, str) else text
    return await importing.run(app, owner, io.BytesIO(raw), Wishes(**wishes), hush)


async def sent_out(app: App, owner: OwnerId, *, as_csv: bool = True) -> str:
    """Export everything."""
    write = exporting.as_csv if as_csv else exporting.as_json_lines
    return await app.read(lambda work: "".join(write(exporting.rows(work, owner))))


def faults(report: Report) -> list[tuple[int, str]]:
    """Row and column of each fault."""
    return [(one.row, fault.field) for one in report.items for fault in one.faults]


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
    kept = await bring(app, owner, text, keep_good=True)
    assert kept.applied
    assert len(await app.read(lambda work: lines.everything(work, owner))) == 1


async def test_a_dry_run_writes_nothing(app: App) -> None:
    """It reports what would be done."""
    owner = await person(app)
    row = "+79161234567,mts,Mum,120.50,300,2026-12-01,P1M\n"
    report = await bring(app, owner, HEAD + row, dry_run=True)
    assert (report.counts[RowState.ADDED], report.applied) == (1, False)
    assert await app.read(lambda work: lines.everything(work, owner)) == []


async def test_a_number_that_is_there_is_refused_or_updated(app: App, clock: HandClock) -> None:
    """Without the wish a known number is a fault; with it the row's cells win, empty ones keep."""
    owner = await person(app)
    before = await register(app, owner)
    text = "number,label,balance\n+79161234567,Mama,400\n"
    clock.set("2026-11-20T11:00")
    assert faults(await bring(app, owner, text)) == [(2, "number")]
    report = await bring(app, owner, text, update=True)
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


UPDATE = Wishes(update=True)


async def test_another_owners_number_is_theirs(app: App) -> None:
    """The same number of somebody else is neither seen nor touched."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    await register(app, boris)
    row = "+79161234567,mts,Mine,120.50,300,2026-12-01,P1M\n"
    assert (await bring(app, owner, HEAD + row, update=True)).counts[RowState.ADDED] == 1
    assert len(await app.read(lambda work: lines.everything(work, boris))) == 1


async def test_a_balance_with_its_day_stands_at_that_days_end(app: App) -> None:
    """``balance_on`` dates the reading; a day to come is a fault of that column."""
    owner = await person(app)
    head = "number,operator,balance,balance_on,fee,renews_on,period\n"
    row = "+79161234567,mts,120.50,2026-11-{},300,2026-12-01,P1M\n"
    assert faults(await bring(app, owner, head + row.format("25"))) == [(2, "balance_on")]
    await bring(app, owner, head + row.format("18"))
    (view,) = await app.read(lambda work: lines.everything(work, owner))
    assert str(view.readings[0].on) == "2026-11-18"


async def eventful(app: App, owner: OwnerId, clock: HandClock) -> None:
    """Lines in every state: overdue on a 31st, stopped, snoozed, acknowledged, ended, postpaid."""
    await channels_of(app, owner)
    mail = (await app.read(lambda work: channels.everything(work, owner)))[0].id
    clock.set("2026-01-20T10:00")
    edge = {
        "number": "+79160000001",
        "label": "=\"Мама\", 妈妈; '1'",
        "note": "two\nlines; and 'quotes'",
        "renews_on": "2026-01-31",
        "low_balance": "50.00",
        "lead_times": ["P10D", "P0D"],
        "channels": [mail],
        "inactivity_days": 120,
        "last_active_on": "2026-01-10",
    }
    await register(app, owner, **edge)
    stopped = await register(app, owner, number="+79160000002", renews_on="2026-02-28")
    snoozed = await register(app, owner, number="+79160000003", renews_on="2026-02-01")
    heard = await register(app, owner, number="+79160000004", renews_on="2026-02-01")
    once = {"renews_on": "2026-01-22", "operator": "other", "period": None, "fee": None}
    await register(app, owner, number="+79160000005", **once, balance=None)
    await register(
        app,
        owner,
        number="+77010000006",
        operator="other",
        currency="KZT",
        plan="postpaid",
        top_up_url="https://example.org/pay",
        autopay=False,
    )
    clock.set("2026-01-21T10:00")
    await app.write(lambda work: acts.stop(work, owner, stopped.line.id))
    await app.write(lambda work: acts.acknowledge(work, owner, heard.line.id))
    sum_in = {"amount": "10", "on": "2026-01-20"}
    await app.write(lambda work: acts.topped_up(work, owner, heard.line.id, sum_in))
    clock.set("2026-02-05T10:00")
    until = {"until": "2026-02-15"}
    await app.write(lambda work: acts.snooze(work, owner, snoozed.line.id, until))
    clock.set("2026-02-12T10:00")
    await app.plan()


async def channels_of(app: App, owner: OwnerId) -> None:
    """One labelled mailbox."""
    fields = {"kind": "email", "address": "anna@example.org", "label": "Post; box"}
    await app.write(lambda work: channels.add(work, owner, fields))


@pytest.mark.parametrize("as_csv", [True, False])
async def test_an_export_imports_to_the_same_state(
    app: App, clock: HandClock, *, as_csv: bool
) -> None:
    """Every field's edge values, anchors of the 31st, overdue, stopped, snoozed, acknowledged and
    ended lines, and every reading come back: the export of the import is the same text."""
    owner = await person(app)
    await eventful(app, owner, clock)
    first = await sent_out(app, owner, as_csv=as_csv)
    seen = {v.line.number: v for v in await app.read(lambda w: lines.everything(w, owner))}
    assert {v.standing.state for v in seen.values()} == {"active", "stopped", "ended"}
    assert any(v.standing.overdue for v in seen.values())
    other = await person(app, "boris@example.org")
    fields = {"kind": "email", "address": "anna@example.org", "label": "Post; box"}
    await app.write(lambda work: channels.add(work, other, fields))
    report = await bring(app, other, first)
    assert faults(report) == []
    assert await sorted_rows(app, other) == await sorted_rows(app, owner)
    brought = {v.line.number: v for v in await app.read(lambda w: lines.everything(w, other))}
    for number, view in seen.items():
        assert brought[number].clocks == view.clocks, number
        assert brought[number].standing.anchor == view.standing.anchor


async def sorted_rows(app: App, owner: OwnerId) -> list[dict[str, str]]:
    """An owner's export by number."""
    found = await app.read(lambda work: list(exporting.rows(work, owner)))
    return sorted(found, key=lambda row: row["number"])


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


def test_the_template_is_a_file_that_imports() -> None:
    """What is downloaded to be filled in has every column, and no formula."""
    head, first, *_ = exporting.template().splitlines()
    assert head.lstrip("\ufeff").startswith("number,operator,label")
    assert first.startswith("'+7")
