"""Promises of reminder/service/transfer/archive.py: all of it, and no secret."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from reminder.app import App
from reminder.domain.ids import OwnerId
from reminder.service import acts, channels, people, watching
from reminder.service.transfer import archive
from tests.conftest import HandClock
from tests.service.samples import person, register
from tests.service.transfer.files import bring, faults

HOOK = {"kind": "webhook", "url": "https://example.org/hook/verysecretpart", "label": "Hook"}
LISTS = ("lines", "readings", "acts", "reminders", "deliveries")
WHOLE = ("channels", "settings", "tokens", "devices", "watchers")


async def packed(app: App, owner: OwnerId) -> dict[str, str]:
    """The files of an owner's archive."""
    out = io.BytesIO(b"left over from a try before")
    await app.read(lambda work: archive.pack(work, owner, out))
    with zipfile.ZipFile(out) as found:
        assert found.testzip() is None
        return {name: found.read(name).decode() for name in found.namelist()}


async def test_everything_is_in_it_and_no_secret(app: App, clock: HandClock) -> None:
    """Lines, readings, acts, channels, reminders, deliveries with attempts, settings, tokens'
    names and devices; no secret of a channel, a token or a link, and nothing of another owner."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    line = (await register(app, owner)).line.id
    await register(app, boris, label="Theirs")
    added = await app.write(lambda work: channels.add(work, owner, HOOK))
    _, token = await app.write(lambda w: people.make_token(w, owner, "home", "read", "read"))
    await app.write(lambda work: acts.topped_up(work, owner, line, {"amount": "10"}))
    clock.set("2026-11-24T06:00:01")
    await app.plan()
    await app.ensure_sender().drain()
    found = await packed(app, owner)
    files = [*(f"{n}.jsonl" for n in LISTS), *(f"{n}.json" for n in WHOLE)]
    assert sorted(found) == sorted(["README.txt", *files])
    for name in LISTS:
        rows = [json.loads(row) for row in found[f"{name}.jsonl"].splitlines()]
        assert rows, name
    (delivery, *_) = (json.loads(row) for row in found["deliveries.jsonl"].splitlines())
    assert delivery["attempts"]
    assert delivery["reminders"][0]["line"] == line
    assert json.loads(found["tokens.json"])[0]["name"] == "home"
    settings = json.loads(found["settings.json"])
    assert (settings["email"], settings["numbers"]) == ("anna@example.org", "usual")
    text = "".join(found.values())
    assert added.secret
    for secret in (token, added.secret, "verysecretpart", "Theirs", "boris@example.org", boris):
        assert secret not in text


async def test_trips_and_watches_are_in_it(app: App) -> None:
    """Where the owner is when, who was let watch which tag, and what the owner watches."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    trip = {"timezone": "Asia/Shanghai", "first_day": "2026-12-01", "last_day": "2026-12-20"}
    await app.write(lambda work: people.change_me(work, owner, {"trips": [trip]}))
    mine = {"address": "boris@example.org", "tag": "family"}
    await app.write(lambda work: watching.invite(work, owner, mine))
    theirs = {"address": "anna@example.org", "tag": "office"}
    given = (await app.write(lambda work: watching.invite(work, boris, theirs))).id
    await app.write(lambda work: watching.agree(work, owner, given))
    found = await packed(app, owner)
    assert json.loads(found["settings.json"])["trips"] == [
        {"zone": "Asia/Shanghai", "first": "2026-12-01", "last": "2026-12-20"}
    ]
    told = json.loads(found["watchers.json"])
    (me,), (them,) = told["watching_me"], told["watched_by_me"]
    assert (me["address"], me["tag"], me["agreed"]) == ("boris@example.org", "family", False)
    assert (them["address"], them["tag"], them["agreed"]) == ("boris@example.org", "office", True)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Everything that Reminder keeps"), ("ru", "Всё, что"), ("zh", "保存的全部内容")],
)
async def test_its_first_page_is_in_the_owners_language(
    app: App, language: str, words: str
) -> None:
    """It names every file."""
    owner = await person(app)
    await app.write(lambda work: people.change_me(work, owner, {"language": language}))
    found = await packed(app, owner)
    assert words in found["README.txt"]
    assert all(name in found["README.txt"] for name in found if name != "README.txt")


async def test_its_lines_import_again(app: App) -> None:
    """``lines.jsonl`` is an export."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    await register(app, owner)
    report = await bring(app, boris, (await packed(app, owner))["lines.jsonl"])
    assert (report.applied, faults(report)) == (True, [])
