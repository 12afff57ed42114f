"""Rules 17 and 18 as a person sees them: what fell silent, who is told instead, where it went."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from reminder import web
from reminder.app import App, open_app
from reminder.domain.channel import Channel, Why
from reminder.domain.ids import OwnerId
from reminder.service import channels, people, second_contact
from tests.conftest import HandClock, World, settings_in
from tests.engine.samples import DUE, HALF_PAST, add_hook, as_fallback, plain, register
from tests.fakes import Answer
from tests.web.conftest import BASE, OURS, add_number

HOOK = {"kind": "webhook", "url": "https://example.org/hook/t0ken", "label": "Home"}


async def me(app: App) -> OwnerId:
    """The only owner."""
    (one,) = await app.read(people.everyone)
    return one.id


async def silence(app: App, why: Why, given: Mapping[str, object] | None = None) -> Channel:
    """A channel of the owner's, their own mailbox unless told, falls silent."""
    owner = await me(app)
    if given is None:
        (one,) = await app.read(lambda work: channels.everything(work, owner))
    else:
        one = (await app.write(lambda work: channels.add(work, owner, given))).channel
    return await app.write(partial(channels.turn_off, channel=one, why=why))


async def board(client: httpx.AsyncClient) -> str:
    """The board, as it is read."""
    return html.unescape((await client.get("/lines")).text)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (Why.LINK, "It was stopped by the link in a message."),
        (Why.NOT_MINE, "Its holder said that the address is not theirs."),
        (Why.GONE, "It says that nobody is there any more."),
        (Why.FAILED, "It has taken nothing for five days."),
    ],
)
async def test_rule_18_the_board_names_what_fell_silent(
    app: App, anna: httpx.AsyncClient, why: Why, said: str
) -> None:
    """A channel that fell silent stands on the board with its reason and a button; resumed, it is
    gone from there."""
    assert "gets no messages" not in await board(anna)
    off = await silence(app, why, HOOK)
    for page in (await board(anna), html.unescape((await anna.get("/channels")).text)):
        assert said in page
        assert f"/channels/{off.id}/resume" in page
    assert "No reminder can reach you" not in await board(anna)
    assert (await anna.post(f"/channels/{off.id}/resume")).status_code == 303
    assert "gets no messages" not in await board(anna)


async def test_rule_18_what_i_stopped_myself_is_no_news(app: App, anna: httpx.AsyncClient) -> None:
    """A channel that its owner stopped is on the page of channels only."""
    owner = await me(app)
    added = await app.write(lambda work: channels.add(work, owner, HOOK))
    await anna.post(f"/channels/{added.channel.id}/stop")
    assert "gets no messages" not in await board(anna)
    assert "You stopped it." in (await anna.get("/channels")).text


async def test_rule_17_cut_off_is_red(app: App, anna: httpx.AsyncClient) -> None:
    """With numbers or without: nothing can reach the owner, and the page says so as an alert."""
    off = await silence(app, Why.LINK)
    for _ in range(2):
        page = await board(anna)
        assert 'role="alert"' in page
        assert "No reminder can reach you." in page
        await add_number(anna, number=f"+7 916 123-45-6{_}")
    assert "No reminder can reach you." in (await anna.get("/channels")).text
    await anna.post(f"/channels/{off.id}/resume")
    assert "No reminder can reach you." not in await board(anna)


async def test_rule_17_the_second_contact_is_named_in_the_settings(
    app: App, anna: httpx.AsyncClient
) -> None:
    """The field takes an address, keeps it, says how it stands, and names a wrong one."""
    form = {"language": "en", "timezone": "Europe/Moscow"}
    wrong = await anna.post("/settings", data={**form, "second_contact": "anna@example.org"})
    assert "name somebody else" in wrong.text
    assert 'id="second_contact-err"' in wrong.text
    await anna.post("/settings", data={**form, "second_contact": "boris@example.org"})
    page = (await anna.get("/settings")).text
    assert 'value="boris@example.org"' in page
    assert "They are told when nobody else can be." in page
    assert "boris@example.org" not in (await anna.get("/channels")).text
    await anna.post("/settings", data={**form, "second_contact": ""})
    assert "boris@example.org" not in (await anna.get("/settings")).text


async def test_a_second_contact_that_stopped_is_named_on_the_board(
    app: App, anna: httpx.AsyncClient
) -> None:
    """That the second contact wants no more is the owner's to know."""
    form = {"language": "en", "timezone": "Europe/Moscow", "second_contact": "boris@example.org"}
    await anna.post("/settings", data=form)
    owner = (await app.read(people.everyone))[0]
    friend = await app.read(lambda work: second_contact.current(work, owner))
    assert friend is not None
    await app.write(partial(channels.turn_off, channel=friend, why=Why.LINK))
    assert "boris@example.org (second contact)" in await board(anna)
    assert "It was stopped by the link" in (await anna.get("/settings")).text


async def test_a_confirmation_can_be_asked_for_again_once_a_day(world: World) -> None:
    """An address that waits has a button for another confirmation; a third is too many."""
    transport = httpx.ASGITransport(web.create(world.app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as client:
        path = await world.app.write(lambda work: people.owner_link(work, world.owner))
        await client.post(path)
        await client.post("/channels", data={"kind": "email", "address": "b@example.org"})
        page = (await client.get("/channels")).text
        (ask,) = re.findall(r'action="(/channels/[^"]+/ask)"', page)
        assert (await client.post(ask)).headers["location"].endswith("?said=asked")
        refused = await client.post(ask)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 24 * 3600


async def test_a_number_names_where_its_messages_went(world: World) -> None:
    """A number's page and the log name the channel that took a reminder, and in whose place."""
    await add_hook(world, label="Home")
    await as_fallback(world)
    view = await register(world)
    world.hook.behave(Answer(500))
    await world.beat(DUE)
    await world.beat(HALF_PAST)
    transport = httpx.ASGITransport(web.create(world.app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as client:
        path = await world.app.write(lambda work: people.owner_link(work, world.owner))
        await client.post(path)
        for page in (f"/lines/{view.line.id}", "/deliveries"):
            shown = html.unescape((await client.get(page)).text)
            assert "anna@example.org" in shown
            assert "in place of Home, which did not take it" in shown
        failing = html.unescape((await client.get("/channels")).text)
        assert "It has taken nothing since Tue 24\xa0Nov, 09:00; we go on trying." in failing


async def test_another_key_breaks_no_page(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """After the service's key was changed every page opens; a webhook's address must be typed
    again, the mailbox too, and reminders go to the owner's own address meanwhile."""
    await add_number(anna)
    await app.write(lambda work: work.session.execute(text("UPDATE channel SET target = 'torn'")))
    owner = await me(app)
    added = await app.write(lambda work: channels.add(work, owner, HOOK))
    for path in ("/lines", "/channels", "/deliveries", "/settings", "/lines/new"):
        assert (await anna.get(path)).status_code == 200
    page = await board(anna)
    assert "Its address must be typed again" in page
    assert "/resume" not in page
    (torn,) = await app.read(
        lambda w: [c for c in channels.everything(w, owner) if c.id != added.channel.id]
    )
    refused = await anna.post(f"/channels/{torn.id}/resume")
    assert refused.status_code == 422
    assert "typed again" in refused.text
    assert (await anna.post(f"/channels/{torn.id}/remove")).status_code == 303
    assert "typed again" not in await board(anna)


async def test_a_vanished_operator_breaks_no_page(tmp_path: Path, clock: HandClock) -> None:
    """A number whose operator's own file was taken away is shown under its id, reminded about and
    edited like any other."""
    settings = settings_in(tmp_path)
    extra = settings.server.data_dir / "operators"
    extra.mkdir(parents=True)
    head = 'id = "gonetel"\ncountry = "RU"\nkind = "mvno"\ncollected_on = 2026-11-19\n'
    names = 'names.zh = "G"\nnames.ru = "G"\nnames.en = "G"\nofficial_domains = ["gone.example"]\n'
    (extra / "gonetel.toml").write_text(head + names, encoding="utf-8")
    async with open_app(settings, clock=clock) as app:
        owner = await app.write(lambda work: people.add_owner(work, "anna@example.org"))
        world = World(app, clock, None, None, owner.id)  # type: ignore[arg-type]  # no servers
        view = await register(world, operator="gonetel")
    (extra / "gonetel.toml").unlink()
    async with open_app(settings, clock=clock) as app:
        transport = httpx.ASGITransport(web.create(app), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as client:
            await client.post(await app.write(lambda work: people.owner_link(work, owner.id)))
            line = f"/lines/{view.line.id}"
            for path in ("/lines", line, f"{line}/edit", f"{line}/year", f"{line}/topped-up"):
                shown = (await client.get(path)).text
                assert "<h1" in shown, path
            assert "gonetel" in (await client.get(line)).text
            assert '"/operators/other"' in (await client.get(line)).text
            form = (await client.get(f"{line}/edit")).text
            assert '<option value="gonetel" selected>' in form
            clock.set(DUE)
            await app.plan()
            await app.ensure_sender().drain()
            (kept,) = (settings.server.data_dir / "outbox").glob("*.eml")
            mail = message_from_bytes(kept.read_bytes(), policy=policy.default)
            assert "/operators/other?language=en" in plain(mail)
