"""The pages as a person meets them: first start, first number, links of a message, safe headers."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from reminder.app import App
from reminder.service import people
from tests.conftest import HandClock
from tests.web.conftest import add_number, number_form

PUBLIC = ("/", "/safety", "/sign-in", "/operators", "/operators/mts", "/operators/other")
OWN = (
    "/lines",
    "/lines/new",
    "/channels",
    "/channels/new?kind=email",
    "/channels/new?kind=webhook",
    "/deliveries",
    "/settings",
    "/settings/erase",
    "/service",
    "/outbox",
)
OF_A_LINE = (
    "",
    "/edit",
    "/year",
    "/delete",
    "/topped-up",
    "/renewed",
    "/used",
    "/balance",
    "/snooze",
    "/acknowledge",
    "/stop",
    "/resume",
)


async def mailed_links(app: App, client: httpx.AsyncClient) -> dict[str, str]:
    """The action links of the newest kept mail, by verb."""
    await app.plan()
    await app.ensure_sender().drain()
    listed = (await client.get("/outbox")).text
    mail = re.findall(r'href="/outbox/([^"]+)"', listed)[0]
    text = html.unescape((await client.get(f"/outbox/{mail}")).text)
    found = re.findall(r"https://reminder\.test(/a/([a-z-]+)/[A-Za-z0-9_-]+)", text)
    return {verb: path for path, verb in found}


async def test_the_first_start_leads_to_the_first_number_and_its_year(
    app: App, guest: httpx.AsyncClient
) -> None:
    """From the printed link to the page of the first number, nothing but forms is needed."""
    path = str(await app.write(people.first_link))
    assert "Your mail address" in (await guest.get(path)).text
    form = {"email": "anna@example.org", "language": "en", "timezone": "Europe/Moscow"}
    assert (await guest.post(path, data=form)).headers["location"] == "/lines"
    assert "Add the first number" in (await guest.get("/lines")).text
    line = await add_number(guest)
    assert "24\xa0Nov" in (await guest.get(f"{line}/year")).text
    board = html.unescape((await guest.get("/lines")).text)
    assert "1 of 1 numbers needs you" in board
    assert "Top up at least 179.50\xa0₽" in board


async def test_a_first_link_makes_one_owner_only(app: App, anna: httpx.AsyncClient) -> None:
    """Once there is an owner, the printed link is spent."""
    assert await app.write(people.first_link) is None


async def test_the_session_cookie_is_for_this_site_only(app: App, guest: httpx.AsyncClient) -> None:
    """The cookie is HttpOnly, SameSite=Lax, and Secure where we are reached by https."""
    path = str(await app.write(people.first_link))
    form = {"email": "anna@example.org", "language": "en", "timezone": "Europe/Moscow"}
    cookie = (await guest.post(path, data=form)).headers["set-cookie"]
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(cookie.split("; "))


async def test_what_was_typed_is_kept_and_every_fault_is_named(anna: httpx.AsyncClient) -> None:
    """A form that is refused comes back as typed, the faults first, each at its field."""
    typed = number_form(number="+7 916 000 12 3", fee="x", operator="", label="Grandpa")
    answer = await anna.post("/lines/new", data=typed)
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert 'value="+7 916 000 12 3"' in answer.text
    assert 'value="Grandpa"' in answer.text
    for field in ("number", "operator", "fee"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-err"' in answer.text
    assert "Enter all 10 digits after +7. You entered 9" in answer.text


async def test_the_same_number_twice_is_said_at_its_field(anna: httpx.AsyncClient) -> None:
    """A number that is there already is refused by the form, not by an error page."""
    await add_number(anna)
    answer = await anna.post("/lines/new", data=number_form())
    assert "This number is in your list as Mum" in answer.text


@pytest.mark.parametrize("path", ["/lines", "/settings", "/channels", "/deliveries", "/outbox"])
async def test_what_is_mine_asks_who_i_am(guest: httpx.AsyncClient, path: str) -> None:
    """Signed out, an owner's pages lead to the sign-in page."""
    assert (await guest.get(path)).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://reminder.test"}, 303),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 303),
    ],
)
async def test_a_post_from_elsewhere_is_refused(
    anna: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    """Only our own pages may post; a client that says nothing of where it comes from may too."""
    anna.headers.pop("Sec-Fetch-Site")
    answer = await anna.post("/lines/new", data=number_form(), headers=headers)
    assert answer.status_code == status


async def test_a_body_over_64_kb_is_refused(anna: httpx.AsyncClient) -> None:
    """A form has its limit, with or without a stated length."""
    large = b"note=" + b"y" * 70_000

    async def pieces() -> AsyncIterator[bytes]:
        yield large

    for content in (large, pieces()):
        answer = await anna.post("/lines/new", content=content)
        assert answer.status_code == 413


async def test_opening_a_link_changes_nothing_and_pressing_twice_acts_once(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """GET shows, POST acts, the second POST finds it recorded, undo takes it back."""
    line = await add_number(anna)
    clock.set("2026-11-24T08:00")
    links = await mailed_links(app, anna)
    before = (await anna.get(f"{line}/year")).text
    for path in links.values():
        assert (await anna.get(path)).status_code == 200
    assert (await anna.get(f"{line}/year")).text == before
    anna.cookies.clear()
    form = {"sum": "other", "other": "200"}
    for _ in range(2):
        answer = await anna.post(links["topped-up"], data=form)
        assert answer.headers["location"] == links["topped-up"] + "?done=1"
    done = (await anna.get(links["topped-up"] + "?done=1")).text
    assert "Top-up recorded." in done
    assert "About 320.50" in html.unescape(done)
    assert "Already recorded" in (await anna.get(links["topped-up"])).text
    undo = re.findall(r'action="(/a/undo/[^"]+)"', done)[0]
    after = await anna.post(undo)
    assert "Taken back" in (await anna.get(after.headers["location"])).text
    assert "Record a top-up" in (await anna.get(links["topped-up"])).text


async def test_a_forged_link_is_unknown_and_an_old_one_is_gone(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """404 for what we did not sign, 410 for what is over."""
    await add_number(anna)
    clock.set("2026-11-24T08:00")
    links = await mailed_links(app, anna)
    assert (await anna.get("/a/topped-up/Zm9yZ2Vk")).status_code == 404
    clock.set("2027-02-01T08:00")
    assert (await anna.get(links["topped-up"])).status_code == 410


async def test_one_number_from_adding_to_deleting(anna: httpx.AsyncClient) -> None:
    """Balance, top-up, snooze, stop, resume, undo, edit and delete each have their form."""
    line = await add_number(anna)
    for verb, form in (
        ("balance", {"balance": "150", "on": "2026-11-20"}),
        ("topped-up", {"sum": "other", "other": "10"}),
        ("snooze", {"until": "1"}),
        ("stop", {}),
        ("resume", {}),
    ):
        answer = await anna.post(f"{line}/{verb}", data=form)
        assert answer.headers["location"] == f"{line}?said={verb}"
        assert 'role="status"' in (await anna.get(answer.headers["location"])).text
    edited = number_form(label="Mother", low_balance="40", number="+79161234567")
    assert (await anna.post(f"{line}/edit", data=edited)).status_code == 303
    assert "Mother" in (await anna.get(line)).text
    assert (await anna.post(f"{line}/delete")).status_code == 303
    assert (await anna.get(line)).status_code == 404


async def test_a_webhook_secret_is_shown_once(anna: httpx.AsyncClient) -> None:
    """The secret stands in the answer to adding, and on no later page."""
    form = {"kind": "webhook", "url": "https://example.org/hook/chat-4711", "use": "always"}
    assert "whsec_" in (await anna.post("/channels", data=form)).text
    later = (await anna.get("/channels")).text
    assert "whsec_" not in later
    assert "chat-4711" not in later


async def test_settings_are_kept(anna: httpx.AsyncClient) -> None:
    """What is saved comes back; a wrong value is named at its field."""
    form = {"language": "ru", "timezone": "Asia/Shanghai", "at": "10:30", "lead_times": "5, 1"}
    assert (await anna.post("/settings", data=form)).status_code == 303
    page = (await anna.get("/settings")).text
    assert 'lang="ru"' in page
    assert 'value="10:30"' in page
    assert 'value="5, 1"' in page
    assert 'id="timezone-err"' in (await anna.post("/settings", data={"timezone": "Mars"})).text


async def test_kept_mail_is_framed_so_that_it_can_do_nothing(
    app: App, anna: httpx.AsyncClient, clock: HandClock
) -> None:
    """The HTML of a mail is served in a sandbox, without scripts or our own rights."""
    await add_number(anna)
    clock.set("2026-11-24T08:00")
    await mailed_links(app, anna)
    mail = re.findall(r'href="(/outbox/[^"]+)"', (await anna.get("/outbox")).text)[0]
    assert "allow-scripts" not in (await anna.get(mail)).text
    policy = (await anna.get(f"{mail}/body")).headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
async def test_every_page_is_whole_in_every_language(
    app: App, anna: httpx.AsyncClient, language: str
) -> None:
    """One h1, a main, a language, strict headers, nothing inline, on each page of each language."""
    line = await add_number(anna)
    paths = [*PUBLIC[1:], *OWN, *(line + end for end in OF_A_LINE)]
    await anna.get(f"/lines?language={language}")
    for path in paths:
        answer = await anna.get(path)
        page, headers = answer.text, answer.headers
        assert answer.status_code == 200, path
        assert page.count("<h1") == 1, path
        assert '<main id="main"' in page
        assert f'<html lang="{"zh-Hans" if language == "zh" else language}">' in page
        assert " style=" not in page
        assert "<script" not in page
        assert "style-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


async def test_the_language_is_chosen_by_query_then_cookie_then_browser(
    guest: httpx.AsyncClient,
) -> None:
    """``?language=`` is remembered; without it the browser's own language is taken."""
    russian = await guest.get("/", headers={"Accept-Language": "ru-RU,ru;q=0.9"})
    assert 'lang="ru"' in russian.text
    await guest.get("/?language=zh")
    kept = await guest.get("/", headers={"Accept-Language": "ru"})
    assert '<html lang="zh-Hans">' in kept.text


async def test_an_operator_page_orders_the_ways_and_shows_its_sources(
    guest: httpx.AsyncClient,
) -> None:
    """The two questions are a GET form; official links stand in full, facts name their source."""
    page = (await guest.get("/operators/mts?place=abroad&pay=ru-bank")).text
    assert "https://support.mts.ru/" in page
    assert "Confidence: high" in page
    assert "Not open to you" in page
    assert (await guest.get("/operators/nobody")).status_code == 404


async def test_the_sheets_are_named_by_their_content(guest: httpx.AsyncClient) -> None:
    """A sheet may be kept for ever, because another content has another name."""
    sheet = re.findall(r'href="(/static/[^"]+\.css)"', (await guest.get("/")).text)[0]
    answer = await guest.get(sheet)
    assert "immutable" in answer.headers["cache-control"]
    again = await guest.get(sheet, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert answer.headers["content-encoding"] == "gzip"
    bare = await guest.get(sheet, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in bare.headers
    assert bare.content == answer.content


@pytest.mark.parametrize("path", ["/settings", "/operators/mts", "/operators/t2", "/lines/new"])
async def test_a_page_weighs_sixty_kilobytes_at_most(anna: httpx.AsyncClient, path: str) -> None:
    """The page and its sheets as they travel, in Russian, whose letters take two bytes."""
    answer = await anna.get(f"{path}?language=ru")
    weight = len(answer.content)
    for sheet in re.findall(r'href="(/static/[^"]+\.css)"', answer.text):
        weight += int((await anna.get(sheet)).headers["content-length"])
    assert weight <= 60_000, path


async def test_a_chat_is_added_by_the_form(anna: httpx.AsyncClient) -> None:
    """The form offers every format, adds a chat and shows its host alone; a wrong address gets an
    example, in the reader's language."""
    page = (await anna.get("/channels/new?kind=webhook")).text
    assert all(f'<option value="{form}"' in page for form in ("standard", "telegram", "wecom"))
    form = {
        "kind": "webhook",
        "format": "telegram",
        "url": "https://api.telegram.org/bot1:s3cret/sendMessage?chat_id=1",
        "use": "always",
    }
    added = await anna.post("/channels", data=form)
    page = (await anna.get(added.headers["location"])).text
    assert "https://api.telegram.org/…" in page
    assert "s3cret" not in page
    assert "whsec_" not in page
    wrong = await anna.post("/channels", data={**form, "url": "https://api.telegram.org/bot1:a"})
    assert wrong.status_code == 422
    assert "Write the address so: https://api.telegram.org/bot&lt;token&gt;" in wrong.text
