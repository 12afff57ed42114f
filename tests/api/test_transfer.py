"""``/import``, ``/imports/{id}`` and ``/export`` over the API."""

from __future__ import annotations

import asyncio
import io
import zipfile

import pytest

from reminder.service.transfer.uploads import LARGEST_FILE
from tests.api.conftest import Site

FILE = "number,operator,label,fee,renews_on,period\n+79161234567,mts,Mum,300,2026-12-01,P1M\n"


async def test_a_file_becomes_lines(site: Site) -> None:
    """The answer names each row with its line; the lines are there."""
    answer = await site.anna.post("/import", content=FILE.encode())
    assert answer.status_code == 200
    said = answer.json()
    assert (said["applied"], said["rows"], said["added"]) == (True, 1, 1)
    (row,) = said["items"]
    assert (row["row"], row["state"], row["errors"]) == (2, "added", [])
    line = (await site.anna.get(f"/lines/{row['line']}")).json()
    assert line["label"] == "Mum"


async def test_wrong_rows_are_answered_207(site: Site) -> None:
    """Rows that are wrong are named by number and column, and nothing is imported."""
    wrong = FILE + "12,mts,x,300,2026-12-01,P1M\n"
    answer = await site.anna.post("/import", content=wrong.encode())
    assert answer.status_code == 207
    (bad,) = [row for row in answer.json()["items"] if row["errors"]]
    assert (bad["row"], bad["errors"][0]["pointer"]) == (3, "#/number")
    assert (await site.anna.get("/lines")).json()["items"] == []
    kept = await site.anna.post("/import?keep_good=true", content=wrong.encode())
    assert kept.json()["applied"] is True
    again = await site.anna.post("/import?update=true&dry_run=true", content=FILE.encode())
    assert (again.json()["updated"], again.json()["applied"]) == (1, False)


async def test_what_is_no_file_of_lines_is_a_problem(site: Site) -> None:
    """Rubbish is 422 with one sentence; a file that is too large is 413."""
    zipped = await site.anna.post("/import", content=b"PK\x03\x04" + bytes(1000))
    assert (zipped.status_code, zipped.json()["errors"][0]["pointer"]) == (422, "#/file")
    assert (await site.anna.post("/import", content=b"")).status_code == 422
    large = b"number\n" * (LARGEST_FILE // 7 + 1)
    assert (await site.anna.post("/import", content=large)).status_code == 413


async def test_a_long_import_goes_on_by_itself(site: Site) -> None:
    """Asked to, it answers at once where its progress stands; the report is there at the end, for
    its owner only."""
    begun = await site.anna.post(
        "/import", content=FILE.encode(), headers={"prefer": "respond-async"}
    )
    assert begun.status_code == 202
    path = begun.headers["location"].removeprefix("/api/v1")
    while (found := (await site.anna.get(path)).json())["state"] == "running":
        await asyncio.sleep(0)
    assert (found["state"], found["share"], found["report"]["added"]) == ("done", 1.0, 1)
    assert (await site.boris.get(path)).status_code == 404
    refused = await site.anna.post(
        "/import", content=b"\x1f\x8b", headers={"prefer": "respond-async"}
    )
    path = refused.headers["location"].removeprefix("/api/v1")
    while (found := (await site.anna.get(path)).json())["state"] == "running":
        await asyncio.sleep(0)
    assert found["state"] == "refused"
    assert found["report"]["errors"][0]["pointer"] == "#/file"


async def test_an_import_whose_process_died_says_so(site: Site) -> None:
    """What was left running is shown as interrupted after some minutes."""
    begun = await site.anna.post(
        "/import", content=FILE.encode(), headers={"prefer": "respond-async"}
    )
    for task in list(site.app._background):
        task.cancel()
    site.watch.move(minutes=6)
    path = begun.headers["location"].removeprefix("/api/v1")
    assert (await site.anna.get(path)).json()["state"] == "interrupted"


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("jsonl", "application/x-ndjson")])
async def test_an_export_imports_again(site: Site, form: str, kind: str) -> None:
    """What is exported in either form is taken in by an import."""
    await site.anna.post("/import", content=FILE.encode())
    out = await site.anna.get(f"/export?format={form}")
    assert out.headers["content-type"].startswith(kind)
    assert "attachment" in out.headers["content-disposition"]
    brought = await site.boris.post("/import", content=out.content)
    assert brought.json()["added"] == 1


async def test_reading_tokens_may_export_and_not_import(site: Site) -> None:
    """An import writes; an export reads."""
    reader = await site.token("anna", "read")
    assert (await reader.get("/export")).status_code == 200
    assert (await reader.post("/import", content=FILE.encode())).status_code == 403
    assert (await site.nobody.get("/export")).status_code == 401


async def test_everything_about_me_is_one_archive(site: Site) -> None:
    """A ZIP with one's own lines, and nobody else's."""
    await site.anna.post("/import", content=FILE.encode())
    found = await site.anna.get("/me/archive")
    assert found.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert b"+79161234567" in archive.read("lines.jsonl")
    other = await site.boris.get("/me/archive")
    with zipfile.ZipFile(io.BytesIO(other.content)) as archive:
        assert archive.read("lines.jsonl") == b""
    assert (await site.nobody.get("/me/archive")).status_code == 401
