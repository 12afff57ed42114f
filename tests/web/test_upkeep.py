"""The service's page: health in sentences, people without their numbers, links and invitations."""

from __future__ import annotations

import html
import re
from functools import partial
from pathlib import Path

import httpx

from reminder import web
from reminder.app import App, Trouble, open_app
from reminder.service import channels, people
from tests.conftest import HandClock, World, settings_in
from tests.service.samples import person, register
from tests.web.conftest import BASE, OURS


async def test_an_administrator_sees_people_and_no_numbers(
    app: App, anna: httpx.AsyncClient
) -> None:
    """Address, since when and who is administrator; nothing of anybody's numbers."""
    boris = await person(app, "boris@example.org")
    await register(app, boris, label="Boris’s own")
    page = html.unescape((await anna.get("/service")).text)
    assert "boris@example.org" in page
    assert page.count("administrator") == 1
    assert "nothing lies undone" in page
    for hidden in ("Boris’s own", "67", "120.50"):
        assert hidden not in re.sub(r"\d{2}:\d{2}", "", page.partition("<main")[2])


async def test_without_a_mail_server_an_added_person_gets_a_link(
    app: App, anna: httpx.AsyncClient
) -> None:
    """The link is shown once, and signs that person in."""
    added = html.unescape((await anna.post("/service", data={"email": "carl@example.org"})).text)
    (link,) = re.findall(r"https://reminder\.test(/sign-in/[\w=-]+)", added)
    assert link not in (await anna.get("/service")).text
    twice = await anna.post("/service", data={"email": "carl@example.org"})
    assert "Somebody with this address is there already" in twice.text
    transport = httpx.ASGITransport(web.create(app))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as carl:
        await carl.post(link)
        assert "carl@example.org" in (await carl.get("/settings")).text


async def test_with_a_mail_server_nobody_makes_links_for_others(world: World) -> None:
    """Who gets mail signs in by it: no page makes a link with which one could be somebody else."""
    transport = httpx.ASGITransport(web.create(world.app))
    path = await world.app.write(lambda work: people.owner_link(work, world.owner))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as anna:
        await anna.post(path)
        added = await anna.post("/service", data={"email": "carl@example.org"})
        assert added.headers["location"] == "/service?said=person-added"
        carl = (await world.app.read(people.everyone))[-1].id
        assert (await anna.post(f"/service/owners/{carl}/link")).status_code == 404
        assert "Sign-in link" not in (await anna.get("/service")).text


async def test_an_invitation_is_made_where_sign_up_lets_it(
    tmp_path: Path, clock: HandClock
) -> None:
    """Without a mail server who holds it begins at once; it works one time."""
    environ = {"REMINDER_ACCESS__SIGN_UP": "invite"}
    async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
        owner = await person(app)
        path = await app.write(lambda work: people.owner_link(work, owner))
        transport = httpx.ASGITransport(web.create(app))
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as client:
            await client.post(path)
            page = (await client.post("/service/invite")).text
            (link,) = re.findall(r"https://reminder\.test(/sign-in/[\w=-]+)", page)
            client.cookies.clear()
            form = {"email": "carl@example.org", "language": "zh", "timezone": "Asia/Shanghai"}
            assert (await client.post(link, data=form)).headers["location"] == "/lines"
            assert 'lang="zh-Hans"' in (await client.get("/lines")).text
            assert (await client.post(link, data=form)).status_code == 410


async def test_closed_means_closed(anna: httpx.AsyncClient) -> None:
    """Where sign-up is closed there is no invitation, by page or by hand."""
    assert "Make an invitation" not in (await anna.get("/service")).text
    assert (await anna.post("/service/invite")).status_code == 403


async def test_the_service_tells_its_figures(world: World) -> None:
    """How late messages left, what a write takes and what the nightly check found, in each
    language; what is wrong stands above them."""
    await world.app.audit()
    transport = httpx.ASGITransport(web.create(world.app))
    path = await world.app.write(lambda work: people.owner_link(work, world.owner))
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS) as anna:
        await anna.post(path)
        mine = (await world.app.read(lambda work: channels.everything(work, world.owner)))[0]
        await world.app.write(lambda work: channels.test(work, world.owner, mine.id))
        await world.beat()
        world.app.watch.raise_alarm(Trouble.WAL, "The log grows.")
        for language, words in (
            ("en", ("over the last 1", "Reminders missing: 0", "log grows")),
            ("ru", ("половина за 0 с", "Не хватает напоминаний: 0", "Журнал базы данных растёт")),
            ("zh", ("最近 1 条消息", "缺失的提醒：0", "数据库日志不断增大")),
        ):
            change_me = partial(people.change_me, owner=world.owner, given={"language": language})
            await world.app.write(change_me)
            page = html.unescape((await anna.get("/service")).text)
            for one in words:
                assert one in page
