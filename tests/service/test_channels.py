"""Promises of reminder/service/channels.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import pytest

from reminder.app import App
from reminder.domain.ids import ChannelId, OwnerId
from reminder.errors import LimitReached, NotFound
from reminder.service import channels, deliveries
from reminder.service.channels import Added
from reminder.service.work import Work
from tests.conftest import HandClock, World
from tests.service.samples import faults, person

HOOK = {"kind": "webhook", "url": "https://example.org/hook/t0ken?key=s3cret"}
MAIL = {"kind": "email", "address": "boris@example.org"}


async def _add(app: App, owner: OwnerId, given: Mapping[str, object]) -> Added:
    return await app.write(lambda work: channels.add(work, owner, given))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "kind"),
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "email"}, "address"),
        ({"kind": "email", "address": "anna"}, "address"),
        ({"kind": "email", "address": "a@example.org, b@example.org"}, "address"),
        ({"kind": "email", "address": "a@example.org\r\nBcc: b@example.org"}, "address"),
        ({"kind": "email", "address": ["a@example.org"]}, "address"),
        ({"kind": "webhook"}, "url"),
        ({"kind": "webhook", "url": "ftp://example.org"}, "url"),
        ({"kind": "webhook", "url": "http://169.254.169.254/latest"}, "url"),
        ({"kind": "webhook", "url": "https://name:word@example.org/"}, "url"),
        ({**HOOK, "format": "morse"}, "format"),
        ({**HOOK, "secret": "short"}, "secret"),
        ({**HOOK, "secret": "whsec_!!!"}, "secret"),
        ({**HOOK, "use": "sometimes"}, "use"),
        ({**HOOK, "label": "x" * 101}, "label"),
        ({**HOOK, "colour": "red"}, "colour"),
    ],
)
async def test_a_bad_field_is_named(app: App, given: Mapping[str, object], field: str) -> None:
    """What cannot be meant is refused by its field, and no channel is kept."""
    owner = await person(app)
    assert set(await faults(app, lambda work: channels.add(work, owner, given))) == {field}
    assert len(await app.read(lambda work: channels.everything(work, owner))) == 1


async def test_a_webhook_is_new_once(app: App) -> None:
    """The answer to the first holds the secret; the same one again is the one that is there,
    without it."""
    owner = await person(app)
    first, again = await _add(app, owner, HOOK), await _add(app, owner, HOOK)
    assert (first.is_new, first.channel.state) == (True, "unconfirmed")
    assert first.secret is not None
    assert first.secret.startswith("whsec_")
    assert (again.is_new, again.secret, again.channel) == (False, None, first.channel)
    other = await _add(app, owner, {**HOOK, "url": "https://example.org/other"})
    assert (other.is_new, other.secret != first.secret) == (True, True)


async def test_a_chosen_secret_is_taken(app: App) -> None:
    """Whoever has a secret already may bring it."""
    secret = "whsec_" + "A" * 43 + "="
    added = await _add(app, await person(app), {**HOOK, "secret": secret})
    assert (added.secret, added.channel.secrets) == (secret, (secret,))


async def test_no_url_token_lies_in_the_file(app: App) -> None:
    """What is secret in a URL is found in no file of the data folder, and is not shown."""
    added = await _add(app, await person(app), HOOK)
    assert added.secret is not None
    folder = app.settings.server.data_dir
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for hidden in (b"t0ken", b"s3cret", added.secret.encode()):
            assert hidden not in content, file
    assert channels.shown(added.channel) == "https://example.org/hook/…"


async def test_a_mailbox_is_confirmed_first(world: World) -> None:
    """A new address gets one confirmation; the same one again gets no second."""
    for _ in range(2):
        added = await _add(world.app, world.owner, MAIL)
        assert added.channel.state == "unconfirmed"
    await world.beat()
    assert [m.recipients for m in world.smtp.messages] == [("boris@example.org",)]
    given = {"state": "works"}
    found = await faults(
        world.app, lambda w: channels.change(w, world.owner, added.channel.id, given)
    )
    assert found == ["state"]
    found = await faults(world.app, lambda w: channels.test(w, world.owner, added.channel.id))
    assert found == ["channel"]


async def test_without_smtp_a_mailbox_works_at_once(app: App) -> None:
    """An instance that keeps its mail in a folder asks for no confirmation (rule 18)."""
    assert (await _add(app, await person(app), MAIL)).channel.state == "works"


async def test_the_owners_own_address_is_there_already(world: World) -> None:
    """The first owner's own address is a channel from the start, in any spelling of its host."""
    given = {"kind": "email", "address": "anna@EXAMPLE.org"}
    added = await _add(world.app, world.owner, given)
    assert (added.is_new, added.channel.state) == (False, "works")


async def test_a_change_names_what_it_changes(app: App) -> None:
    """Label and use change, a channel is stopped and resumed, the rest stays. A webhook that never
    took anything goes back to showing that."""
    owner = await person(app)
    added = await _add(app, owner, {**HOOK, "label": "Home"})
    one = added.channel.id

    async def change(**given: object) -> Added:
        return await app.write(lambda work: channels.change(work, owner, one, given))

    assert (await change(use="fallback")).channel.label == "Home"
    assert (await change(label=None)).channel.use == "fallback"
    assert (await change(state="stopped")).channel.state == "stopped"
    resumed = await change(state="works")
    assert (resumed.channel.state, resumed.secret) == ("unconfirmed", None)
    for given in (
        {"state": "failing"},
        {"use": "x"},
        {"use": "second"},
        {"rotate_secret": "x"},
        {"url": "https://a.b"},
    ):
        (field,) = given
        use = partial(channels.change, owner=owner, channel=one, given=given)
        assert await faults(app, use) == [field]


async def test_a_secret_is_rotated(app: App, clock: HandClock) -> None:
    """The new secret is shown once; the old one signs too for 24 hours. A mailbox has none."""
    owner = await person(app)
    added = await _add(app, owner, HOOK)
    rotate = {"rotate_secret": True}
    new = await app.write(lambda w: channels.change(w, owner, added.channel.id, rotate))
    assert new.channel.signing(clock.at) == (new.secret, added.secret)
    clock.set("2026-11-21T10:00:00")
    kept = await app.read(lambda work: channels.get(work, owner, added.channel.id))
    assert kept.signing(clock.at) == (new.secret,)
    mine = (await _add(app, owner, MAIL)).channel
    found = await faults(app, lambda w: channels.change(w, owner, mine.id, rotate))
    assert found == ["rotate_secret"]


async def test_a_mailbox_that_never_said_yes_is_asked_anew(world: World) -> None:
    """A mailbox that was stopped before it was confirmed waits for its link again; an address gets
    one such mail a day, and the second waits for its day."""
    added = await _add(world.app, world.owner, MAIL)
    one = added.channel.id
    for state in ("stopped", "works"):
        given = {"state": state}
        use = partial(channels.change, owner=world.owner, channel=one, given=given)
        changed = await world.app.write(use)
    assert changed.channel.state == "unconfirmed"
    assert changed.channel.is_usable is False
    await world.beat()
    assert len(world.smtp.messages) == 1
    await world.beat("2026-11-21T10:00:00")
    assert len(world.smtp.messages) == 2
    world.clock.set("2026-11-21T10:00:01")
    await world.app.write(lambda work: channels.ask_again(work, world.owner, one))
    with pytest.raises(LimitReached) as refused:
        await world.app.write(lambda work: channels.ask_again(work, world.owner, one))
    assert refused.value.retry_after > timedelta(days=1)


async def test_another_owners_channel_is_none(app: App) -> None:
    """Whatever is asked of somebody else's channel, it is not found."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    one = (await _add(app, owner, HOOK)).channel.id
    for use in (channels.get, channels.remove, channels.test):
        with pytest.raises(NotFound):
            await app.write(partial(use, owner=boris, channel=one))
    with pytest.raises(NotFound):
        await app.write(lambda work: channels.change(work, boris, one, {}))
    with pytest.raises(NotFound):
        await app.read(lambda work: channels.get(work, owner, ChannelId("chn_none")))


async def test_a_removed_channel_is_gone(app: App) -> None:
    """A removed channel is not found, and may be added anew."""
    owner = await person(app)
    one = (await _add(app, owner, HOOK)).channel.id
    await app.write(lambda work: channels.remove(work, owner, one))
    with pytest.raises(NotFound):
        await app.read(lambda work: channels.get(work, owner, one))
    assert (await _add(app, owner, HOOK)).is_new is True


async def test_tests_are_limited(app: App, clock: HandClock) -> None:
    """Sixty tests a minute, then one waits a minute."""
    owner = await person(app)
    one = (await _add(app, owner, HOOK)).channel.id

    def many(work: Work) -> None:
        for _ in range(60):
            channels.test(work, owner, one)

    await app.write(many)
    with pytest.raises(LimitReached) as refused:
        await app.write(lambda work: channels.test(work, owner, one))
    assert refused.value.retry_after.total_seconds() == 60
    clock.set("2026-11-20T10:01:01")
    identity = await app.write(lambda work: channels.test(work, owner, one))
    found = await app.read(lambda work: deliveries.get(work, owner, identity))
    assert (found.kind, found.state) == ("test", "pending")


async def test_channels_have_an_end(app: App) -> None:
    """Fifty channels an owner, then one must go first."""
    owner = await person(app)

    def many(work: Work) -> None:
        for n in range(channels.MOST_CHANNELS - 1):
            channels.add(work, owner, {**HOOK, "url": f"https://example.org/{n}"})

    await app.write(many)
    assert await faults(app, lambda work: channels.add(work, owner, HOOK)) == ["kind"]


BOT = "https://api.telegram.org/bot1:abc/sendMessage?chat_id=1"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "https://api.telegram.org/bot1:abc/sendMessage", "format": "telegram"}, "url"),
        ({"url": BOT, "format": "telegram", "secret": "x" * 40}, "secret"),
        ({"url": "https://ntfy.sh/", "format": "ntfy"}, "url"),
        ({"url": "http://127.0.0.1/services/x", "format": "slack"}, "url"),
    ],
)
async def test_a_chat_has_its_own_shape(app: App, given: dict[str, str], field: str) -> None:
    """The address of a chat is checked when it is added, by its shape and by the guard."""
    owner = await person(app)
    found = await faults(app, lambda work: channels.add(work, owner, {"kind": "webhook", **given}))
    assert set(found) == {field}


async def test_only_the_standard_has_a_secret_of_ours(app: App) -> None:
    """A chat is not signed and has nothing to rotate; a robot keeps the secret that it was given;
    what is shown is the host alone."""
    owner = await person(app)
    chat = await _add(app, owner, {"kind": "webhook", "url": BOT, "format": "telegram"})
    assert (chat.secret, chat.channel.secrets) == (None, ())
    assert channels.shown(chat.channel) == "https://api.telegram.org/…"
    change = {"rotate_secret": True}
    found = await faults(app, lambda work: channels.change(work, owner, chat.channel.id, change))
    assert set(found) == {"rotate_secret"}
    robot = await _add(
        app,
        owner,
        {
            "kind": "webhook",
            "url": "https://oapi.dingtalk.com/robot/send?access_token=a",
            "format": "dingtalk",
            "secret": "SECabc",
        },
    )
    assert (robot.secret, robot.channel.secrets) == (None, ("SECabc",))
