"""Unsubscribed while a try is to be repeated: a scanner that fetches the link changes nothing, one
click ends it (ENGINE section 9, row 38; RFC 8058)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx

from reminder import web
from reminder.app import open_app
from tests.conftest import settings_in
from tests.fakes import Act, SmtpSink, Step
from tests.faults.checker import check
from tests.faults.load import AT_ONCE, Ahead, add_due, put_forward, settled, states, tried

BASE = AT_ONCE["REMINDER_SERVER__BASE_URL"]


async def test_one_click_ends_the_retries(tmp_path: Path, environ: dict[str, str]) -> None:
    """The mail was handed over without an answer. GET of its link: it is still to be repeated;
    POST: it is skipped with a reason, and two hours later nothing has come."""
    record, clock = tmp_path / "accepted", Ahead()
    async with SmtpSink(record=record) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            smtp.behave(Step.END, Act.CUT, times=1)
            await app.write(lambda work: add_due(work, 0, 1))
            await app.start()
            assert (await tried(app, 1))[0][:2] == ("unknown", "pending")
            link = re.sub("[<>]", "", str(smtp.messages[0].parsed["List-Unsubscribe"]))
            wire = httpx.ASGITransport(web.create(app), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=wire, base_url=BASE) as scanner:
                assert (await scanner.get(link)).status_code == 200
                assert (await scanner.head(link)).status_code < 500
                assert await app.database.read(states) == {"pending": 1}
                answer = await scanner.post(link, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code in {200, 303}
            await put_forward(app, clock, timedelta(hours=2))
            await settled(app)
            check(app.database, record, owed=1, twice=0)
            assert await app.database.read(states) == {"skipped": 1}
    assert len(smtp.messages) == 1
