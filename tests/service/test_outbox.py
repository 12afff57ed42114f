"""Promises of reminder/service/outbox.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.errors import NotFound
from reminder.service import channels, outbox, people
from reminder.service.outbox import KeptMail
from tests.service.samples import person


async def _mails(app: App, owner: OwnerId) -> tuple[KeptMail, ...]:
    me = await app.read(lambda work: people.me(work, owner))
    return await app.read(lambda work: outbox.everything(work, me))


async def _test_mail(app: App, owner: OwnerId, address: str) -> None:
    given = {"kind": "email", "address": address}
    added = await app.write(lambda work: channels.add(work, owner, given))
    await app.write(lambda work: channels.test(work, owner, added.channel.id))
    await app.ensure_sender().drain()


async def test_kept_mail_is_for_its_owner(app: App) -> None:
    """Without SMTP a mail is kept in the data folder and shown to whose it is, and to nobody whose
    address it merely went to."""
    anna, boris = await person(app), await person(app, "boris@example.org")
    await _test_mail(app, anna, "boris@example.org")
    (kept,) = await _mails(app, anna)
    assert kept.to == "boris@example.org"
    assert await _mails(app, boris) == ()
    me = await app.read(lambda work: people.me(work, anna))
    other = await app.read(lambda work: people.me(work, boris))
    opened = await app.read(lambda work: outbox.get(work, me, kept.id))
    assert "boris@example.org" in repr(opened)
    with pytest.raises(NotFound):
        await app.read(lambda work: outbox.get(work, other, kept.id))
    assert outbox.place(app.desk).is_relative_to(app.settings.server.data_dir)


async def test_a_sign_in_mail_is_for_its_address_alone(app: App) -> None:
    """Who adds another's address as a channel reads no link of theirs, now or when the log of it
    is tidied away."""
    anna, boris = await person(app), await person(app, "boris@example.org")
    given = {"kind": "email", "address": "boris@example.org"}
    await app.write(lambda work: channels.add(work, anna, given))
    await app.write(lambda work: people.ask_sign_in(work, "boris@example.org"))
    await app.ensure_sender().drain()
    assert await _mails(app, anna) == ()
    (kept,) = await _mails(app, boris)
    assert kept.to == "boris@example.org"


@pytest.mark.parametrize("identity", ["none", "../key", "..", "", "/etc/passwd"])
async def test_nothing_else_is_opened(app: App, identity: str) -> None:
    """An id that is none opens no mail, and no other file."""
    owner = await person(app)
    me = await app.read(lambda work: people.me(work, owner))
    with pytest.raises(NotFound):
        await app.read(lambda work: outbox.get(work, me, identity))
