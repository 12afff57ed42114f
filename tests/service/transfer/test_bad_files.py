"""What people and programs send that is no file of lines: one clear error, nothing stored, and
neither memory nor time that grows with it."""

from __future__ import annotations

import io
import random
import re
import time
import tracemalloc
import zipfile

import pytest

from reminder.app import App
from reminder.errors import InvalidInput
from reminder.service import lines
from reminder.service.transfer.importing import Wishes
from tests.service.samples import person, register
from tests.service.transfer.files import HEAD, KEEP_GOOD, bring, faults

MB = 1024 * 1024
GOOD = "+79161234567,mts,Mum,1,300,2026-12-01,P1M\n"
WIDE = ",".join(f"c{n}" for n in range(10_000)) + "\n"
NAMED = Wishes(encoding="utf-8")


def zipped() -> bytes:
    """A real archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("lines.csv", HEAD + GOOD)
    return out.getvalue()


RUBBISH = random.Random(7).randbytes(10 * MB)
WHOLE: dict[str, tuple[str | bytes, str]] = {
    "10 MB of rubbish": (RUBBISH, "is no text file|not known|damaged"),
    "rubbish said to be text": (RUBBISH, "damaged|64 kB|no such column"),
    "a zip": (zipped(), "archive or an Excel workbook"),
    "a quote never closed": (HEAD + GOOD + '+79161234568,mts,"open', "row 3 is never closed"),
    "a quote never closed in 10 MB": (HEAD + 'x,"' + GOOD * (10 * MB // len(GOOD)), "row 2"),
    "half a character": ((HEAD + "1,mts,Мама и папа").encode()[:-1], "damaged"),
    "half a character of few": (HEAD.encode() + "1,mts,Мам".encode()[:-1] + b",1\n", "damaged"),
    "half a character far inside": (
        (HEAD + GOOD * 10_000).encode() + "Мама".encode()[:-1],
        "damaged",
    ),
    "mixed separators": ("number,label;fee\n+79161234567,x;1\n", "say which separates"),
    "1 MB cell": (HEAD + f"+79161234567,mts,{'x' * MB},1,300,2026-12-01,P1M\n", "64 kB"),
    "1 MB first row": ("x" * MB, "64 kB"),
    "10,000 columns": (WIDE + "1\n", "no such column|64 kB"),
    "deep JSON": ("[" * MB, "JSON is broken"),
    "a large JSON": ('[{"number": "' + "x" * 9 * MB + '"}]', "8 MB|64 kB"),
    "phones.ini": ("[Phone] #1\nNumber = 9161234567\nPassword = x\n", "passwords"),
}


@pytest.mark.parametrize("name", list(WHOLE))
async def test_what_is_no_file_of_lines(app: App, name: str) -> None:
    """Refused as a whole, in at most 32 MB beside the file, within seconds; nothing is stored,
    not even the good rows before the fault where they were asked for."""
    owner = await person(app)
    content, words = WHOLE[name]
    wishes = NAMED if name.endswith("text") else KEEP_GOOD
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(InvalidInput) as refused:
        await bring(app, owner, content, wishes)
    took, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    said = "; ".join(one.detail for one in refused.value.faults)
    assert re.search(words, said), said[:300]
    assert len(said) < 2000
    assert (took < 20, peak < 48 * MB) == (True, True), (took, peak)
    assert await app.read(lambda work: lines.everything(work, owner)) == []


ROWS = {
    "two rows with one number": (GOOD + GOOD.replace("+7", "8"), [(3, "number")]),
    "another separator": (
        "+79161234567;mts;Mum;1;300;2026-12-01;P1M\n",
        [(2, "number"), (2, "renews_on")],
    ),
    "a NUL": (GOOD.replace("Mum", "M\0m"), [(2, "label")]),
    "too many cells": (GOOD.strip() + ",9\n", [(2, "")]),
    "a long cell": (GOOD.replace("Mum", "x" * 60_000), [(2, "label")]),
}


@pytest.mark.parametrize("name", list(ROWS))
async def test_a_row_that_is_wrong_is_named(app: App, name: str) -> None:
    """By its number and its column; nothing is stored."""
    owner = await person(app)
    text, wanted = ROWS[name]
    report = await bring(app, owner, HEAD + text, Wishes(encoding="utf-8"))
    assert (faults(report), report.applied) == (wanted, False)
    assert await app.read(lambda work: lines.everything(work, owner)) == []


async def test_a_row_of_anothers_id_reaches_nothing(app: App) -> None:
    """There is no column for an id, in either form; the other's line stays as it is."""
    owner, boris = await person(app), await person(app, "boris@example.org")
    theirs = (await register(app, boris)).line.id
    with pytest.raises(InvalidInput):
        await bring(app, owner, f"id,number,label\n{theirs},+79161234567,Mine\n")
    row = f'{{"id": "{theirs}", "number": "+79161234567", "label": "Mine"}}\n'
    assert faults(await bring(app, owner, row, Wishes(update=True))) == [(1, "id")]
    (kept,) = await app.read(lambda work: lines.everything(work, boris))
    assert kept.line.label != "Mine"
