"""What somebody who means harm tries on the pages; docs/security.md lists each with its result."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event
from starlette.routing import Route

from reminder import web
from reminder.app import App, open_app
from reminder.domain.ids import OwnerId
from reminder.service import channels, deliveries, lines, people, watching
from reminder.service.transfer import uploads
from reminder.web import site as pages
from reminder.web.guard import ANY_ORIGIN
from tests.conftest import HandClock, settings_in
from tests.engine.samples import plain
from tests.fakes import SmtpSink
from tests.service.samples import person, register
from tests.web.conftest import BASE, OURS, add_number

SCRIPT = "<script>alert(1)</script>\"'&"
PRIVATE = [*pages._own_lines(), *pages._own_rest(), *pages._own_account()]
POSTS = [route for route in [*PRIVATE, *pages._public()] if "POST" in (route.methods or ())]
COOKIE = "__Host-reminder_session"


async def browser_of(app: App, owner: OwnerId) -> httpx.AsyncClient:
    """A browser in which an owner is signed in."""
    transport = httpx.ASGITransport(web.create(app), raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=OURS)
    path = await app.write(lambda work: people.owner_link(work, owner))
    assert (await client.post(path)).status_code == 303
    return client


async def belongings(app: App, owner: OwnerId) -> dict[str, str]:
    """One of everything that an owner has, by the word that its addresses begin with."""
    view = await register(app, owner)
    (channel,) = await app.read(lambda work: channels.everything(work, owner))
    sent = await app.write(lambda work: channels.test(work, owner, channel.id))
    await app.ensure_sender().drain()
    token, _ = await app.write(lambda w: people.make_token(w, owner, "x", "read", "read"))
    await browser_of(app, owner)
    (device, *_) = await app.read(lambda work: people.devices(work, owner))
    file = io.BytesIO(b"number\n")
    friend = {"address": "friend@example.org", "tag": "office"}
    return {
        "lines": view.line.id,
        "readings": view.readings[0].id,
        "channels": channel.id,
        "deliveries": sent,
        "outbox": sent,
        "tokens": token.id,
        "devices": device.id,
        "owners": owner,
        "watching": (await app.write(lambda w: watching.invite(w, owner, friend))).id,
        "import": await app.write(lambda w: uploads.keep(w, owner, "x", file, uploads.CHECK)),
    }


def addressed(route: Route, ids: dict[str, str]) -> Iterator[str]:
    """The addresses of a route with these ids in their places, one for each verb."""
    verbs = ("test", "rotate", "stop", "resume", "always", "fallback", "topped-up", "snooze")
    for verb in verbs if "{verb}" in route.path else ("",):
        path = route.path.replace("{verb}", verb)
        yield re.sub(r"(\w+)/\{\w+\}", lambda found: f"{found[1]}/{ids[found[1]]}", path)


async def test_anothers_ids_are_unknown_on_every_page(app: App, anna: httpx.AsyncClient) -> None:
    """Each page and button with an id of somebody else answers 404, and nothing of theirs
    changes."""
    boris = await person(app, "boris@example.org")
    ids = await belongings(app, boris)
    tried = 0
    for route in PRIVATE:
        if "{" not in route.path or route.path.startswith("/service/"):
            continue
        for path in addressed(route, ids):
            for method in sorted(route.methods or ()):
                answer = await anna.request(method, path)
                assert (method, path, answer.status_code) == (method, path, 404)
                tried += 1
    assert tried > 40
    view = await app.read(lambda work: lines.everything(work, boris))
    assert [(one.line.id, one.standing.state) for one in view] == [(ids["lines"], "active")]
    assert len(await app.read(lambda work: people.devices(work, boris))) == 1
    assert len(await app.read(lambda work: people.tokens(work, boris))) == 1
    (held,) = await app.read(lambda work: channels.everything(work, boris))
    assert (held.state, held.use) == ("works", "always")
    assert len(await app.read(lambda work: deliveries.everything(work, boris))) == 1


async def test_signed_out_nothing_is_shown_and_nothing_done(
    app: App, guest: httpx.AsyncClient
) -> None:
    """Each page and button of an owner leads who is not signed in to the sign-in page."""
    ids = await belongings(app, await person(app))
    guest.cookies.set(COOKIE, "A" * 32)
    for route in PRIVATE:
        for path in addressed(route, ids):
            for method in sorted(route.methods or ()):
                answer = await guest.request(method, path)
                found = (method, path, answer.status_code, answer.headers.get("location"))
                assert found == (method, path, 303, "/sign-in")
                assert answer.text == ""


async def test_who_is_no_administrator_looks_after_nothing(app: App) -> None:
    """The service's page, its links and its invitations are not there for other owners."""
    anna, boris = await person(app), await person(app, "boris@example.org")
    client = await browser_of(app, boris)
    for method, path in (
        ("GET", "/service"),
        ("POST", "/service"),
        ("POST", "/service/invite"),
        ("POST", f"/service/owners/{anna}/link"),
    ):
        assert (await client.request(method, path)).status_code == 404
    form = {"name": "x", "scope": "admin"}
    assert (await client.post("/settings/tokens", data=form)).status_code == 403


@pytest.mark.parametrize("route", POSTS, ids=lambda route: route.path)
async def test_a_form_of_another_site_does_nothing(anna: httpx.AsyncClient, route: Route) -> None:
    """Every button refuses what another site sends, with the newer header and the older; only a
    mail program may stop a channel from anywhere."""
    path = re.sub(r"\{\w+\}", "x", route.path)
    if path.startswith(ANY_ORIGIN):
        return
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
    ):
        assert (await anna.post(path, headers=headers)).status_code == 403
    anna.headers.pop("Sec-Fetch-Site")
    for origin in ("https://evil.test", "null", "https://reminder.test.evil.test", "http://x"):
        assert (await anna.post(path, headers={"Origin": origin})).status_code == 403


async def test_plain_http_by_a_name_of_the_lan_works(anna: httpx.AsyncClient) -> None:
    """Who reaches the service by another name than base_url is not locked out."""
    anna.headers.pop("Sec-Fetch-Site")
    headers = {"Host": "nas.local:8080", "Origin": "http://nas.local:8080"}
    assert (await anna.post("/settings", data={}, headers=headers)).status_code == 303


@pytest.mark.parametrize(
    "token", ["x", "A" * 32, "%2e%2e%2fsettings", "%00", "a" * 5000, "\u202e", "%ff"]
)
async def test_a_forged_link_lets_nobody_in(app: App, guest: httpx.AsyncClient, token: str) -> None:
    """A made-up token answers as a spent one does, or as no page, and sets no session."""
    await person(app)
    for method in ("GET", "POST"):
        for place in ("/sign-in/", "/settings/erase/"):
            answer = await guest.request(method, place + token)
            assert answer.status_code in {404, 405, 410}
            assert COOKIE not in answer.headers.get("set-cookie", "")


async def test_a_link_is_used_once_and_not_late(
    app: App, guest: httpx.AsyncClient, clock: HandClock
) -> None:
    """Opening it any number of times changes nothing; pressed twice, or late, it is over."""
    owner = await person(app)
    used, late = [await app.write(lambda w: people.owner_link(w, owner)) for _ in range(2)]
    for _ in range(3):
        assert (await guest.get(used)).status_code == 200
    pressed = await asyncio.gather(*(guest.post(used) for _ in range(4)))
    assert sorted(one.status_code for one in pressed) == [303, 410, 410, 410]
    clock.set("2026-11-21T10:00")
    assert (await guest.post(late)).status_code == 410


async def test_a_planted_cookie_never_becomes_a_session(app: App, guest: httpx.AsyncClient) -> None:
    """What a browser brings along is not what it is signed in with; the old session ends."""
    boris = await person(app, "boris@example.org")
    theirs = await browser_of(app, boris)
    planted = str(theirs.cookies[COOKIE])
    anna = await person(app, "anna@example.org")
    guest.cookies.set(COOKIE, planted, domain="reminder.test", path="/")
    path = await app.write(lambda work: people.owner_link(work, anna))
    answer = await guest.post(path)
    assert planted not in answer.headers["set-cookie"]
    assert (await theirs.get("/lines")).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    "address",
    [
        "/sign-in?next=https://evil.test/",
        "/sign-in?next=//evil.test",
        "//evil.test/",
        "//evil.test/..",
        "/\\evil.test/",
        "/lines?said=//evil.test",
        "/?language=ru%0d%0aLocation:%20https://evil.test",
    ],
)
async def test_no_address_leads_away(anna: httpx.AsyncClient, address: str) -> None:
    """Whatever stands in an address, no answer sends the browser to another site."""
    for method in ("GET", "POST"):
        form = {"next": "https://evil.test/", "email": "anna@example.org"}
        data = form if method == "POST" else None
        answer = await anna.request(method, f"https://reminder.test{address}", data=data)
        location = answer.headers.get("location", "/")
        assert re.match(r"(https://reminder\.test)?/(?![/\\])", location), location


async def test_a_sign_in_leads_to_the_numbers_only(app: App, guest: httpx.AsyncClient) -> None:
    """A link cannot be made to lead on to somewhere else."""
    owner = await person(app)
    path = await app.write(lambda work: people.owner_link(work, owner))
    answer = await guest.post(f"{path}?next=https://evil.test/", data={"next": "//evil.test"})
    assert answer.headers["location"] == "/lines"


async def test_links_in_mail_lead_here_whatever_the_host_header_says(
    tmp_path: Path, clock: HandClock
) -> None:
    """The address in a mailed link is the config's, not that of the request."""
    async with SmtpSink() as smtp:
        settings = settings_in(tmp_path, {"REMINDER_EMAIL__URL": smtp.url})
        async with open_app(settings, clock=clock) as app:
            await person(app)
            transport = httpx.ASGITransport(web.create(app))
            async with httpx.AsyncClient(transport=transport, base_url="http://evil.test") as evil:
                answer = await evil.post("/sign-in", data={"email": "anna@example.org"})
            assert answer.status_code == 303
            await app.ensure_sender().drain()
            text = plain(smtp.messages[-1].parsed)
            assert "https://reminder.test/sign-in/" in text
            assert "evil" not in text


@pytest.mark.parametrize("field", ["email", "language", "timezone"])
async def test_no_field_opens_a_header(app: App, guest: httpx.AsyncClient, field: str) -> None:
    """Line ends in a form make no header of an answer or a mail."""
    path = str(await app.write(people.first_link))
    form = {"email": "anna@example.org", "language": "en", "timezone": "UTC"}
    answer = await guest.post(path, data={**form, field: f"{form[field]}\r\nX-Evil: 1"})
    assert answer.status_code == 422
    assert "x-evil" not in answer.headers


async def test_no_page_may_be_framed(anna: httpx.AsyncClient) -> None:
    """Every answer, a refusal and a page of an owner alike, forbids frames and scripts."""
    for path in ("/", "/lines", "/settings", "/nowhere", "/sign-in", "/static/nothing"):
        policy = (await anna.get(path)).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'none'" in policy
        assert "form-action 'self'" in policy


async def _asked(app: App, client: httpx.AsyncClient, email: str) -> tuple[object, list[str]]:
    """What an ask answers, and the statements that it made the database run."""
    ran: list[str] = []

    def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
        ran.append(statement)

    engines = (app.database._writer_engine, app.database._reader_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    answer = await client.post("/sign-in", data={"email": email})
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return (answer.status_code, answer.text, dict(answer.headers)), ran


async def test_an_ask_tells_nothing_of_an_address(app: App, guest: httpx.AsyncClient) -> None:
    """Known or not, asking for a link answers the same and runs the same statements, also the
    fourth time, which is refused."""
    await person(app)
    for _ in range(4):
        known = await _asked(app, guest, "anna@example.org")
        unknown = await _asked(app, guest, "nobody@example.org")
        assert known == unknown
    assert known[0][0] == 429  # type: ignore[index]
    assert known[1]


async def test_what_people_write_is_never_markup(app: App, anna: httpx.AsyncClient) -> None:
    """HTML in a label, a note, a token's name, a device's name or a search stands as text."""
    await add_number(anna, label=SCRIPT, note=SCRIPT)
    hook = {"kind": "webhook", "url": "https://example.org/hook", "label": SCRIPT, "use": "always"}
    added = await anna.post("/channels", data=hook)
    assert "whsec_" in added.text
    await anna.post("/settings/tokens", data={"name": SCRIPT, "scope": "read"})
    await anna.get("/settings", headers={"User-Agent": SCRIPT})
    owner = (await app.read(people.everyone))[0].id
    path = await app.write(lambda work: people.owner_link(work, owner))
    await anna.post(path, headers={"User-Agent": SCRIPT})
    shown = ("/lines", "/channels", "/deliveries", "/settings", f"/deliveries?line={SCRIPT}")
    answers = [added, *[await anna.get(page) for page in shown]]
    for answer in answers:
        assert "<script" not in answer.text, answer.url
    assert "&lt;script&gt;" in answers[1].text
    bad = await anna.post("/settings", data={"at": SCRIPT, "lead_times": SCRIPT})
    assert (bad.status_code, "<script" in bad.text) == (422, False)


LONG = "x" * 4000


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/sign-in", {"email": f"{LONG}@example.org"}),
        ("/settings", {"timezone": LONG}),
        ("/settings", {"language": LONG, "at": LONG}),
        ("/settings", {"lead_times": "9" * 4000}),
        ("/settings", {"lead_times": "1 " * 1500}),
        ("/settings", {"quiet_from": LONG, "quiet_until": LONG}),
        ("/settings", {"place": LONG, "pay": LONG}),
        ("/settings/tokens", {"name": LONG, "scope": "read"}),
        ("/settings/tokens", {"name": "x", "scope": LONG}),
        ("/settings/erase", {"email": LONG}),
        ("/channels", {"kind": "email", "address": f"{LONG}@example.org"}),
        ("/channels", {"kind": "webhook", "url": f"https://example.org/{LONG}"}),
        ("/channels", {"kind": "webhook", "url": "https://example.org/", "label": LONG}),
        ("/channels", {"kind": "webhook", "url": "https://example.org/", "secret": LONG}),
        ("/channels", {"kind": LONG}),
        ("/service", {"email": f"{LONG}@example.org"}),
    ],
)
async def test_a_field_that_is_too_long_is_refused_in_words(
    anna: httpx.AsyncClient, path: str, form: dict[str, str]
) -> None:
    """No length of a field breaks a page: the form comes back with what to do."""
    answer = await anna.post(path, data=form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_a_flood_of_fields_is_not_read(anna: httpx.AsyncClient) -> None:
    """Thousands of fields in a small body cost nothing and change nothing."""
    body = "&".join(f"a{n}=1" for n in range(5000)) + "&language=ru"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    await anna.post("/settings", content=body, headers=kind)
    assert '<html lang="en"' in (await anna.get("/settings")).text


async def test_an_endless_body_ends_at_its_limit(anna: httpx.AsyncClient) -> None:
    """A body without a stated length is cut off at 64 kB, whoever sends it."""
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 8192
            yield b"y" * 8192

    for path in ("/sign-in", "/settings", "/a/unsubscribe/x", "/nowhere"):
        assert (await anna.post(path, content=pieces())).status_code == 413
    length = {"Content-Length": "-1"}
    assert (await anna.post("/settings", content=b"", headers=length)).status_code == 413
    assert sent


@pytest.mark.parametrize("path", ["/lines/%00", "/deliveries?line=%00", "/operators/%00"])
async def test_a_zero_byte_reaches_no_database(anna: httpx.AsyncClient, path: str) -> None:
    """An address with a zero byte, which PostgreSQL cannot hold, is no page."""
    assert (await anna.get(path)).status_code == 404


async def test_every_cookie_is_closed(anna: httpx.AsyncClient) -> None:
    """Session, language and look: none is read by a script or sent along by another site, and the
    session's is taken from this host only."""
    chosen = await anna.get("/settings?language=en")
    themed = await anna.post("/settings", data={"theme": "dark"})
    out = await anna.post("/sign-out")
    for answer in (chosen, themed, out):
        for cookie in answer.headers.get_list("set-cookie"):
            name = cookie.partition("=")[0]
            flags = {part.strip().lower() for part in cookie.split(";")[1:]}
            if "max-age=0" in flags and name != COOKIE:
                continue
            assert {"httponly", "samesite=lax", "secure", "path=/"} <= flags, cookie
            assert not any(flag.startswith("domain") for flag in flags)
    assert COOKIE in out.headers["set-cookie"]
