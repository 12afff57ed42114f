"""Promises of reminder/service/acts.py (PRODUCT 3a, rules 8 to 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from reminder.app import App
from reminder.domain.ids import LineId, OwnerId, ReadingId
from reminder.errors import Conflict, InvalidInput, NotFound
from reminder.service import acts, lines
from reminder.service.lines import LineView
from reminder.service.work import Work
from tests.conftest import HandClock
from tests.service.samples import faults, patch, person, register

Act = Callable[[Work, OwnerId, LineId], LineView]
DOING: dict[str, Act] = {
    "topped-up": lambda w, o, n: acts.topped_up(w, o, n, {"amount": "300"}),
    "renewed": lambda w, o, n: acts.renewed(w, o, n, {}),
    "used": lambda w, o, n: acts.used(w, o, n, {"kind": "call"}),
    "snooze": lambda w, o, n: acts.snooze(w, o, n, {"until": "2026-11-25"}),
    "acknowledge": acts.acknowledge,
    "stop": acts.stop,
    "balance": lambda w, o, n: acts.add_reading(w, o, n, {"balance": "80"})[1],
}


@pytest.mark.parametrize("verb", sorted(DOING))
async def test_undo_restores(app: App, clock: HandClock, verb: str) -> None:
    """Whatever was done last is taken back: clocks, readings and what comes next are as before,
    and it is gone from the history."""
    owner = await person(app)
    before = await register(app, owner, last_active_on="2026-10-01", inactivity_days=90)
    clock.set("2026-11-20T10:05:00")
    line = before.line.id
    done = await app.write(lambda work: DOING[verb](work, owner, line))
    assert (done.standing, done.readings) != (before.standing, before.readings)
    assert [a.kind for a in await app.read(lambda w: acts.history(w, owner, line))] == [verb]
    clock.set("2026-11-20T10:06:00")
    after = await app.write(lambda work: acts.undo(work, owner, line))
    assert (after.clocks, after.readings) == (before.clocks, before.readings)
    assert after.next_due_at == before.next_due_at
    assert await app.read(lambda work: acts.history(work, owner, line)) == []
    with pytest.raises(Conflict, match="nothing to take back"):
        await app.write(lambda work: acts.undo(work, owner, line))


@pytest.mark.parametrize("later", ["reading", "change"])
async def test_nothing_is_undone_over_something_later(
    app: App, clock: HandClock, later: str
) -> None:
    """Once something later was recorded, an act is not taken back under it."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    clock.set("2026-11-20T10:05:00")
    await app.write(lambda work: acts.topped_up(work, owner, line, {"amount": "10"}))
    clock.set("2026-11-20T10:06:00")
    if later == "change":
        await patch(app, owner, line, {"renews_on": "2026-12-20"})
    else:
        await patch(app, owner, line, {"balance": "7"})
    with pytest.raises(Conflict, match="later"):
        await app.write(lambda work: acts.undo(work, owner, line))


async def test_undone_once_the_next_says_why_it_stays(app: App, clock: HandClock) -> None:
    """What was recorded before an act that was taken back is not taken back under that."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    for minute in (5, 6):
        clock.set(f"2026-11-20T10:0{minute}:00")
        await app.write(lambda work: acts.topped_up(work, owner, line, {"amount": "10"}))
    clock.set("2026-11-20T10:07:00")
    await app.write(lambda work: acts.undo(work, owner, line))
    with pytest.raises(Conflict, match="recorded or taken back later"):
        await app.write(lambda work: acts.undo(work, owner, line))


@pytest.mark.parametrize(("day", "possible"), [("2026-12-19", True), ("2026-12-21", False)])
async def test_undo_is_for_thirty_days(
    app: App, clock: HandClock, day: str, possible: bool
) -> None:
    """An act can be taken back for thirty days."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    await app.write(lambda work: acts.stop(work, owner, line))
    clock.set(f"{day}T10:00:00")
    if possible:
        view = await app.write(lambda work: acts.undo(work, owner, line))
        assert view.standing.state == "active"
        return
    with pytest.raises(Conflict):
        await app.write(lambda work: acts.undo(work, owner, line))


BAD: list[tuple[str, Mapping[str, object], list[str]]] = [
    ("topped_up", {}, ["amount"]),
    ("topped_up", {"amount": "0"}, ["amount"]),
    ("topped_up", {"amount": "-5"}, ["amount"]),
    ("topped_up", {"amount": "x", "on": "y"}, ["amount", "on"]),
    ("topped_up", {"amount": "5", "on": "2026-11-21"}, ["on"]),
    ("topped_up", {"amount": {"amount": "5", "currency": "USD"}}, ["amount"]),
    ("renewed", {"on": "2026-11-21"}, ["on"]),
    ("renewed", {"on": "soon"}, ["on"]),
    ("used", {"on": "2026-11-21"}, ["on"]),
    ("used", {"kind": "x" * 41}, ["kind"]),
    ("snooze", {}, ["until"]),
    ("snooze", {"until": None}, ["until"]),
    ("snooze", {"until": "2026-11-20"}, ["until"]),
    ("snooze", {"until": "2026-12-05"}, ["until"]),
    ("add_reading", {}, ["balance"]),
    ("add_reading", {"balance": "x"}, ["balance"]),
    ("add_reading", {"balance": "5", "on": "2026-11-21"}, ["on"]),
    ("add_reading", {"text": "Bonus: 5"}, ["text"]),
]


@pytest.mark.parametrize(("verb", "given", "fields"), BAD)
async def test_a_bad_field_is_named(
    app: App, verb: str, given: Mapping[str, object], fields: list[str]
) -> None:
    """What cannot be meant is refused by its field, and nothing is recorded."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    do: Callable[..., Any] = getattr(acts, verb)
    found = await faults(app, lambda work: do(work, owner, line, given))
    assert set(fields) >= set(found)
    assert found
    unknown = {**given, "colour": "red"}
    if "text" not in given:
        assert "colour" in await faults(app, lambda work: do(work, owner, line, unknown))
    assert await app.read(lambda work: acts.history(work, owner, line)) == []


async def test_topped_up_covers_the_fee(app: App, clock: HandClock) -> None:
    """A top-up adds to what is there; with the balance after it, that is what counts (rule 12)."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    clock.set("2026-11-20T10:05:00")
    view = await app.write(lambda work: acts.topped_up(work, owner, line, {"amount": "100"}))
    assert view.clocks.renewal is not None
    assert view.clocks.renewal.short is not None
    assert view.clocks.renewal.short.amount == "79.50"
    clock.set("2026-11-20T10:06:00")
    given = {"amount": "100", "balance": "900"}
    view = await app.write(lambda work: acts.topped_up(work, owner, line, given))
    assert view.clocks.balance is not None
    assert view.clocks.balance.projected is not None
    assert view.clocks.balance.projected.amount == "900.00"
    assert view.clocks.renewal is not None
    assert view.clocks.renewal.covered is True


async def test_a_balance_alone_is_a_reading(app: App, clock: HandClock) -> None:
    """Where only the balance after it is known, that is recorded."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    clock.set("2026-11-20T10:05:00")
    await app.write(lambda work: acts.topped_up(work, owner, line, {"balance": "900"}))
    newest = (await app.read(lambda work: acts.readings(work, owner, line)))[0]
    assert (newest.kind, newest.minor) == ("reading", 90000)


async def test_renewed_goes_on(app: App) -> None:
    """Without a day the next date follows the anchor, with one it follows that day (rule 8)."""
    owner = await person(app)
    line = (await register(app, owner, fee=None, charged_by="owner")).line.id
    view = await app.write(lambda work: acts.renewed(work, owner, line, {}))
    assert str(view.standing.renews_on) == "2027-01-01"
    other = (await register(app, owner, number="+79167654321", fee=None, period="P30D")).line.id
    view = await app.write(lambda work: acts.renewed(work, owner, other, {"on": "2026-11-19"}))
    assert str(view.standing.renews_on) == "2026-12-19"


async def test_used_starts_the_silence_anew(app: App) -> None:
    """A use moves the day on which the number is lost."""
    owner = await person(app)
    given = {"last_active_on": "2026-10-01", "inactivity_days": 90}
    line = (await register(app, owner, **given)).line.id
    view = await app.write(lambda work: acts.used(work, owner, line, {"kind": "call"}))
    assert view.clocks.inactivity is not None
    assert str(view.clocks.inactivity.lost_on) == "2027-02-18"


async def test_stop_and_resume(app: App) -> None:
    """A stopped line says nothing until it is resumed; resuming one that runs is a conflict."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    with pytest.raises(Conflict):
        await app.write(lambda work: acts.resume(work, owner, line))
    view = await app.write(lambda work: acts.stop(work, owner, line))
    assert (view.standing.state, view.next_due_at) == ("stopped", None)
    view = await app.write(lambda work: acts.resume(work, owner, line))
    assert view.standing.state == "active"
    assert view.next_due_at is not None


async def test_snooze_keeps_quiet_until_its_day(app: App) -> None:
    """After a snooze no message is foreseen before that day's moment."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    view = await app.write(lambda w: acts.snooze(w, owner, line, {"until": "2026-11-26"}))
    assert str(view.standing.snoozed_until) == "2026-11-26"
    assert view.next_due_at is not None
    assert view.next_due_at.isoformat() >= "2026-11-26T06:00:00+00:00"


async def test_acknowledge_ends_this_date(app: App) -> None:
    """After an acknowledgement the next message is the next period's."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    view = await app.write(lambda work: acts.acknowledge(work, owner, line))
    assert view.next_due_at is None or view.next_due_at.isoformat() > "2026-12-01"


async def test_readings_come_newest_first_and_can_be_deleted(app: App, clock: HandClock) -> None:
    """A reading is shown with its day, and forgotten for good; the projection follows."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    clock.set("2026-11-20T11:00:00")
    given = {"balance": "80", "on": "2026-11-18"}
    reading, _ = await app.write(lambda work: acts.add_reading(work, owner, line, given))
    assert (str(reading.on), reading.minor) == ("2026-11-18", 8000)
    clock.set("2026-11-20T12:00:00")
    latest, view = await app.write(lambda w: acts.add_reading(w, owner, line, {"balance": "-5"}))
    assert latest.minor == -500
    found = await app.read(lambda work: acts.readings(work, owner, line))
    assert [r.minor for r in found] == [-500, 12050, 8000]
    after = await app.write(lambda work: acts.remove_reading(work, owner, line, latest.id))
    assert after.clocks.balance is not None
    assert after.clocks.balance.projected is not None
    assert after.clocks.balance.projected.amount == "120.50"
    with pytest.raises(NotFound):
        await app.write(lambda w: acts.remove_reading(w, owner, line, ReadingId(latest.id)))
    assert view.line.id == line


async def test_the_history_is_the_lines_own(app: App, clock: HandClock) -> None:
    """What was done is listed newest first, with what was said, for that line only."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    other = (await register(app, owner, number="+79167654321")).line.id
    await app.write(lambda work: acts.topped_up(work, owner, line, {"amount": "300"}))
    clock.set("2026-11-20T11:00:00")
    await app.write(lambda work: acts.stop(work, owner, line))
    found = await app.read(lambda work: acts.history(work, owner, line))
    assert [a.kind for a in found] == ["stop", "topped-up"]
    assert found[1].said == '{"amount": "300.00"}'
    assert await app.read(lambda work: acts.history(work, owner, other)) == []
    assert (await app.read(lambda work: lines.get(work, owner, other))).standing.state == "active"


async def test_a_use_is_of_a_kind_that_is_known(app: App) -> None:
    """How a number was used is one of a few words; another is refused with all of them."""
    owner = await person(app)
    line = (await register(app, owner, last_active_on="2026-10-01")).line.id
    with pytest.raises(InvalidInput, match="call, sms, data, payment, other"):
        await app.write(lambda work: acts.used(work, owner, line, {"kind": "pigeon"}))
    for kind in ("call", "sms", "data", "payment", "other"):
        await app.write(partial(acts.used, owner=owner, line=line, given={"kind": kind}))
    found = await app.read(lambda work: acts.history(work, owner, line))
    assert len(found) == 5


async def test_a_top_up_can_say_that_the_number_was_used(app: App) -> None:
    """Where a top-up is no use by itself, the use that is said with it is recorded on its day."""
    owner = await person(app)
    given = {"operator": "megafon", "last_active_on": "2026-10-01"}
    line = (await register(app, owner, **given)).line.id
    paid = {"amount": "10", "on": "2026-11-18"}
    view = await app.write(lambda work: acts.topped_up(work, owner, line, paid))
    assert str(view.standing.last_active_on) == "2026-10-01"
    said = {**paid, "used": "sms"}
    view = await app.write(lambda work: acts.topped_up(work, owner, line, said))
    assert str(view.standing.last_active_on) == "2026-11-18"
