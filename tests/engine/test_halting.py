"""Promises of reminder/engine/halting.py: mail stops when the server refuses us, not a reader."""

from __future__ import annotations

from reminder.engine.halting import MAILS_REFUSED
from reminder.engine.watch import Trouble
from reminder.service import channels
from tests.conftest import World
from tests.engine.samples import add_hook, logged, mailbox
from tests.fakes.smtp import Step

NO_SIGN_IN = "530 5.7.0 sign in first"
SPAM = "554 5.7.1 looks like spam"


async def _ask(world: World, count: int) -> None:
    """So many tests of the owner's mailbox."""
    mine = await mailbox(world)
    for _ in range(count):
        await world.app.write(lambda work: channels.test(work, world.owner, mine.id))


def _troubles(world: World) -> list[Trouble]:
    return [alarm.trouble for alarm in world.app.watch.alarms]


async def test_a_refused_sign_in_stops_the_mail(world: World) -> None:
    """Where the server does not accept our name nothing more is tried but one mail a minute; what
    waits is not used up, webhooks go on, and when it is mended all of it leaves."""
    world.smtp.behave(Step.MAIL, NO_SIGN_IN)
    await _ask(world, 12)
    await add_hook(world)
    await world.beat()
    found = await logged(world)
    tried = [d for d in found if d.attempts]
    assert {d.state for d in found} == {"pending"}
    assert 1 <= len(tried) < 12
    assert _troubles(world) == [Trouble.MAIL_STOPPED]
    await world.beat("2026-11-20T10:01:10")
    assert sum(len(d.attempts) for d in await logged(world)) == len(tried) + 1
    world.smtp.behave(Step.MAIL, "250 ok", times=0)
    for moment in ("10:03:30", "10:20:00"):
        await world.beat(f"2026-11-20T{moment}")
    assert {d.state for d in await logged(world)} == {"sent"}
    assert _troubles(world) == []


async def test_mails_refused_in_a_row_stop_the_mail(world: World) -> None:
    """A mail that is refused as such is dead; from the third in a row on it is we who are refused,
    and no more of them die for it."""
    world.smtp.behave(Step.END, SPAM)
    await _ask(world, 10)
    await world.beat()
    states = [d.state for d in await logged(world)]
    assert states.count("dead") == MAILS_REFUSED - 1
    assert states.count("pending") == 11 - MAILS_REFUSED
    (alarm,) = world.app.watch.alarms
    assert alarm.detail.startswith("No mail leaves: the mail server refuses this mail")


async def test_one_reader_refused_stops_nothing(world: World) -> None:
    """A mailbox that is gone says nothing about us."""
    world.smtp.behave(Step.RCPT, "550 5.1.1 no such user")
    await _ask(world, 4)
    await world.beat()
    assert _troubles(world) == []
