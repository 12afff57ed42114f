"""Adding a number and changing it: what is typed is kept, and counts once."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.conftest import HandClock
from tests.web.conftest import add_number, number_form
from tests.web.test_board import said


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return html.unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])


def bare(**changes: str) -> dict[str, str]:
    """The form with nothing but what it shows at first."""
    empty = {"number": "", "operator": "", "label": "", "balance": "", "fee": "", "next": ""}
    kept = {"seen": "2026-11-20", "cycle": "month", "used": "none", "lead": "default"}
    return {**empty, **kept, **changes}


async def test_number_and_operator_are_enough(anna: httpx.AsyncClient) -> None:
    """With "do not watch this" and no date the number is kept, and the page says what to add."""
    form = bare(number="+7 916 123-45-67", operator="mts")
    answer = await anna.post("/lines/new", data=form)
    assert answer.status_code == 303
    page = said(await anna.get(answer.headers["location"]))
    assert "Enter the day of the next fee, or when the number was used last" in page


async def test_a_fee_without_its_day_is_asked_for_at_its_day(anna: httpx.AsyncClient) -> None:
    """What is missing is said where it is missing, and why."""
    form = bare(number="+7 916 123-45-67", operator="mts", fee="300")
    page = said(await anna.post("/lines/new", data=form))
    assert "so that we can write before it" in page
    assert 'href="#next"' in page


async def test_a_guessed_operator_is_preselected_and_never_silent(anna: httpx.AsyncClient) -> None:
    """Without an operator the form comes back with the one the digits hint at, and says so."""
    page = said(
        await anna.post("/lines/new", data=bare(number="8 916 123-45-67", next="2026-12-01"))
    )
    assert '<option value="mts" selected>' in page
    assert "Check the operator: it is chosen by the first digits of the number" in page


async def test_a_form_sent_twice_registers_once(anna: httpx.AsyncClient) -> None:
    """The second press leads to the same page; changed and sent again it is another form."""
    key = hidden((await anna.get("/lines/new")).text, "form")
    form = number_form(form=key)
    places = [(await anna.post("/lines/new", data=form)).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
    changed = await anna.post("/lines/new", data={**form, "number": "+7 916 123-45-68"})
    assert changed.headers["location"] not in places
    assert hidden((await anna.get("/lines/new")).text, "form") != key


async def test_a_recorded_act_sent_twice_counts_once(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """Two presses on one form are one top-up; a new form is another one."""
    line = await add_number(anna)
    clock.set("2026-11-20T11:00")
    first, second = [hidden((await anna.get(f"{line}/topped-up")).text, "form") for _ in range(2)]
    for key, expected in ((first, "320.50"), (first, "320.50"), (second, "520.50")):
        form = {"sum": "other", "other": "200", "form": key}
        assert (await anna.post(f"{line}/topped-up", data=form)).status_code == 303
        assert f"About {expected} ₽ is there now." in said(await anna.get(line))


async def test_a_payment_counts_for_the_day_its_form_was_about(anna: httpx.AsyncClient) -> None:
    """Two forms opened before the payment are one payment: the second is refused, and the number
    does not go on by two periods."""
    line = await add_number(anna)
    pages = [(await anna.get(f"{line}/renewed")).text for _ in range(2)]
    forms = [{"form": hidden(page, "form"), "of": hidden(page, "of")} for page in pages]
    assert [(await anna.post(f"{line}/renewed", data=form)).status_code for form in forms] == [
        303,
        409,
    ]
    assert (await anna.post(f"{line}/renewed", data=forms[0])).status_code == 303
    again = (await anna.get(f"{line}/renewed")).text
    assert hidden(again, "of") == "2027-01-01"


async def test_a_sum_that_was_typed_is_the_one_that_counts(
    anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """Typing another sum is enough: its tile need not be chosen too."""
    line = await add_number(anna)
    clock.set("2026-11-20T11:00")
    form = {"sum": "179.50", "other": "10"}
    await anna.post(f"{line}/topped-up", data=form)
    assert "About 130.50 ₽ is there now." in said(await anna.get(line))


async def test_a_stale_form_takes_nothing_back(anna: httpx.AsyncClient) -> None:
    """Only what was changed on a form is changed, whatever was entered by another since."""
    line = await add_number(anna)
    stands = {"number": "+79161234567", "fee": "300.00", "balance": ""}
    pages = [(await anna.get(f"{line}/edit")).text for _ in range(2)]
    first, second = [number_form(**stands, before=hidden(page, "before")) for page in pages]
    assert (await anna.post(f"{line}/edit", data={**first, "fee": "450"})).status_code == 303
    assert (await anna.post(f"{line}/edit", data={**second, "label": "Mother"})).status_code == 303
    page = said(await anna.get(f"{line}/edit"))
    assert 'value="450.00"' in page
    assert 'value="Mother"' in page


@pytest.mark.parametrize("before", ["", "[]", "{", '{"values": 1, "lists": {}}'])
async def test_a_form_whose_memory_is_broken_still_saves(
    anna: httpx.AsyncClient, before: str
) -> None:
    """What the form remembers is a help, not a lock."""
    line = await add_number(anna)
    form = number_form(number="+79161234567", label="Mother", fee="300.00", before=before)
    assert (await anna.post(f"{line}/edit", data=form)).status_code == 303
    assert "Mother" in (await anna.get(line)).text


async def test_places_that_are_written_to_anyway_are_not_named(anna: httpx.AsyncClient) -> None:
    """With every usual channel ticked a channel added later is used too; with none ticked the
    form asks where to write."""
    await anna.post(
        "/channels", data={"kind": "email", "address": "b@example.org", "use": "always"}
    )
    boxes = re.findall(
        r'name="channel" value="([^"]+)" checked', (await anna.get("/lines/new")).text
    )
    form: dict[str, object] = {**number_form(), "pick": "1"}
    assert "Choose where to write" in said(await anna.post("/lines/new", data=form))
    line = (await anna.post("/lines/new", data={**form, "channel": boxes})).headers["location"]
    await anna.post(
        "/channels", data={"kind": "email", "address": "c@example.org", "use": "always"}
    )
    assert "c@example.org" in said(await anna.get(line))


async def test_a_way_that_hangs_on_the_number_is_warned_of(anna: httpx.AsyncClient) -> None:
    """When the only channel is ticked as hanging on this very number, its pages say so."""
    await anna.post(
        "/channels", data={"kind": "email", "address": "b@example.org", "use": "always"}
    )
    box = re.findall(r'name="channel" value="([^"]+)"', (await anna.get("/lines/new")).text)
    form: dict[str, object] = {**number_form(), "pick": "1", "channel": box, "tied": box}
    year = (await anna.post("/lines/new", data=form)).headers["location"]
    for path in (year, year.partition("/year")[0]):
        assert "works only while this very number does" in said(await anna.get(path))
    assert "this very number does" not in said(
        await anna.get(await add_number(anna, number="+79161234568"))
    )
