"""Many numbers of the table at once: chosen or all that are found, seen before they change."""

from __future__ import annotations

import html
import re

import httpx

from tests.web.conftest import add_number


async def _two(anna: httpx.AsyncClient) -> list[str]:
    first = await add_number(anna)
    second = await add_number(anna, number="+7 916 123-45-68", label="Dad")
    return [path.rpartition("/")[2] for path in (first, second)]


def _plain(answer: httpx.Response) -> str:
    return html.unescape(answer.text).replace("\u00a0", " ")


async def test_an_edit_is_seen_and_done(anna: httpx.AsyncClient) -> None:
    """The form names how many, the look says what changes of each, the button does it."""
    both = await _two(anna)
    form = await anna.post("/lines/together", data={"line": both, "do": "edit"})
    assert '<h1 id="problem-lines">Change 2 numbers' in form.text
    asked = {"line": both, "fee": "350", "add_tag": "office", "leads": "5, 1", "step": "look"}
    seen = _plain(await anna.post("/lines/change", data=asked))
    assert "2 numbers change." in seen
    assert "300 ₽ → 350 ₽; your usual days → 5, 1; none → office" in seen
    assert "350" not in (await anna.get(f"/lines/{both[0]}")).text
    expected = re.findall(r'name="expected" value="(\w+)"', seen)[0]
    done = await anna.post("/lines/change", data={**asked, "step": "done", "expected": expected})
    assert done.headers["location"].endswith("&said=together&count=2")
    assert "350" in (await anna.get(f"/lines/{both[0]}")).text


async def test_all_on_a_page(anna: httpx.AsyncClient) -> None:
    """One tick takes all that stand on the page of the table, and what is ticked besides once."""
    both = await _two(anna)
    table = (await anna.get("/lines?view=table")).text
    (here,) = re.findall(r'name="page" value="([^"]+)"', table)
    assert sorted(here.split()) == sorted(both)
    assert "Take all 2 on this page" in table
    form = await anna.post("/lines/together", data={"page": here, "line": both[:1], "do": "edit"})
    assert '<h1 id="problem-lines">Change 2 numbers' in form.text
    await anna.post("/lines/together", data={"page": here, "do": "tag", "tag": "office"})
    assert (await anna.get("/lines?view=table")).text.count(">office</a>") == 2


async def test_all_that_are_found(anna: httpx.AsyncClient) -> None:
    """What the table was narrowed to is taken whole, and nothing else."""
    both = await _two(anna)
    back = "/lines?q=Dad&view=table"
    tagged = {"all": "1", "back": back, "do": "tag", "tag": "office"}
    assert (await anna.post("/lines/together", data=tagged)).status_code == 303
    assert ">office</a>" in (await anna.get("/lines?view=table&q=Dad")).text
    assert ">office</a>" not in (await anna.get("/lines?view=table&q=Mum")).text
    asked = {"all": "1", "back": back, "fee": "350", "step": "look"}
    assert "1 number changes." in _plain(await anna.post("/lines/change", data=asked))
    stale = await anna.post("/lines/change", data={**asked, "step": "done", "expected": "other"})
    assert (stale.status_code, "look again" in stale.text) == (422, True)
    assert "350" not in (await anna.get(f"/lines/{both[1]}")).text


async def test_what_cannot_change_is_named(anna: httpx.AsyncClient) -> None:
    """Nothing chosen, nothing to change, a wrong fee: each says what would be right."""
    both = await _two(anna)
    none = await anna.post("/lines/together", data={"do": "edit"})
    assert (none.status_code, "Tick at least one number" in none.text) == (422, True)
    empty = await anna.post("/lines/change", data={"line": both, "step": "look"})
    assert (empty.status_code, "Fill in what is to change" in empty.text) == (422, True)
    wrong = _plain(await anna.post("/lines/change", data={"line": both, "fee": "much"}))
    assert "2 numbers cannot be changed so" in wrong
    assert "Enter the amount in digits" in wrong
    channels = {"line": both, "pick": "all", "step": "look"}
    assert "2 are so already" in _plain(await anna.post("/lines/change", data=channels))
