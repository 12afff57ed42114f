"""Over the whole story nothing in the log tells who, which number, or how to get in."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from reminder.app import App, open_app
from reminder.config import logs
from reminder.server import create
from reminder.service import people
from tests.conftest import HandClock, line_fields, settings_in
from tests.fakes import SmtpSink, WebhookSink
from tests.fakes.webhook import Answer

BASE = "https://reminder.test"
ANNA = "anna@example.org"


@pytest.fixture
async def app(
    tmp_path: Path, clock: HandClock, smtp: SmtpSink, hook: WebhookSink
) -> AsyncIterator[App]:
    """An app that logs as JSON, with real servers outside."""
    environ = {
        "REMINDER_SERVER__LOG": "json",
        "REMINDER_EMAIL__URL": smtp.url,
        "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
    }
    async with open_app(settings_in(tmp_path, environ), clock=clock) as opened:
        yield opened
    logs.set_up("text")


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpSink]:
    """A mail server."""
    async with SmtpSink() as sink:
        yield sink


@pytest.fixture
async def hook() -> AsyncIterator[WebhookSink]:
    """A receiver of webhooks."""
    async with WebhookSink() as sink:
        yield sink


async def _beat(app: App, clock: HandClock, at: str) -> None:
    clock.set(at)
    await app.plan()
    await app.ensure_sender().drain()


async def test_nothing_secret_is_logged(
    app: App,
    clock: HandClock,
    smtp: SmtpSink,
    hook: WebhookSink,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Signing in, registering, failing and sending, pressing a link, breaking a page: every line is
    JSON, requests and tries have their ids, and no number, address, token, path or key in any."""
    transport = httpx.ASGITransport(create(app), raise_app_exceptions=False)
    owner = await app.write(lambda work: people.add_owner(work, ANNA))
    _, token = await app.write(
        lambda work: people.make_token(work, owner.id, "test", "write", "admin")
    )
    sign_in = await app.write(lambda work: people.owner_link(work, owner.id))
    bearer = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as browser:
        await browser.post("/sign-in", data={"email": ANNA}, headers={"origin": BASE})
        await browser.post(sign_in, headers={"origin": BASE})
        cookies = list(browser.cookies.values())
        answer = await browser.post("/api/v1/lines", json=line_fields(), headers=bearer)
        assert answer.headers["x-request-id"]
        url = f"{hook.url}/s3cretpath?key=tok3n"
        said = {"kind": "webhook", "url": url}
        added = await browser.post("/api/v1/channels", json=said, headers=bearer)
        hook.behave(Answer(500, {}, f"no {ANNA} +79161234567".encode()), times=1)
        await _beat(app, clock, "2026-11-24T06:00:00")
        await _beat(app, clock, "2026-11-24T06:00:10")
        links = re.findall(r"https://reminder\.test/a/\S+", str(smtp.messages[0].parsed))
        for link in links[:3]:
            await browser.get(urlsplit(link).path)
            await browser.post(urlsplit(link).path, data={"amount": "300"})
        await browser.get("/sign-in/cGxlYXNlbGV0bWVpbg/extra")
        await app.database.write(lambda session: session.connection().exec_driver_sql(BREAK))
        assert (await browser.get("/lines")).status_code == 500
        assert (await browser.get("/api/v1/lines", headers=bearer)).status_code == 500
    lines = capsys.readouterr().err.splitlines()
    events = [json.loads(line) for line in lines]
    key = (app.settings.server.data_dir / "key").read_text()
    secrets = [
        ANNA,
        "anna",
        "79161234567",
        "916 123",
        "123-45-67",
        "s3cretpath",
        "tok3n",
        token,
        key,
    ]
    secrets += [sign_in.rsplit("/", 1)[1], "cGxlYXNlbGV0", added.json()["secret"], *cookies]
    secrets += [urlsplit(link).path.rsplit("/", 1)[1] for link in links]
    assert len(secrets) > 14
    assert [(secret, line) for secret in secrets for line in lines if secret in line] == []
    requests = [event for event in events if event["event"] == "request"]
    assert {"/a/topped-up/…", "/api/v1/lines", "/sign-in/…/extra"} <= {e["path"] for e in requests}
    assert len({event["request"] for event in requests}) == len(requests) > 8
    broken = [event for event in events if event["level"] == "error"]
    assert {event["request"] for event in broken} <= {event["request"] for event in requests}
    assert len(broken) == 2
    tries = [event for event in events if event["event"] == "tried"]
    assert {event["outcome"] for event in tries} == {"sent", "unreachable"}
    assert all(event["delivery"].startswith("dlv_") for event in tries)


BREAK = "ALTER TABLE line RENAME TO gone"
