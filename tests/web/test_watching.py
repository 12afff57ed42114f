"""Watchers in the browser: invited, agreed, seen, ended."""

from __future__ import annotations

import html
import re

import httpx

from reminder.app import App
from reminder.service import lines, watching
from tests.conftest import line_fields
from tests.service.samples import person
from tests.web.conftest import add_number


async def test_an_invitation_is_made_and_ended(anna: httpx.AsyncClient) -> None:
    """It stands on the page until it is ended; a wrong address is said at its field."""
    await add_number(anna)
    wrong = await anna.post("/watching", data={"address": "nobody", "tag": ""})
    assert wrong.status_code == 422
    assert 'href="#address"' in wrong.text
    assert 'href="#tag"' in wrong.text
    form = {"address": "boris@example.org", "tag": "office"}
    assert (await anna.post("/watching", data=form)).status_code == 303
    page = (await anna.get("/watching")).text
    assert "boris@example.org" in page
    [path] = re.findall(r'action="(/watching/\w+/end)"', page)
    assert (await anna.post(path)).status_code == 303
    assert "boris@example.org" not in (await anna.get("/watching")).text


async def test_what_one_watches_is_to_be_seen_only(app: App, anna: httpx.AsyncClient) -> None:
    """Agreed by a button; then the numbers of the tag, masked, without a link or a form that would
    act on them; left, they are gone."""
    boris = await person(app, "boris@example.org")
    fields = line_fields(tags=["office"], label="Router")
    line = (await app.write(lambda work: lines.register(work, boris, fields))).line.id
    given = {"address": "anna@example.org", "tag": "office"}
    watch = (await app.write(lambda work: watching.invite(work, boris, given))).id
    assert (await anna.get(f"/watching/{watch}")).status_code == 404
    assert f"/watching/{watch}/agree" in (await anna.get("/watching")).text
    await anna.post(f"/watching/{watch}/agree")
    seen = html.unescape((await anna.get(f"/watching/{watch}")).text)
    assert "Router" in seen
    assert "+7 916 ••• •• 67" in seen
    assert line not in seen
    assert (await anna.get(f"/lines/{line}")).status_code == 404
    assert (await anna.post(f"/watching/{watch}/end")).status_code == 303
    assert (await anna.get(f"/watching/{watch}")).status_code == 404
