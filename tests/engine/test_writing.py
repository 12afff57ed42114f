"""Promises of reminder/engine/writing.py: the links, frame and date of a message."""

from __future__ import annotations

import json
import re
from functools import partial

from reminder.service import links, people
from tests.conftest import World
from tests.engine.samples import DUE, add_hook, plain, register


async def test_every_link_of_a_reminder(world: World) -> None:
    """A reminder offers its verbs, the operator's page in the reader's language and the official
    link, and a mail can be unsubscribed from with one click."""
    await add_hook(world)
    await register(world)
    await world.beat(DUE)
    links = json.loads(world.hook.requests[0].body)["data"]["reminders"][0]["links"]
    for verb in ("topped_up", "renewed", "used", "balance", "acknowledge", "snooze", "stop"):
        dashed = verb.replace("_", "-")
        assert re.fullmatch(rf"https://reminder\.test/a/{dashed}/[\w-]+", links[verb]), verb
    assert links["how_to_top_up"] == "https://reminder.test/operators/mts?language=en"
    assert links["official"].startswith("https://")
    mail = world.smtp.messages[0].parsed
    assert "https://reminder.test/a/unsubscribe/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_an_owners_own_link_of_an_unknown_operator(world: World) -> None:
    """Where the operator is not known, the owner's own link stands in its place (rule 21)."""
    await add_hook(world)
    await register(world, operator="other", top_up_url="https://pay.example.org/")
    await world.beat(DUE)
    (one,) = json.loads(world.hook.requests[0].body)["data"]["reminders"]
    assert one["operator"]["id"] == "other"
    assert one["links"]["how_to_top_up"] == "https://reminder.test/operators/other?language=en"


async def test_a_sign_in_mail_carries_its_link_and_nothing_to_unsubscribe(world: World) -> None:
    """The mail that signs in holds a link that works once; it is not a list's mail."""
    await world.app.write(lambda work: people.ask_sign_in(work, "anna@example.org"))
    await world.beat()
    mail = world.smtp.messages[0].parsed
    found = re.search(r"https://reminder\.test/sign-in/(\S+)", plain(mail))
    assert found is not None
    assert mail["List-Unsubscribe"] is None
    cookie = await world.app.write(lambda work: people.sign_in(work, found[1]))
    me = await world.app.read(lambda work: people.session_owner(work, cookie))
    assert me is not None
    assert me.email == "anna@example.org"


async def test_what_comes_months_late_is_dated_today_and_can_be_acted_on(world: World) -> None:
    """A mail of months ago stands where nobody looks, and its links would be over."""
    await register(world, charged_by="owner", period=None)
    await world.beat("2027-03-05T09:00:00")
    (mail,) = world.smtp.messages
    assert mail.parsed["Date"] == "Thu, 04 Mar 2027 21:00:00 +0000"
    found = re.findall(r"/a/([a-z-]+)/([\w-]{40,})", plain(mail.parsed))
    assert {"renewed", "stop", "unsubscribe", "not-mine"} <= {verb for verb, _ in found}
    for verb, token in found:
        await world.app.read(partial(links.open_link, verb=verb, token=token))
