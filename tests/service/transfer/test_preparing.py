"""Promises of reminder/service/transfer/preparing.py: one row into one change."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from reminder.app import App
from reminder.service import channels, lines
from reminder.service.transfer.importing import Wishes
from reminder.service.transfer.preparing import MOST_ALIKE
from tests.service.samples import person
from tests.service.transfer.files import HEAD, bring, faults


async def test_a_balance_with_its_day_stands_at_that_days_end(app: App) -> None:
    """``balance_on`` dates the reading; a day to come is a fault of that column."""
    owner = await person(app)
    head = "number,operator,balance,balance_on,fee,renews_on,period\n"
    row = "+79161234567,mts,120.50,2026-11-{},300,2026-12-01,P1M\n"
    assert faults(await bring(app, owner, head + row.format("25"))) == [(2, "balance_on")]
    await bring(app, owner, head + row.format("18"))
    (view,) = await app.read(lambda work: lines.everything(work, owner))
    assert str(view.readings[0].on) == "2026-11-18"


async def test_operators_and_channels_may_be_named(app: App) -> None:
    """An operator by any of its names, a channel by its address, its label or its id."""
    owner = await person(app)
    for address, label in (("anna@example.org", ""), ("box@example.org", "Post")):
        fields = {"kind": "email", "address": address, "label": label}
        await app.write(partial(channels.add, owner=owner, given=fields))
    head = "number,operator,renews_on,channels\n"
    row = "+79161234567,Билайн,2026-12-01,anna@example.org; Post\n"
    assert faults(await bring(app, owner, head + row)) == []
    (view,) = await app.read(lambda work: lines.everything(work, owner))
    assert view.line.operator == "beeline"
    assert len(view.line.channels) == 2
    row = "+79161234568,Билайн,2026-12-01,nobody@example.org\n"
    assert faults(await bring(app, owner, head + row)) == [(2, "channels")]


async def test_an_anchor_may_be_named(app: App) -> None:
    """A fee day of February keeps its 31st."""
    owner = await person(app)
    head = "number,operator,fee,renews_on,anchor,period\n"
    await bring(app, owner, head + "+79161234567,mts,300,2027-02-28,2027-01-31,P1M\n")
    (view,) = await app.read(lambda work: lines.everything(work, owner))
    assert str(view.standing.anchor) == "2027-01-31"
    assert faults(await bring(app, owner, HEAD + "x,,,,,,\n")) != []


ALIKE = [
    "+79161234567,mts,Mum,120.50,2026-12-01,drawer",
    "+7 916 123-45-68,mts,,,2026-12-05,",
    "8 916 123-45-69,mts,Router,99,2027-01-31,",
    "916,mts,Mum,1,2026-12-01,",
    "+79161234570,mts,Mum,much,2026-12-01,",
    "+79161234571,mts,Mum,1.555,2026-02-30,",
    "+79161234572,mts," + "x" * 101 + ",1,2026-11-01,",
    "+79161234573,mts,,,,",
    "+79161234574,beeline,,,2026-12-01,",
]


async def test_rows_that_are_alike_are_read_as_each_alone(app: App) -> None:
    """Of a list whose rows differ in a few fields each becomes the line, or has the faults, that it
    would have as the only row of its file."""
    head = "number,operator,label,balance,renews_on,note,fee,period,charged_by\n"
    rows = [f"{row},300.00,P1M,operator\n" for row in ALIKE]
    apart, together = await person(app), await person(app, "boris@example.org")
    alone = [await bring(app, apart, head + row, Wishes(keep_good=True)) for row in rows]
    whole = await bring(app, together, head + "".join(rows), Wishes(keep_good=True))
    assert [one.items[0].faults for one in alone] == [one.faults for one in whole.items]
    assert [one.items[0].number for one in alone] == [one.number for one in whole.items]
    there = [
        sorted(
            await app.read(partial(lines.everything, owner=who)),
            key=lambda view: view.line.number,
        )
        for who in (apart, together)
    ]
    for mine, theirs in zip(*there, strict=True):
        assert replace(mine.line, id=theirs.line.id, owner=together) == theirs.line
        assert mine.standing == theirs.standing
        assert [r.minor for r in mine.readings] == [r.minor for r in theirs.readings]


async def test_many_kinds_of_rows_are_told_apart(app: App) -> None:
    """More different rows than are kept in mind, and the first of them once more."""
    owner = await person(app)
    head = "number,operator,renews_on,fee\n"
    fees = [100 + n for n in range(MOST_ALIKE + 1)] + [100]
    rows = [f"+7{9161000000 + n},mts,2026-12-01,{fee}\n" for n, fee in enumerate(fees)]
    assert faults(await bring(app, owner, head + "".join(rows))) == []
    kept = await app.read(lambda work: lines.everything(work, owner))
    assert sorted((v.line.number, v.line.fee.minor) for v in kept if v.line.fee) == [
        (f"+7{9161000000 + n}", fee * 100) for n, fee in enumerate(fees)
    ]
