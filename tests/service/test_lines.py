"""Promises of reminder/service/lines.py."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest

from reminder.app import App
from reminder.domain.ids import LineId
from reminder.errors import Conflict, InvalidInput, NotFound
from reminder.service import acts, lines
from tests.conftest import HandClock, line_fields
from tests.service.samples import patch, person, register


async def test_a_registered_line_as_the_contract_shows_it(app: App) -> None:
    """The example of the contract is answered with its clocks, what is short and what comes."""
    owner = await person(app)
    view = await register(app, owner, last_active_on="2026-10-01", inactivity_days=90)
    renewal, silence = view.clocks.renewal, view.clocks.inactivity
    assert renewal is not None
    assert silence is not None
    assert (view.line.number, view.standing.state) == ("+79161234567", "active")
    assert (str(renewal.on), renewal.days_left, renewal.covered) == ("2026-12-01", 11, False)
    assert renewal.short is not None
    assert renewal.short.amount == "179.50"
    assert (str(silence.lost_on), silence.days_left) == ("2026-12-30", 40)
    assert view.clocks.leading == "renewal"
    assert view.next_due_at is not None
    assert view.guess is not None
    kept = await app.read(lambda work: lines.get(work, owner, view.line.id))
    assert kept == view


async def test_a_number_may_hold_what_nobody_sees(app: App) -> None:
    """Copied out of contacts or a web page it stands between marks of direction."""
    owner = await person(app)
    view = await register(app, owner, number="\u202a+7\u00a0916\u00a0123-45-67\u202c")
    assert view.line.number == "+79161234567"


async def test_a_number_twice_is_a_conflict(app: App) -> None:
    """The same number in any spelling is refused, at registration and in a change; another owner
    may have it."""
    owner = await person(app)
    await register(app, owner)
    other = await register(app, owner, number="+79167654321")
    with pytest.raises(Conflict):
        await register(app, owner, number="8 (916) 123-45-67")
    with pytest.raises(Conflict):
        await patch(app, owner, other.line.id, {"number": "+79161234567"})
    same = await patch(app, owner, other.line.id, {"number": "8 916 765 43 21"})
    assert same.line.number == "+79167654321"
    boris = await person(app, "boris@example.org")
    assert (await register(app, boris)).line.number == "+79161234567"


async def test_another_owners_line_is_none(app: App) -> None:
    """Whatever is asked of somebody else's line, it is not found."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    line = (await register(app, owner)).line.id
    asked = [
        lambda w: lines.get(w, boris, line),
        lambda w: lines.change(w, boris, line, {}),
        lambda w: lines.remove(w, boris, line),
        lambda w: lines.schedule(w, boris, line, 1),
        lambda w: lines.preview(w, boris, line, None),
        lambda w: lines.find(w, boris, line),
        lambda w: acts.stop(w, boris, line),
        lambda w: acts.undo(w, boris, line),
        lambda w: acts.readings(w, boris, line),
        lambda w: acts.history(w, boris, line),
        lambda w: acts.topped_up(w, boris, line, {"amount": "1"}),
    ]
    for use in asked:
        with pytest.raises(NotFound):
            await app.write(use)
    assert await app.read(lambda work: lines.everything(work, boris)) == []
    assert (await app.read(lambda work: lines.get(work, owner, line))).standing.state == "active"


async def test_a_removed_line_is_gone(app: App) -> None:
    """A removed line is not found any more, and its number may come again."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    await app.write(lambda work: lines.remove(work, owner, line))
    with pytest.raises(NotFound):
        await app.read(lambda work: lines.get(work, owner, line))
    assert (await register(app, owner)).line.id != line


@pytest.mark.parametrize(
    "text",
    ["+79161234567", "8 916 123-45-67", " +7 (916) 123 45 67 ", "mum", "MUM"],
)
async def test_a_line_is_found_by_what_people_write(app: App, text: str) -> None:
    """An id, a number in any spelling or a label names a line."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    await register(app, owner, number="+79167654321", label="")
    assert await app.read(lambda work: lines.find(work, owner, text)) == line
    assert await app.read(lambda work: lines.find(work, owner, str(line))) == line


@pytest.mark.parametrize("text", ["", "Dad", "+79160000000", "lin_9", "'; DROP TABLE line; --"])
async def test_what_names_no_line_is_not_found(app: App, text: str) -> None:
    """What is neither id, number nor label of a line is not found; nor is nothing at all."""
    owner = await person(app)
    await register(app, owner, label="")
    with pytest.raises(NotFound):
        await app.read(lambda work: lines.find(work, owner, text))


async def test_an_ambiguous_label_is_a_conflict(app: App) -> None:
    """A label that two lines bear names neither."""
    owner = await person(app)
    await register(app, owner)
    await register(app, owner, number="+79167654321")
    with pytest.raises(Conflict, match="2 lines"):
        await app.read(lambda work: lines.find(work, owner, "Mum"))


async def test_the_most_urgent_is_first(app: App) -> None:
    """What needs somebody comes by its day, then what is covered, then what is stopped."""
    owner = await person(app)
    late = await register(app, owner, number="+79160000001", renews_on="2026-12-20")
    covered = await register(app, owner, number="+79160000002", balance="900")
    soon = await register(app, owner, number="+79160000003", renews_on="2026-11-25")
    stopped = await register(app, owner, number="+79160000004", renews_on="2026-11-21")
    await app.write(lambda work: acts.stop(work, owner, stopped.line.id))
    found = await app.read(lambda work: lines.everything(work, owner))
    expected = [soon, late, covered, stopped]
    assert [v.line.id for v in found] == [v.line.id for v in expected]


async def test_a_changed_date_owes_its_leads_anew(app: App) -> None:
    """A new fee date sets the next message anew; a label does not move it."""
    owner = await person(app)
    view = await register(app, owner)
    same = await patch(app, owner, view.line.id, {"label": "Mother"})
    assert same.next_due_at == view.next_due_at
    moved = await patch(app, owner, view.line.id, {"renews_on": "2026-12-20"})
    assert moved.next_due_at is not None
    assert moved.next_due_at.isoformat() == "2026-12-13T06:00:00+00:00"
    assert str(moved.standing.anchor) == "2026-12-20"


async def test_a_balance_in_a_patch_is_a_reading(app: App, clock: HandClock) -> None:
    """A balance in a change is a reading of now; what it covers is covered."""
    owner = await person(app)
    view = await register(app, owner)
    clock.set("2026-11-20T10:05:00")
    after = await patch(app, owner, view.line.id, {"balance": "500"})
    assert after.clocks.renewal is not None
    assert after.clocks.renewal.covered is True
    assert [r.minor for r in after.readings] == [12050, 50000]


async def test_the_schedule_of_the_months_to_come(app: App) -> None:
    """Every message to come has its instant, its clock and its channels (rule 24)."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    found = await app.read(lambda work: lines.schedule(work, owner, line, 2))
    first = found[0]
    assert first.due_at == datetime.fromisoformat("2026-11-24T06:00:00+00:00")
    assert (first.clock, first.lead_days, str(first.deadline)) == ("renewal", 7, "2026-12-01")
    assert len(first.channels) == 1
    assert [p.due_at for p in found] == sorted(p.due_at for p in found)
    assert {str(p.deadline) for p in found} >= {"2026-12-01", "2027-01-01"}
    for months in (0, 61):
        with pytest.raises(InvalidInput):
            await app.read(partial(lines.schedule, owner=owner, line=line, months=months))


async def test_a_preview_is_the_next_message(app: App) -> None:
    """The next message is shown as it would be sent, in any language, and changes nothing."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    english = await app.read(lambda work: lines.preview(work, owner, line, None))
    assert "179.50" in english.subject
    assert "reminder.due" in english.payload.decode()
    for language in ("ru", "zh"):
        shown = partial(lines.preview, owner=owner, line=line, language=language)
        other = await app.read(shown)
        assert (other.language, other.subject == english.subject) == (language, False)
    with pytest.raises(InvalidInput):
        await app.read(lambda work: lines.preview(work, owner, line, "xx"))
    assert (await app.read(lambda work: lines.get(work, owner, line))).version == 1


async def test_a_line_that_nobody_is_reminded_of_has_no_preview(app: App) -> None:
    """Where nothing is foreseen there is nothing to show."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    await app.write(lambda work: acts.stop(work, owner, line))
    with pytest.raises(Conflict):
        await app.read(lambda work: lines.preview(work, owner, line, None))
    assert await app.read(lambda work: lines.schedule(work, owner, line, 12)) == []


async def test_looking_changes_nothing(app: App, clock: HandClock) -> None:
    """A look after the deadline shows it judged, and writes nothing."""
    owner = await person(app)
    line = (await register(app, owner)).line.id
    clock.set("2026-12-02T06:00:00")
    for _ in range(2):
        view = await app.read(lambda work: lines.get(work, owner, line))
        assert view.clocks.renewal is not None
        assert view.clocks.renewal.overdue is True
    assert view.version == (await app.read(lambda w: lines.get(w, owner, LineId(line)))).version


async def test_refused_registration_leaves_nothing(app: App) -> None:
    """A line with a fault is not kept in part."""
    owner = await person(app)
    with pytest.raises(InvalidInput):
        await app.write(lambda w: lines.register(w, owner, line_fields(fee="x")))
    assert await app.read(lambda work: lines.everything(work, owner)) == []
