"""Promises of reminder/engine/door.py."""

from __future__ import annotations

from reminder.service import people
from tests.conftest import World
from tests.engine.samples import plain

PHONE = people.Client("203.0.113.7", "Mozilla/5.0 (Android 15; rv:143.0) Firefox/143.0")


async def test_whom_it_is_for_is_looked_up_when_it_leaves(world: World) -> None:
    """Who became an owner after asking is written to, who was erased after asking is not, and
    nobody's message is skipped with its reason."""
    await world.app.write(lambda work: people.ask_sign_in(work, "boris@example.org", PHONE))
    await world.app.write(lambda work: people.ask_sign_in(work, "carl@example.org", PHONE))
    await world.app.write(lambda work: people.add_owner(work, "boris@example.org"))
    await world.beat()
    subjects = sorted(mail.parsed["Subject"] for mail in world.smtp.messages)
    assert subjects == ["May Reminder write to this address?", "Your link to sign in to Reminder"]
    assert {mail.recipients for mail in world.smtp.messages} == {("boris@example.org",)}


async def test_the_mail_says_with_what_it_was_asked_for(world: World) -> None:
    """Its reader can tell their own asking from somebody else's."""
    await world.app.write(lambda work: people.ask_sign_in(work, "anna@example.org", PHONE))
    await world.app.write(lambda work: people.ask_to_erase(work, world.owner, PHONE))
    await world.beat()
    for mail in world.smtp.messages:
        assert "with Firefox, Android" in " ".join(plain(mail.parsed).split())
    assert any("/settings/erase/" in plain(m.parsed) for m in world.smtp.messages)
