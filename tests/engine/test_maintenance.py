"""Promises of reminder/engine/maintenance.py: what is over goes, what could come again stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import App, open_app
from reminder.service import acts, lines, links, people
from reminder.storage import lines as line_store
from reminder.storage import outbox, pruning
from tests.conftest import HandClock, World, settings_in
from tests.engine.samples import DUE, logged, register
from tests.fakes import SmtpSink, WebhookSink


async def count(app: App, table: str) -> int:
    """How many rows a table has."""
    query = text(f"SELECT count(*) FROM {table}")
    return await app.read(lambda work: int(work.session.execute(query).scalar_one()))


@pytest.fixture
async def short(tmp_path: Path, clock: HandClock) -> AsyncIterator[World]:
    """A world that keeps its history for a day only."""
    async with SmtpSink() as smtp, WebhookSink() as hook:
        environ = {"REMINDER_EMAIL__URL": smtp.url, "REMINDER_HISTORY__KEEP": "1d"}
        folder = tmp_path / "short"
        folder.mkdir()
        async with open_app(settings_in(folder, environ), clock=clock) as opened:
            owner = await opened.write(lambda work: people.add_owner(work, "anna@example.org"))
            yield World(opened, clock, smtp, hook, owner.id)


async def test_history_is_kept_as_long_as_it_says(world: World) -> None:
    """Deliveries, attempts and old keys are there until ``history.keep`` is over, then gone; how
    many there were is not."""
    view = await register(world, period=None, renews_on="2026-12-01")
    await world.beat(DUE)
    last = {"on": "2026-11-24"}
    await world.app.write(lambda w: acts.used(w, world.owner, view.line.id, last))
    world.clock.set("2027-12-28T06:00:00")
    await world.app.tidy()
    assert (await count(world.app, "delivery"), await count(world.app, "act")) == (1, 1)
    world.clock.set("2027-12-30T06:00:01")
    await world.app.tidy()
    assert await logged(world) == []
    for table in ("delivery_reminder", "attempt", "act"):
        assert await count(world.app, table) == 0, table
    totals = await world.app.read(lambda work: pruning.finished(work.session))
    assert totals == {"email.sent": 1}


async def test_it_is_done_once_an_hour(world: World) -> None:
    """A second beat within the hour, here or on another node, does nothing."""
    await register(world)
    await world.beat(DUE)
    world.clock.set("2028-12-30T06:00:00")
    await world.app.tidy()
    await world.app.write(
        lambda work: work.session.execute(text("UPDATE delivery SET done_at = 1"))
    )
    left = await count(world.app, "delivery")
    world.clock.set("2028-12-30T06:30:00")
    await world.app.tidy()
    assert await count(world.app, "delivery") == left


async def test_a_fall_that_was_told_is_not_told_again(world: World) -> None:
    """A balance that stays under its floor for years was told once; forgetting does not tell it
    anew."""
    changes = {"renews_on": None, "fee": None, "period": None}
    view = await register(world, balance="20", low_balance="50", **changes)
    await world.beat(DUE)
    assert len(world.smtp.messages) == 1
    world.clock.set("2028-12-30T06:00:00")
    await world.app.tidy()
    assert await logged(world) == []
    await world.app.write(lambda work: line_store.wake_all(work.session, world.owner, work.now))
    await world.beat()
    assert len(world.smtp.messages) == 1
    known = await world.app.read(lambda w: outbox.known(w.session, [view.line.id]))
    assert len(known[view.line.id]) == 1


async def test_a_deadline_that_still_stands_keeps_its_keys(world: World) -> None:
    """A number that nobody used keeps the keys of its long past deadline, so that the repeats do
    not begin anew; once it was used they go."""
    view = await register(
        world,
        renews_on=None,
        fee=None,
        balance=None,
        period=None,
        inactivity_days=90,
        last_active_on="2026-10-01",
    )
    for day in ("2026-11-29", "2026-12-16", "2026-12-31", "2027-01-20"):
        await world.beat(f"{day}T06:00:00")
    before = len(world.smtp.messages)
    assert before >= 3
    world.clock.set("2028-12-30T06:00:00")
    await world.app.tidy()
    known = await world.app.read(lambda w: outbox.known(w.session, [view.line.id]))
    assert known[view.line.id]
    await world.app.write(lambda work: line_store.wake_all(work.session, world.owner, work.now))
    await world.beat()
    assert len(world.smtp.messages) == before
    used = {"on": "2028-12-29"}
    await world.app.write(lambda w: acts.used(w, world.owner, view.line.id, used))
    world.clock.set("2028-12-30T08:00:00")
    await world.app.tidy()
    known = await world.app.read(lambda w: outbox.known(w.session, [view.line.id]))
    assert known[view.line.id] == {}


async def test_a_deleted_lines_keys_go(world: World) -> None:
    """Of a line that is not there any more nothing can be planned: its keys go with the log."""
    view = await register(world)
    await world.beat(DUE)
    await world.app.write(lambda w: lines.remove(w, world.owner, view.line.id))
    world.clock.set("2028-12-30T06:00:00")
    await world.app.tidy()
    assert await count(world.app, "reminder") == 0


async def test_a_link_in_a_message_outlives_a_short_history(short: World) -> None:
    """The links of a message are good for 30 days, however short history is kept."""
    await register(short)
    await short.beat(DUE)
    body = short.smtp.messages[0].parsed.get_body(("plain",))
    assert body is not None
    token = str(body.get_content()).partition("/a/topped-up/")[2].split()[0]
    short.clock.set("2026-12-20T06:00:00")
    await short.app.tidy()
    opened = await short.app.read(lambda work: links.open_link(work, "topped-up", token))
    assert opened.view is not None
