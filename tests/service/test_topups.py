"""Promises of reminder/service/topups.py: a pasted list counts whole, and once."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.balance import ReadingKind
from reminder.domain.ids import OwnerId
from reminder.service import acts, lines, topups
from reminder.service.topups import Report, State
from tests.conftest import HandClock
from tests.service.samples import faults, person, register

MUM, DAD = "+7 916 123-45-67", "+7 926 123-45-68"
LIST = "number;sum\n8 916 123 45 67;179,50\n+79261234568\t300\n"


async def _two(app: App, clock: HandClock) -> OwnerId:
    owner = await person(app)
    await register(app, owner, number=MUM, label="Mum")
    await register(app, owner, number=DAD, label="Dad")
    clock.set("2026-11-20 11:00")
    return owner


async def _count(app: App, owner: OwnerId, text: str = LIST, **more: object) -> Report:
    return await app.planned(lambda work: topups.count(work, owner, {"text": text, **more}))


async def _sums(app: App, owner: OwnerId) -> list[str]:
    """Every top-up that is kept, by line."""
    everyone = await app.read(lambda work: lines.everything(work, owner))
    return [
        f"{view.line.label} {reading.minor} {reading.on}"
        for view in sorted(everyone, key=lambda v: v.line.number)
        for reading in view.readings
        if reading.kind is ReadingKind.TOP_UP
    ]


async def test_looking_changes_nothing_and_counting_does(app: App, clock: HandClock) -> None:
    """The preview names every row with its line; then each sum is recorded on its day, and a fee
    that is covered now needs nobody."""
    owner = await _two(app, clock)
    seen = await app.read(lambda work: topups.look(work, owner, {"text": LIST}))
    assert [(r.row, r.state, r.label) for r in seen.items] == [
        (1, State.HEADING, ""),
        (2, State.COUNTED, "Mum"),
        (3, State.COUNTED, "Dad"),
    ]
    assert [t.amount for t in seen.totals] == ["479.50"]
    assert not seen.applied
    assert await _sums(app, owner) == []
    assert (await _count(app, owner)).applied
    assert await _sums(app, owner) == ["Mum 17950 2026-11-20", "Dad 30000 2026-11-20"]
    everyone = await app.read(lambda work: lines.everything(work, owner))
    assert [v.clocks.renewal and v.clocks.renewal.covered for v in everyone] == [True, True]


async def test_the_same_list_counts_once_a_day(app: App, clock: HandClock) -> None:
    """Sent again, in another spelling too, every sum is named as recorded; next month it counts."""
    owner = await _two(app, clock)
    await _count(app, owner)
    again = await _count(app, owner, "9161234567 179.50\n89261234568 300,00")
    assert [r.state for r in again.items] == [State.ALREADY, State.ALREADY]
    assert not again.applied
    assert len(await _sums(app, owner)) == 2
    clock.set("2026-11-21 09:00")
    same_day = await _count(app, owner, on="2026-11-20")
    assert not same_day.applied
    assert (await _count(app, owner)).applied
    assert len(await _sums(app, owner)) == 4


async def test_one_wrong_row_holds_all_up(app: App, clock: HandClock) -> None:
    """Nothing is done half: a stranger's number, and none is counted; on request the good ones."""
    owner = await _two(app, clock)
    wrong = f"{LIST}+7 999 000-00-00 5\n{MUM} 7\n"
    held = await _count(app, owner, wrong)
    assert [(r.row, r.state) for r in held.items[3:]] == [(4, State.REFUSED), (5, State.REFUSED)]
    assert "row 2" in held.items[4].detail
    assert not held.applied
    assert await _sums(app, owner) == []
    assert (await _count(app, owner, wrong, keep_good=True)).applied
    assert len(await _sums(app, owner)) == 2


async def test_a_list_is_taken_back_by_itself(app: App, clock: HandClock) -> None:
    """The same list undoes what it did, except where something later was recorded; then it can be
    counted again."""
    owner = await _two(app, clock)
    await _count(app, owner)
    dad = await app.read(lambda work: lines.find(work, owner, "Dad"))
    clock.set("2026-11-20 12:00")
    await app.write(lambda work: acts.used(work, owner, dad, {}))
    back = await app.planned(lambda work: topups.undo(work, owner, {"text": LIST}))
    assert [r.state for r in back.items] == [State.HEADING, State.UNDONE, State.REFUSED]
    assert await _sums(app, owner) == ["Dad 30000 2026-11-20"]
    assert [r.state for r in (await _count(app, owner)).items[1:]] == [State.COUNTED, State.ALREADY]
    never = await app.write(
        lambda work: topups.undo(work, owner, {"text": LIST, "on": "2026-11-01"})
    )
    assert [r.state for r in never.items[1:]] == [State.REFUSED, State.REFUSED]


async def test_another_owners_numbers_are_strangers(app: App, clock: HandClock) -> None:
    """A list finds one's own numbers only."""
    owner, other = await _two(app, clock), await person(app, "boris@example.org")
    report = await _count(app, other)
    assert [r.state for r in report.items[1:]] == [State.REFUSED, State.REFUSED]
    assert await _sums(app, owner) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": " "}, "text"),
        ({"text": "1" * 500_001}, "text"),
        ({"text": LIST, "on": "2026-11-22"}, "on"),
        ({"text": LIST, "on": "soon"}, "on"),
        ({"text": LIST, "keep_good": "perhaps"}, "keep_good"),
        ({"text": LIST, "lines": []}, "lines"),
    ],
)
async def test_what_is_no_list_is_refused(
    app: App, clock: HandClock, given: dict[str, object], field: str
) -> None:
    """A request that cannot be meant is named by its field."""
    owner = await _two(app, clock)
    assert await faults(app, lambda work: topups.count(work, owner, given)) == [field]
