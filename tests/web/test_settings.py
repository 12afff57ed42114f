"""Settings: what is kept, what is refused with which words, devices, tokens, and the end."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from reminder.app import App
from reminder.service import people
from tests.conftest import HandClock
from tests.service.samples import person, register
from tests.web.conftest import add_number


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"at": "25:00"}, "at", "Enter a time, such as 09:00"),
        ({"quiet_from": "22:00", "quiet_until": ""}, "quiet_from", "Fill in both times"),
        ({"quiet_from": "08:00", "quiet_until": "08:00"}, "quiet_from", "two different times"),
        ({"lead_times": "seven"}, "lead_times", "Enter whole days up to 366"),
        ({"inactivity_lead_times": "400"}, "inactivity_lead_times", "up to 366"),
        ({"after_times": "0, 3"}, "after_times", "Enter days from 1 on"),
        ({"timezone": "Mars"}, "timezone", "Enter a time zone"),
    ],
)
async def test_what_cannot_be_meant_is_said_beside_its_field(
    anna: httpx.AsyncClient, form: dict[str, str], field: str, words: str
) -> None:
    """The form comes back as typed, with what would be right at the field, and nothing changes."""
    before = (await anna.get("/settings")).text
    answer = await anna.post("/settings", data={**form, "place": "abroad"})
    said = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f'href="#{field}"' in said
    error = re.findall(r'<p class="err" id="[\w-]+">(.*?)</p>', said)
    assert len(error) == 1
    assert words in error[0]
    assert 'value="abroad" selected' in said
    assert (await anna.get("/settings")).text == before


async def test_an_hour_in_the_quiet_hours_says_when_it_really_comes(
    anna: httpx.AsyncClient,
) -> None:
    """Allowed, and shown as the time at which it comes (3a, rule 3)."""
    form = {"at": "23:00", "quiet_from": "22:00", "quiet_until": "07:30"}
    assert (await anna.post("/settings", data=form)).status_code == 303
    assert "reminders come at 07:30" in (await anna.get("/settings")).text
    await anna.post("/settings", data={"quiet_from": "", "quiet_until": ""})
    assert "reminders come at" not in (await anna.get("/settings")).text


async def test_numbers_stand_in_lists_as_the_owner_wants(anna: httpx.AsyncClient, app: App) -> None:
    """Masked on the board and the table unless they are wanted whole; all digits find one whatever
    is chosen; its own page shows it whole at once where lists do, else when it is asked."""
    line = await add_number(anna)
    whole, masked = "+79161234567", "+7 916 ••• •• 67"
    for chosen, shown, other in (("masked", masked, whole), ("whole", whole, masked)):
        assert (await anna.post("/settings", data={"numbers": chosen})).status_code == 303
        assert f'value="{chosen}" selected' in (await anna.get("/settings")).text
        for page in ("/lines", "/lines?view=table", "/lines?q=8+916+123-45-67", line):
            text = (await anna.get(page)).text
            assert shown in text
            assert other not in text
        assert whole in (await anna.get(f"{line}?number=whole")).text
    board = await anna.get("/lines?q=8+916+123-45-68")
    assert whole not in board.text


async def test_ones_own_country_stands_first_among_the_zones(anna: httpx.AsyncClient) -> None:
    """Who lives in China finds its zones on top, by city and offset."""
    await anna.post("/settings", data={"timezone": "Asia/Shanghai"})
    near = (await anna.get("/settings")).text
    assert re.findall(r'<optgroup label="([^"]+)"', near) == ["China"]
    assert 'href="/settings?zones=all#timezone"' in near
    page = (await anna.get("/settings?zones=all")).text
    assert re.findall(r'<optgroup label="([^"]+)"', page)[:2] == ["China", "Russia"]
    assert 'name="trip_zone"' in (await anna.get("/settings?add=trip")).text
    assert '<option value="Asia/Shanghai" selected>Shanghai, UTC+8' in page


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_look_is_chosen_on_this_device(anna: httpx.AsyncClient, theme: str) -> None:
    """Light or dark holds without any script, and can be given back to the system."""
    assert "data-theme" not in (await anna.get("/lines")).text
    await anna.post("/settings", data={"theme": theme})
    assert f'data-theme="{theme}"' in (await anna.get("/lines")).text
    await anna.post("/settings", data={"language": "en"})
    assert f'data-theme="{theme}"' in (await anna.get("/lines")).text
    await anna.post("/settings", data={"theme": ""})
    assert "data-theme" not in (await anna.get("/lines")).text


async def test_a_device_is_signed_out_from_another(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """Each device stands in the list with when it was here last; any can be signed out, or all."""
    owner = (await app.read(people.everyone))[0].id
    phone = people.Client(agent="Mozilla/5.0 (Android 15; rv:143.0) Firefox/143.0")
    path = await app.write(lambda work: people.owner_link(work, owner))
    token = path.removeprefix("/sign-in/")
    cookie = await app.write(lambda work: people.sign_in(work, token, phone))
    clock.set("2026-11-20T12:00")
    page = html.unescape((await anna.get("/settings")).text)
    assert "Firefox, Android" in page
    assert "last here Fri 20\xa0Nov, 15:00" in page
    other = re.findall(r"<b>Firefox, Android</b>.*?action=\"([^\"]+)\"", page, re.DOTALL)[0]
    assert (await anna.post(other)).headers["location"].startswith("/settings?said=device-out")
    assert await app.read(lambda work: people.session_owner(work, cookie)) is None
    assert (await anna.post("/settings/sign-out-everywhere")).status_code == 303
    assert (await anna.get("/settings")).headers["location"] == "/sign-in"


async def test_a_token_is_shown_once_and_taken_back(app: App, anna: httpx.AsyncClient) -> None:
    """Its secret stands on the answer to making it and on no later page."""
    made = await anna.post("/settings/tokens", data={"name": "home", "scope": "read"})
    (secret,) = re.findall(r"rmd_[\w=-]+", made.text)
    assert await app.read(lambda work: people.token_bearer(work, secret)) is not None
    page = (await anna.get("/settings")).text
    assert secret not in page
    (remove,) = re.findall(r'action="(/settings/tokens/[^"]+/remove)"', page)
    await anna.post(remove)
    assert await app.read(lambda work: people.token_bearer(work, secret)) is None
    nameless = await anna.post("/settings/tokens", data={"name": "", "scope": "read"})
    assert "Enter what the token is for" in nameless.text


async def test_an_account_goes_when_its_address_is_typed(app: App, anna: httpx.AsyncClient) -> None:
    """The page says what goes; a wrong address is refused; the right one erases at once."""
    await add_number(anna)
    page = (await anna.get("/settings/erase")).text
    assert "1 number goes" in page
    wrong = await anna.post("/settings/erase", data={"email": "boris@example.org"})
    assert (wrong.status_code, 'id="email-err"' in wrong.text) == (422, True)
    gone = await anna.post("/settings/erase", data={"email": "anna@example.org"})
    assert gone.headers["location"] == "/?said=erased"
    assert await app.read(people.everyone) == []
    assert "The account is erased" in (await anna.get("/?said=erased")).text
    assert (await anna.get("/settings")).headers["location"] == "/sign-in"


async def test_ones_numbers_leave_as_a_file(app: App, anna: httpx.AsyncClient) -> None:
    """CSV and JSON lines of one's own numbers, to be kept and not to be shown."""
    await add_number(anna)
    await register(app, await person(app, "boris@example.org"), label="Boris’s own")
    for path, media in (("csv", "text/csv"), ("jsonl", "application/x-ndjson")):
        answer = await anna.get(f"/settings/export.{path}")
        assert answer.headers["content-type"].startswith(media)
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "Mum" in answer.text
        assert "Boris" not in answer.text


async def test_the_calendar_gets_a_new_address(anna: httpx.AsyncClient) -> None:
    """The address stands in the settings; renewed, the old one opens nothing."""
    old = re.findall(r"/calendar/[^<]+\.ics", (await anna.get("/settings")).text)[0]
    assert (await anna.get(old)).status_code == 200
    await anna.post("/settings/calendar")
    new = re.findall(r"/calendar/[^<]+\.ics", (await anna.get("/settings")).text)[0]
    assert new != old
    assert ((await anna.get(old)).status_code, (await anna.get(new)).status_code) == (404, 200)


async def test_a_trip_is_added_shown_and_taken_away(anna: httpx.AsyncClient) -> None:
    """Its days stand in the settings; on the number's year each message names the city where the
    reader will be then; without the trip it does not."""
    page = await add_number(anna)
    trip = {"trip_zone": "Asia/Shanghai", "first_day": "2026-11-30", "last_day": "2026-12-20"}
    assert (await anna.post("/settings/trips", data=trip)).status_code == 303
    said = (await anna.get("/settings")).text
    assert "<b>Shanghai</b>" in said
    assert re.search(r"Mon 30.Nov to Sun 20.Dec", said)
    year = (await anna.get(f"{page}/year")).text
    assert re.search(r"Sat 28.Nov, 09:00<", year)
    assert re.search(r"Mon 30.Nov, 09:00 \(Shanghai\)", year)
    again = {"trip_zone": "Asia/Shanghai", "first_day": "2026-12-20", "last_day": "2026-12-22"}
    refused = await anna.post("/settings/trips", data=again)
    assert refused.status_code == 422
    assert 'href="#last_day"' in refused.text
    assert "You have a trip on these days" in refused.text
    assert 'value="2026-12-22"' in refused.text
    away = await anna.post("/settings/trips/remove", data={"first_day": "2026-11-30"})
    assert away.status_code == 303
    assert "(Shanghai)" not in (await anna.get(f"{page}/year")).text
