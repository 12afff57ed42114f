"""Promises of reminder/service/outbox.py."""

from __future__ import annotations

import pytest

from reminder.app import App
from reminder.errors import NotFound
from reminder.service import channels, outbox
from tests.service.samples import person


async def test_kept_mail_is_for_its_reader(app: App) -> None:
    """Without SMTP a mail is kept in the data folder and shown to whom it is for only."""
    owner = await person(app)
    (mine,) = await app.read(lambda work: channels.everything(work, owner))
    await app.write(lambda work: channels.test(work, owner, mine.id))
    await app.ensure_sender().drain()
    (kept,) = outbox.everything(app.desk, frozenset({"anna@example.org"}))
    assert kept.to == "anna@example.org"
    assert outbox.everything(app.desk, frozenset({"boris@example.org"})) == ()
    assert outbox.everything(app.desk, frozenset()) == ()
    opened = outbox.get(app.desk, kept.id)
    assert "anna@example.org" in repr(opened)
    assert outbox.place(app.desk).is_relative_to(app.settings.server.data_dir)


@pytest.mark.parametrize("identity", ["none", "../key", "..", "", "/etc/passwd"])
async def test_nothing_else_is_opened(app: App, identity: str) -> None:
    """An id that is none opens no mail, and no other file."""
    with pytest.raises(NotFound):
        outbox.get(app.desk, identity)
