"""Promises of reminder/service/sending.py."""

from __future__ import annotations

import pytest

from reminder.domain.ids import OwnerId
from reminder.errors import Conflict
from reminder.service import acts, deliveries
from reminder.service.sending import send_now
from tests.conftest import World
from tests.service.samples import register


async def _sent(world: World) -> list[str]:
    """The subjects that arrived."""
    await world.app.ensure_sender().drain()
    return [str(mail.parsed["Subject"]) for mail in world.smtp.messages]


async def test_it_goes_out_at_once_and_by_the_real_path(world: World) -> None:
    """At night, and outside the ladder: one mail, in the log with its try like any other."""
    world.clock.set("2026-11-20T22:00")
    view = await register(world.app, world.owner)
    line = view.line.id
    await world.app.write(lambda work: send_now(work, world.owner, line))
    assert await _sent(world) == ["Mum: 179.50 ₽ short for 1 Dec"]
    log = await world.app.read(lambda work: deliveries.everything(work, world.owner))
    assert [(d.kind, d.state, d.reminders[0].lead_days) for d in log] == [("reminder", "sent", 10)]


async def test_the_ladder_goes_on_as_if_nothing_was_asked(world: World) -> None:
    """The lead of seven days still comes on its day; asked again on that day, it is refused."""
    line = (await register(world.app, world.owner)).line.id
    await world.app.write(lambda work: send_now(work, world.owner, line))
    assert len(await _sent(world)) == 1
    await world.beat("2026-11-24T06:00")
    assert len(await _sent(world)) == 2
    with pytest.raises(Conflict, match="sent already"):
        await world.app.write(lambda work: send_now(work, world.owner, line))


async def test_what_would_not_be_sent_is_refused_with_the_reason(world: World) -> None:
    """A line that is stopped, snoozed or acknowledged says nothing, and neither does one on which
    no clock runs."""
    owner: OwnerId = world.owner
    line = (await register(world.app, owner)).line.id
    await world.app.write(lambda work: acts.acknowledge(work, owner, line))
    with pytest.raises(Conflict, match="acknowledged"):
        await world.app.write(lambda work: send_now(work, owner, line))
    await world.app.write(lambda work: acts.stop(work, owner, line))
    with pytest.raises(Conflict, match="stopped"):
        await world.app.write(lambda work: send_now(work, owner, line))
    idle = await register(
        world.app, owner, number="+79161234568", renews_on=None, fee=None, low_balance="10"
    )
    with pytest.raises(Conflict, match="No date is known"):
        await world.app.write(lambda work: send_now(work, owner, idle.line.id))
    assert await _sent(world) == []


async def test_a_covered_fee_is_told_as_covered(world: World) -> None:
    """Asked for, it comes although nobody is needed, and says that the money is there."""
    line = (await register(world.app, world.owner, balance="900")).line.id
    await world.app.write(lambda work: send_now(work, world.owner, line))
    assert await _sent(world) == ["Mum: 300 ₽ on 1 Dec, covered"]
