"""Promises of reminder/service/transfer/preparing.py: one row into one change."""

from __future__ import annotations

from functools import partial

from reminder.app import App
from reminder.service import channels, lines
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
