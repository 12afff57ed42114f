"""Promises of reminder/web/imports.py and uploading.py: numbers from a file, by pages alone."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import httpx
import pytest

from reminder.app import App
from reminder.service import people
from reminder.service.transfer import exporting, uploads
from reminder.service.transfer.uploads import LARGEST_FILE
from tests.conftest import HandClock
from tests.web.conftest import add_number

HEAD = "number,operator,label,fee,renews_on,period\n"
GOOD = "+79161234567,mts,Mum,300,2026-12-01,P1M\n"
BAD = "12,mts,Short,300,2026-12-01,P1M\n"


async def send(client: httpx.AsyncClient, text: str | bytes, **fields: str) -> httpx.Response:
    """Send a file by the form; the page that it leads to."""
    content = text.encode() if isinstance(text, str) else text
    files = {"file": ("lines.csv", content, "text/csv")}
    answer = await client.post("/lines/import", files=files, data=fields)
    assert answer.status_code == 303, answer.text
    return await client.get(answer.headers["location"])


async def press(client: httpx.AsyncClient, page: httpx.Response, name: str) -> httpx.Response:
    """Press the button of that name; the page that it leads to."""
    for form in re.findall(r"<form.*?</form>", page.text, re.DOTALL):
        if name in form:
            fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
            answer = await client.post(page.url.path, data=fields)
            assert answer.status_code == 303
            return await client.get(answer.headers["location"])
    raise AssertionError(name)


def plain(page: httpx.Response) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text))


async def test_a_file_is_checked_shown_and_imported(anna: httpx.AsyncClient) -> None:
    """The check names each wrong row and column; the good rows are imported on request, once."""
    checked = await send(anna, HEAD + GOOD + BAD)
    words = plain(checked)
    assert "1 number would be new in your list" in words
    assert "1 row is wrong" in words
    assert "3 number Enter all 10 digits after +7. You entered 2" in words
    assert (await anna.get("/lines")).text.count("Mum") == 0
    done = await press(anna, checked, "Import the 1 good row")
    assert "1 number is new in your list. 1 row was left out." in plain(done)
    assert "Mum" in (await anna.get("/lines")).text
    again = await anna.post(checked.url.path, data={"do": "import"})
    assert again.status_code == 303
    assert "1 number is new" in plain(await anna.get(checked.url.path))


async def test_known_numbers_are_updated_when_asked(anna: httpx.AsyncClient) -> None:
    """A number that is there is a wrong row with a button beside it, or updated from the start."""
    await add_number(anna)
    row = HEAD + GOOD.replace("Mum", "Mama")
    checked = await send(anna, row)
    assert "This number is in your list already" in plain(checked)
    assert "Import" not in plain(checked).replace("Imported", "")
    updating = await press(anna, checked, "Check again, updating them")
    assert "1 number that you have would be updated" in plain(updating)
    await press(anna, updating, "Import this 1 number")
    assert "Mama" in (await anna.get("/lines")).text
    assert "would be updated" in plain(await send(anna, row, update="yes"))


async def test_what_the_file_leaves_open_is_asked(anna: httpx.AsyncClient) -> None:
    """Two encodings would do, or two separators: the choice is offered, and the file kept."""
    unclear = (HEAD + GOOD.replace("Mum", "ТТТТТТ ПППП ТТТТ")).encode("cp1251")
    asked = await send(anna, unclear)
    assert "choose the encoding in which names read right" in plain(asked)
    answer = await anna.post(asked.url.path, data={"do": "check", "encoding": "windows-1251"})
    assert "1 number would be new" in plain(await anna.get(answer.headers["location"]))
    mixed = await send(anna, "number,label;operator,renews_on;fee\n")
    assert "choose the one that separates them" in plain(mixed)
    assert '<select class="in w-2" id="separator"' in mixed.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + bytes(2000), "This is an archive or an Excel workbook"),
        (b'number,label\n+79161234567,"x\n', "A quote that opens in row 2 is never closed"),
        (b"nummer\n1\n", "nummer: There is no such column: did you mean number?"),
        (b"number,a/b~c\n1,2\n", "a/b~c: There is no such column: see the template"),
        ((HEAD + "1,mts,Мама и папа").encode()[:-1], "characters are damaged"),
    ],
)
async def test_a_file_that_is_none_is_said_so(
    anna: httpx.AsyncClient, content: bytes, words: str
) -> None:
    """One sentence, no number, and a way to another file."""
    page = await send(anna, content)
    assert words in plain(page)
    assert "Choose another file" in plain(page)


async def test_no_file_and_too_large_a_file(anna: httpx.AsyncClient) -> None:
    """Both come back to the form with what would be right."""
    nothing = await anna.post("/lines/import", files={"file": ("", b"")})
    assert (nothing.status_code, "Choose a file" in nothing.text) == (422, True)
    empty = await anna.post("/lines/import", files={"file": ("x.csv", b"")})
    assert (empty.status_code, "The file is empty" in empty.text) == (422, True)
    huge = {"file": ("x.csv", io.BytesIO(b"number\n" * (LARGEST_FILE // 7 + 20_000)))}
    large = await anna.post("/lines/import", files=huge)
    assert (large.status_code, "32 MB at most" in large.text) == (422, True)
    torn = await anna.post(
        "/lines/import", content=b"--x\r\nab", headers={"content-type": "multipart/form-data"}
    )
    assert (torn.status_code, "did not arrive whole" in torn.text) == (422, True)
    plain_form = await anna.post("/lines/import", data={"file": "x" * 70_000})
    assert plain_form.status_code == 413


async def test_progress_needs_no_script(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """A running check shows how far it is and looks again by a header, unless asked not to; one
    whose process died says that nothing was stored, and can be checked again."""
    (owner,) = await app.read(people.everyone)
    source = io.BytesIO((HEAD + GOOD).encode())
    job = await app.write(
        lambda work: uploads.keep(work, owner.id, "big.csv", source, uploads.CHECK)
    )
    page = await anna.get(f"/lines/import/{job}")
    assert page.headers["refresh"] == "2"
    assert "<progress" in page.text
    still = await anna.get(f"/lines/import/{job}?stay=yes")
    assert "refresh" not in still.headers
    assert "big.csv" in (await anna.get("/lines/import")).text
    clock.at += timedelta(minutes=6)
    broken = await anna.get(f"/lines/import/{job}")
    assert "Nothing of this file was stored" in plain(broken)
    assert "1 number would be new" in plain(await press(anna, broken, "Check again"))


async def test_it_is_its_owners_alone(app: App, anna: httpx.AsyncClient) -> None:
    """Another owner's import is no page, and is not started; who is not signed in is led away."""
    boris = await app.write(lambda work: people.add_owner(work, "boris@example.org"))
    source = io.BytesIO((HEAD + GOOD).encode())
    job = await app.write(lambda work: uploads.keep(work, boris.id, "b.csv", source, uploads.CHECK))
    assert (await anna.get(f"/lines/import/{job}")).status_code == 404
    assert (await anna.post(f"/lines/import/{job}", data={"do": "import"})).status_code == 404
    await anna.post("/sign-out")
    answer = await anna.post("/lines/import", files={"file": ("x.csv", b"number\n")})
    assert answer.headers["location"] == "/sign-in"
    foreign = await anna.post(
        "/lines/import", files={"file": b""}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert foreign.status_code == 403


async def test_the_template_imports(anna: httpx.AsyncClient) -> None:
    """What is downloaded has two rows, both good."""
    found = await anna.get("/lines/import/template.csv")
    assert found.text == exporting.template()
    assert "2 numbers would be new" in plain(await send(anna, found.content))


@pytest.mark.parametrize(("language", "words"), [("ru", "В 1 строке ошибка"), ("zh", "1 行有错误")])
async def test_rows_are_told_in_the_readers_language(
    anna: httpx.AsyncClient, language: str, words: str
) -> None:
    """The report was stored in English; its page is not."""
    page = await send(anna, HEAD + BAD)
    told = await anna.get(f"{page.url.path}?language={language}")
    assert words in plain(told)
    assert "Write" not in plain(told)


async def test_everything_about_the_reader_is_one_archive(anna: httpx.AsyncClient) -> None:
    """From the settings, and from the page that erases."""
    await add_number(anna)
    for page in ("/settings", "/settings/erase"):
        assert "/settings/archive.zip" in (await anna.get(page)).text
    found = await anna.get("/settings/archive.zip")
    assert found.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert b"Mum" in archive.read("lines.jsonl")
