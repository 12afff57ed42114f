"""Who watches a tag is told of its lines, in their own words and hours, and of nothing else."""

from __future__ import annotations

import json

import pytest

from reminder.service import acts, channels, together, watching
from tests.conftest import World
from tests.engine.samples import (
    BORIS,
    DUE,
    HALF_PAST,
    add_hook,
    as_fallback,
    boris_watches,
    log_of,
    mails_to,
    register,
)
from tests.fakes.webhook import Answer


async def test_one_digest_in_the_watchers_words_without_links_that_act(world: World) -> None:
    """Two tags that meet in one line, and another line: one message, each line once, in Russian,
    masked, whose they are; nothing of the line without the tag; the owner's own is as ever."""
    boris, _ = await boris_watches(world, "office", "spare")
    await register(world, label="Mum", tags=["office", "spare"])
    await register(world, number="+7 916 123-45-68", label="Dad", tags=["spare"])
    await register(world, number="+7 916 123-45-69", label="Secret", tags=["home"])
    await world.beat(DUE)
    [text] = mails_to(world, BORIS)
    assert "Secret" not in text
    assert "Mum" in text
    assert "Dad" in text
    assert "следите за номерами anna@example.org" in text.replace("\n", " ")
    assert "/a/topped-up/" not in text
    assert "/a/stop/" not in text
    [own] = mails_to(world, "anna@example.org")
    assert "/a/topped-up/" in own
    assert "Secret" in own
    [one] = await log_of(world, boris)
    assert [(r.state, r.lead_days) for r in one.reminders] == [("sent", 7), ("sent", 7)]
    await world.beat(HALF_PAST)
    assert len(mails_to(world, BORIS)) == 1


async def test_the_watchers_quiet_hours_and_days_are_theirs(world: World) -> None:
    """Nine in Moscow is two in the afternoon there; their quiet hours hold it, and not the
    owner's own."""
    await boris_watches(world, "office", quiet="13:00-15:30")
    await register(world, tags=["office"])
    await world.beat(DUE)
    assert (len(mails_to(world, "anna@example.org")), mails_to(world, BORIS)) == (1, [])
    await world.beat("2026-11-24T07:30:00")
    assert len(mails_to(world, BORIS)) == 1


async def test_what_ends_before_it_is_sent_is_not_sent(world: World) -> None:
    """The owner ends it while the watcher's message waits; so does a tag that is taken away, and
    what makes the reminder moot for the owner."""
    boris, [office] = await boris_watches(world, "office", quiet="13:00-15:30")
    line = (await register(world, tags=["office"])).line.id
    await world.beat(DUE)
    await world.app.write(lambda work: watching.end(work, world.owner, office))
    await world.beat("2026-11-24T07:30:00")
    [one] = await log_of(world, boris)
    assert (one.state, one.reason) == ("skipped", "not watched any more")
    again = await world.app.write(
        lambda work: watching.invite(work, world.owner, {"address": BORIS, "tag": "office"})
    )
    await world.app.write(lambda work: watching.agree(work, boris, again.id))
    await world.beat("2026-11-28T06:00:00")
    await world.app.planned(
        lambda work: together.deed(work, world.owner, [line], "untag", "office")
    )
    await world.beat("2026-11-28T07:30:00")
    await world.app.planned(lambda work: together.deed(work, world.owner, [line], "tag", "office"))
    await world.beat("2026-11-30T06:00:00")
    await world.app.write(lambda work: acts.stop(work, world.owner, line))
    await world.beat("2026-11-30T07:30:00")
    found = sorted((d.due_at.day, d.reason) for d in await log_of(world, boris))
    unwatched = "not watched any more"
    assert found == [(24, unwatched), (28, unwatched), (30, "stopped")]
    assert mails_to(world, BORIS) == []


async def test_a_copy_does_not_stand_for_the_owner(world: World) -> None:
    """The watcher got theirs; the owner's webhook takes nothing, so the owner's fallback is asked
    after half an hour all the same."""
    await boris_watches(world, "office")
    await add_hook(world)
    await as_fallback(world)
    world.hook.behave(Answer(503))
    await register(world, tags=["office"])
    await world.beat(DUE)
    assert len(mails_to(world, BORIS)) == 1
    assert mails_to(world, "anna@example.org") == []
    await world.beat(HALF_PAST)
    assert len(mails_to(world, "anna@example.org")) == 1
    assert len(mails_to(world, BORIS)) == 1


async def test_a_watchers_webhook_is_told_masked_numbers(world: World) -> None:
    """The number is whole for the owner's own machine alone; no link acts."""
    boris, _ = await boris_watches(world, "office")
    fields = {"kind": "webhook", "url": world.hook.url}
    await world.app.write(lambda work: channels.add(work, boris, fields))
    await register(world, tags=["office"])
    await world.beat(DUE)
    [said] = [json.loads(request.body)["data"] for request in world.hook.requests]
    assert "https://reminder.test/lines" not in said["text"]
    [reminder] = said["reminders"]
    assert reminder["line"]["number"] == "+7 916 ••• •• 67"
    assert reminder["links"]["topped_up"] is None
    assert "anna@example.org" in said["text"]


@pytest.mark.parametrize("count", [1, 2])
async def test_every_link_leads_where_a_watcher_may_go(world: World, count: int) -> None:
    """The page of a number is its owner's alone: a tap on a chat's message, and the link to all
    numbers, lead to what one watches."""
    boris, _ = await boris_watches(world, "office")
    fields = {"kind": "webhook", "url": f"{world.hook.url}/topic", "format": "ntfy"}
    await world.app.write(lambda work: channels.add(work, boris, fields))
    for n in range(count):
        await register(world, number=f"+7916123456{n}", tags=["office"])
    await world.beat(DUE)
    [text] = mails_to(world, BORIS)
    [chat] = [request.body.decode() for request in world.hook.requests]
    for said in (text, chat):
        assert "reminder.test/lines" not in said
    assert "reminder.test/watching" in chat
    assert ("reminder.test/watching" in text) is (count > 1)
