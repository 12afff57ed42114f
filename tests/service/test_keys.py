"""Promises of reminder/service/keys.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from standardwebhooks import Webhook
from time_machine import travel

from reminder.app import App, open_app
from reminder.config import Settings
from reminder.errors import ConfigError, StorageError
from reminder.service import channels, keys, people
from reminder.storage.keyfile import made_key, write_key
from tests.conftest import KINDS, START, HandClock, settings_in
from tests.fakes import WebhookSink
from tests.service.samples import person, register

OWN_NETWORK = {"REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]'}


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """A key is rotated on either database."""
    return str(request.param)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """A service with its key in a file."""
    return settings_in(tmp_path, {**OWN_NETWORK, "REMINDER_DATABASE__URL": database_url})


def key_of(settings: Settings) -> bytes:
    """The key that the service would start with."""
    return settings.server.key_file.read_bytes()


async def _with_hook(app: App, hook: WebhookSink) -> str:
    owner = await person(app)
    await register(app, owner)
    fields = {"kind": "webhook", "url": hook.url}
    added = await app.write(lambda work: channels.add(work, owner, fields))
    assert added.secret is not None
    return added.secret


async def _delivers(app: App, clock: HandClock, hook: WebhookSink, secret: str) -> None:
    """The reminder arrives at the channel, signed with the secret of before."""
    clock.set("2026-11-24T06:00:00")
    await app.plan()
    await app.ensure_sender().drain()
    (request,) = hook.requests
    with travel(clock.at, tick=False):
        Webhook(secret).verify(request.body, request.headers)


async def test_channels_go_on(settings: Settings, clock: HandClock) -> None:
    """After a rotation a channel is reached at its address and signs with its secret, the same
    address is still known as the same, a device stays signed in, and an old link is refused."""
    async with WebhookSink() as hook:
        async with open_app(settings, clock=clock) as app:
            secret = await _with_hook(app, hook)
            owner = await app.read(lambda work: people.by_email(work, "anna@example.org"))
            path = await app.write(lambda work: people.owner_link(work, owner.id))
            token = path.removeprefix("/sign-in/")
            cookie = await app.write(lambda work: people.sign_in(work, token))
        before = key_of(settings)
        rotated = keys.rotate(settings, START)
        assert (rotated.done.channels, rotated.done.unreadable, rotated.to_set) == (2, 0, None)
        assert key_of(settings) != before == rotated.old.read_bytes()
        assert not (settings.server.data_dir / "key.next").exists()
        async with open_app(settings, clock=clock) as app:
            again = {"kind": "webhook", "url": hook.url}
            known = await app.write(lambda work: channels.add(work, owner.id, again))
            assert known.secret is None
            seen = await app.read(lambda work: people.session_owner(work, cookie))
            assert seen is not None
            await _delivers(app, clock, hook, secret)


@pytest.mark.parametrize("sealed", [False, True], ids=["before", "after"])
async def test_a_rotation_that_was_broken_off(
    settings: Settings, clock: HandClock, sealed: bool
) -> None:
    """Killed before the rows were sealed: the old key goes on. Killed after: the next start takes
    the new one. Either way the channel is reached."""
    async with WebhookSink() as hook:
        async with open_app(settings, clock=clock) as app:
            secret = await _with_hook(app, hook)
        before = key_of(settings)
        waiting = settings.server.data_dir / "key.next"
        if sealed:
            keys.rotate(settings, START)
            write_key(waiting, key_of(settings))
            write_key(settings.server.key_file, before)
        else:
            write_key(waiting, made_key())
        async with open_app(settings, clock=clock) as app:
            assert not waiting.exists()
            assert (key_of(settings) == before) is not sealed
            await _delivers(app, clock, hook, secret)


async def test_a_key_of_the_settings_waits_to_be_set(
    tmp_path: Path, database_url: str, clock: HandClock
) -> None:
    """Where server.key is set, the new key lies in a file, and nothing starts with the old."""
    old = made_key().decode()
    environ = {"REMINDER_DATABASE__URL": database_url, "REMINDER_SERVER__KEY": old}
    settings = settings_in(tmp_path, environ)
    async with open_app(settings, clock=clock) as app:
        await person(app)
    rotated = keys.rotate(settings, START)
    assert rotated.to_set is not None
    with pytest.raises(ConfigError, match=r"server.key: the key was rotated"):
        async with open_app(settings, clock=clock):
            pass
    environ["REMINDER_SERVER__KEY"] = rotated.to_set.read_text()
    async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
        anna = await app.read(lambda work: people.by_email(work, "anna@example.org"))
        assert await app.read(lambda work: channels.everything(work, anna.id))
    assert not rotated.to_set.exists()


async def test_what_the_old_key_never_opened_is_left(settings: Settings, clock: HandClock) -> None:
    """A channel that was sealed with a key long gone is counted, and hinders nothing."""
    async with open_app(settings, clock=clock) as app:
        await person(app)
    write_key(settings.server.key_file, made_key())
    assert keys.rotate(settings, START).done.unreadable == 1


async def test_nothing_may_run(settings: Settings, dialect: str) -> None:
    """While the service runs its key is not changed."""
    async with open_app(settings) as app:
        await app.start()
        before = key_of(settings)
        with pytest.raises(StorageError, match=r"Another reminder process|works on the PostgreSQL"):
            keys.rotate(settings, app.now())
        assert key_of(settings) == before
