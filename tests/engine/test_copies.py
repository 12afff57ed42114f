"""What several people's tags come to at one moment is one message to who watches them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import text as sql

from reminder.domain.ids import OwnerId
from reminder.service import channels, lines, people, watching
from reminder.service.people.owners import new_owner
from reminder.service.work import Work
from tests.conftest import World, line_fields
from tests.engine.samples import BORIS, DUE, boris_watches, log_of, mails_to, register
from tests.fakes.webhook import Answer

VERA = "vera@example.org"


async def _vera(
    world: World, boris: OwnerId, settings: Mapping[str, object] | None = None, count: int = 1
) -> list[str]:
    """Vera, in Moscow too, has so many lines with the tag "office", which Boris watches."""

    def registered(work: Work) -> list[str]:
        vera = new_owner(work, {"email": VERA}, admin=False, proven=True)
        people.change_me(work, vera.id, settings or {})
        one = watching.invite(work, vera.id, {"address": BORIS, "tag": "office"})
        watching.agree(work, boris, one.id)
        names = [f"V{n}" for n in range(count)]
        for n, label in enumerate(names):
            number = f"+7 926 123-{n:02}-45"
            fields = line_fields(number=number, label=label, tags=["office"])
            lines.register(work, vera.id, fields)
        return names

    return await world.app.write(registered)


async def test_one_digest_of_several_owners(world: World) -> None:
    """What two people's tags come to at one moment is one message: each number says whose it is,
    the most urgent first; to each chat and machine too."""
    boris, _ = await boris_watches(world, "office")
    machine = {"kind": "webhook", "url": world.hook.url}
    chat_url = f"{world.hook.url}/bot1:x/sendMessage?chat_id=1"
    chat = {"kind": "webhook", "url": chat_url, "format": "telegram"}
    await world.app.write(lambda work: channels.add(work, boris, machine))
    await world.app.write(lambda work: channels.add(work, boris, chat))
    await _vera(world, boris)
    await register(world, label="Mum", tags=["office"], fee="900")
    await world.beat(DUE)
    [text] = mails_to(world, BORIS)
    flat = text.replace("\n", " ").replace("\u00a0", " ")
    assert flat.index("== Mum, МТС, +7 916 ••• •• 67, anna@example.org") < flat.index(
        "== V0, МТС, +7 926 ••• •• 45, vera@example.org"
    )
    assert "следите за номерами нескольких людей" in flat
    said = [json.loads(request.body) for request in world.hook.requests]
    [hook] = [one["data"] for one in said if "data" in one]
    lines_said = [one["line"] for one in hook["reminders"]]
    assert [one["whose"] for one in lines_said] == ["anna@example.org", VERA]
    [telegram] = [one["text"] for one in said if "text" in one]
    assert "anna@example.org" in telegram
    assert VERA in telegram


async def test_what_waits_takes_in_what_comes_after_it(world: World) -> None:
    """Two people's hours are not the same; both come while the watcher's quiet hours hold what
    they get, and leave as one message. What is ended meanwhile is left out, alone."""
    boris, [office] = await boris_watches(world, "office", quiet="13:00-15:30")
    await _vera(world, boris, {"at": "10:00"})
    await register(world, label="Mum", tags=["office"])
    await world.beat(DUE)
    await world.beat("2026-11-24T07:00:00")
    [one] = await log_of(world, boris)
    assert [r.state for r in one.reminders] == ["pending", "pending"]
    await world.app.write(lambda work: watching.end(work, world.owner, office))
    await world.beat("2026-11-24T07:30:00")
    [text] = mails_to(world, BORIS)
    assert "V0" in text
    assert "Mum" not in text
    assert "следите за номерами vera@example.org" in text.replace("\n", " ")


async def test_a_message_takes_in_no_more_than_it_may_hold(world: World) -> None:
    """Fifty numbers a mail, whoever they belong to; what does not fit is a further one."""
    boris, _ = await boris_watches(world, "office", quiet="13:00-15:30")
    await _vera(world, boris, {"at": "10:00"}, count=50)
    await register(world, label="Mum", tags=["office"])
    await world.beat(DUE)
    await world.beat("2026-11-24T07:00:00")
    assert sorted(len(one.reminders) for one in await log_of(world, boris)) == [1, 50]


async def test_passes_of_one_moment_are_one_digest(world: World) -> None:
    """Where one pass does not look at all who are due, what it owes a watcher waits a minute for
    the others; a number whose reminder cannot be stored holds nobody up."""
    boris, _ = await boris_watches(world, "office")
    await _vera(world, boris)
    await register(world, label="Mum", tags=["office"])

    def poisoned(work: Work) -> None:
        bad = new_owner(work, {"email": "bad@example.org"}, admin=True, proven=True)
        lines.register(work, bad.id, line_fields(label="Bad"))
        if world.app.database.is_sqlite:
            refuse = (
                "CREATE TRIGGER poison BEFORE INSERT ON reminder WHEN NEW.label = 'Bad' "
                "BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )
        else:
            refuse = "ALTER TABLE reminder ADD CONSTRAINT poison CHECK (label <> 'Bad')"
        work.session.execute(sql(refuse))

    await world.app.write(poisoned)
    await world.beat(DUE)
    assert mails_to(world, BORIS) == []
    await world.beat("2026-11-24T06:01:00")
    [text] = mails_to(world, BORIS)
    assert "Mum" in text
    assert "V0" in text


async def test_what_was_tried_already_takes_in_nothing(world: World) -> None:
    """A message that was refused once goes out again as it was; what comes after it is another."""
    boris, _ = await boris_watches(world, "office")
    fields = {"kind": "webhook", "url": world.hook.url}
    hook = await world.app.write(lambda work: channels.add(work, boris, fields))
    await _vera(world, boris, {"at": "09:01"})
    await register(world, label="Mum", tags=["office"])
    world.hook.behave(Answer(503))
    await world.beat(DUE)
    await world.beat("2026-11-24T06:01:00")
    tried = [one for one in await log_of(world, boris) if one.channel == hook.channel.id]
    assert [(one.state, len(one.reminders)) for one in tried] == [("pending", 1)] * 2
