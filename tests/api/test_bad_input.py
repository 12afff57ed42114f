"""Every field of every call, with everything that it cannot be: one status, one pointer, one
sentence, and nothing kept (CONTRACT section 4)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx
import pytest

from tests.api import bad
from tests.api.cases import CASES, Case
from tests.api.conftest import Site

Fields = dict[str, object]


def _kept(site: Site) -> str:
    """Everything in the database, but for when tokens were used."""
    file: Path = site.app.settings.server.data_dir / "reminder.db"
    with sqlite3.connect(file) as database:
        return "\n".join(database.iterdump())


async def _places(site: Site, line: Fields) -> dict[str, str]:
    made = (await site.anna.post("/lines", json=line)).json()
    hook = {"kind": "webhook", "url": "https://example.org/first"}
    channel = (await site.anna.post("/channels", json=hook)).json()
    return {"line": made["id"], "channel": channel["id"], "owner": str(site.owners["boris"])}


def _wrong(answer: httpx.Response, pointer: str, says: str) -> str:
    """What is not as it should be with a refusal; "" if it is right."""
    if answer.status_code != 422:
        return f"{answer.status_code} {answer.text[:200]}"
    said = answer.json()
    found = [(one["pointer"], one["detail"]) for one in said["errors"]]
    if len(found) != 1 or found[0][0] != pointer or not found[0][1]:
        return f"{found}"
    if says and found[0][1] != says:
        return f"{found[0][1]!r} instead of {says!r}"
    is_whole = said["status"] == 422 and said["detail"] and said["type"].endswith(said["code"])
    return "" if is_whole else f"{said}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
async def test_each_bad_value_of_each_field(site: Site, line: Fields, case: Case) -> None:
    """A bad value is answered with 422 and exactly one fault: the field's pointer, and a sentence
    that says what would be right. Nothing is kept of the call, in no table."""
    places = await _places(site, line)
    client = await site.token("anna", case.scope)
    path, before, found = case.path.format(**places), _kept(site), []
    for field, wrong in bad.each(case.fields):
        body = {**case.good, field: wrong.value}
        site.watch.move(milliseconds=100)
        answer = await client.request(case.method, path, json=body)
        fault = _wrong(answer, f"#/{field}{wrong.inside}", wrong.says)
        if fault or _kept(site) != before:
            found.append(f"{field}={str(wrong.value)[:60]!r}: {fault or 'something was kept'}")
            before = _kept(site)
    assert not found, f"{len(found)}:\n" + "\n".join(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
async def test_what_is_missing_and_what_is_no_object(site: Site, line: Fields, case: Case) -> None:
    """A field that is needed is asked for by its name; a body that is no object is no body."""
    places = await _places(site, line)
    client = await site.token("anna", case.scope)
    path, before = case.path.format(**places), _kept(site)
    for field, says in case.needed.items():
        body = {name: value for name, value in case.good.items() if name != field}
        answer = await client.request(case.method, path, json=body)
        assert not _wrong(answer, f"#/{field}", says)
    json = {"content-type": "application/json"}
    for raw in (b"[]", b'[{"label": "x"}]', b'"text"', b"5", b"true", b"null"):
        answer = await client.request(case.method, path, content=raw, headers=json)
        assert not _wrong(answer, "#", "Send one JSON object, such as {}"), raw
    for raw in (b"{", b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe", b'{"a": "\\ud800"}', b"[" * 9999):
        answer = await client.request(case.method, path, content=raw, headers=json)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), raw
    assert _kept(site) == before


async def test_every_fault_is_told_at_once_and_one_a_field(site: Site) -> None:
    """One answer names every wrong field, each once, what is missing and what is unknown too."""
    wrong = {
        "number": 7,
        "fee": {"amount": 1, "currency": 2},
        "period": "x",
        "renews_on": "x",
        "anchor": "y",
        "lead_times": ["x", "y"],
        "tags": ["a,b", "c;d"],
        "channels": ["a", "b"],
        "имя": 1,
        "a/b": 2,
    }
    answer = await site.anna.post("/lines", json=wrong)
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "#/%D0%B8%D0%BC%D1%8F",
        "#/a~1b",
        "#/number",
        "#/fee/amount",
        "#/lead_times/0",
        "#/channels/0",
        "#/tags/0",
        "#/period",
        "#/renews_on",
        "#/anchor",
    ]


@pytest.mark.parametrize(
    ("query", "pointer", "says"),
    [
        ("/lines?limit=0", "#/limit", "Write 1 or more"),
        ("/lines?limit=501", "#/limit", "Write 500 at most"),
        ("/lines?limit=ten", "#/limit", "Write a whole number"),
        ("/lines?limit=", "#/limit", "Write a whole number"),
        ("/lines?cursor=%21", "#/cursor", ""),
        (f"/lines?find={'x' * 201}", "#/find", "At most 200 characters"),
        ("/lines/{line}/schedule?months=0", "#/months", "Write 1 or more"),
        ("/lines/{line}/schedule?months=61", "#/months", "Write 60 at most"),
        ("/lines/{line}/forecast?until=tomorrow", "#/until", "Write a date as 2026-12-01"),
        ("/lines/{line}/forecast?until=2026-11-21", "#/until", ""),
        ("/lines/{line}/preview?language=fr", "#/language", "Choose one of: zh, ru, en"),
        ("/lines/{line}/preview?format=pdf", "#/format", "Choose one of: text, html, json, "),
        ("/operators/mts?language=fr", "#/language", ""),
        ("/operators/mts?place=moon", "#/place", ""),
        ("/operators/mts?pay=shells", "#/pay", ""),
        ("/deliveries?state=lost", "#/state", ""),
        ("/deliveries?limit=0", "#/limit", "Write 1 or more"),
    ],
)
async def test_a_bad_query_is_named(
    site: Site, line: Fields, query: str, pointer: str, says: str
) -> None:
    """What is asked for in the address is refused as a field is: by its name, in a sentence."""
    places = await _places(site, line)
    answer = await site.anna.get(query.format(**places))
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, pointer)
    assert fault["detail"].startswith(says)
