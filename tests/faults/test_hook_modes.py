"""A webhook's receiver at its worst, on every engine: each try ends by its deadline, no redirect is
followed, no answer is read beyond its bound (ENGINE section 9, row 30)."""

from __future__ import annotations

import gzip
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from reminder.app import open_app
from reminder.domain.delivery import Lane
from tests.conftest import settings_in
from tests.fakes import Act, Answer, Certificate, SmtpSink, WebhookSink
from tests.faults.checker import check
from tests.faults.load import Ahead, add_due, put_forward, settled, tried

BOMB = gzip.compress(bytes(10_000_000))
METADATA = {"Location": "http://169.254.169.254/latest/meta-data/"}
MODES: dict[str, tuple[Answer | Act, str, str]] = {
    "body that drips": (Act.DRIP_BODY, "sent", "sent"),
    "head that drips": (Act.DRIP_HEADERS, "unknown", "pending"),
    "body without an end": (Act.ENDLESS, "unreachable", "pending"),
    "no answer": (Act.STALL, "unknown", "pending"),
    "cut before an answer": (Act.CUT, "unknown", "pending"),
    "redirect to metadata": (Answer(302, METADATA), "unreachable", "pending"),
    "410": (Answer(410), "refused", "dead"),
    "429 for thirty years": (Answer(429, {"Retry-After": "1000000000"}), "throttled", "pending"),
    "bomb": (Answer(200, {"Content-Encoding": "gzip"}, BOMB), "sent", "sent"),
    "503": (Answer(503), "unreachable", "pending"),
}
LAST = text("SELECT max(run_at) FROM delivery WHERE state = 'pending'")
LONGEST_WAIT = timedelta(hours=24)


async def _sink(stack: AsyncExitStack, number: int, record: Path) -> WebhookSink:
    """A receiver at an address of its own: no two share a breaker."""
    address = f"127.0.1.{number + 1}"
    sink = WebhookSink(address=address, host=address, record=record)
    return await stack.enter_async_context(sink)


@pytest.mark.timeout(240)
async def test_every_mode_of_a_receiver(tmp_path: Path, environ: dict[str, str]) -> None:
    """Each fault in turn, one message each; a day later all are over, under the same ids."""
    record, clock = tmp_path / "accepted", Ahead()
    async with AsyncExitStack() as stack:
        smtp = await stack.enter_async_context(SmtpSink(record=record))
        environ |= {"REMINDER_EMAIL__URL": smtp.url, "REMINDER_WEBHOOKS__TIMEOUT": "1s"}
        settings = settings_in(tmp_path, environ)
        app = await stack.enter_async_context(open_app(settings, clock=clock))
        await app.start()
        sinks = []
        for number, (name, (script, outcome, state)) in enumerate(MODES.items()):
            sinks.append(await _sink(stack, number, record))
            sinks[-1].behave(script, times=1)
            url = sinks[-1].url
            await app.write(lambda work, n=number, to=url: add_due(work, n, 1, to))  # type: ignore[misc]
            await app.plan()
            log = await tried(app, number + 1, Lane.WEBHOOK)
            assert log[-1][:2] == (outcome, state), name
        waits = await app.database.read(lambda session: session.execute(LAST).scalar_one())
        assert int(waits) / 1000 <= (clock() + LONGEST_WAIT).timestamp() + 60
        await put_forward(app, clock, LONGEST_WAIT + timedelta(minutes=1))
        await settled(app)
        check(app.database, record, owed=len(MODES), twice=len(MODES))
        came = [len(sink.requests) for sink in sinks]
    assert dict(zip(MODES, came, strict=True)) == {
        name: 1 if state in {"sent", "dead"} else 2 for name, (_, _, state) in MODES.items()
    }


async def test_a_wrong_certificate(tmp_path: Path, environ: dict[str, str]) -> None:
    """A receiver that shows a certificate nobody vouches for is sent nothing."""
    clock = Ahead()
    async with WebhookSink(certificate=Certificate.make()) as hook:
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            await app.start()
            await app.write(lambda work: add_due(work, 0, 1, hook.url))
            await app.plan()
            assert (await tried(app, 1, Lane.WEBHOOK))[0][:2] == ("unreachable", "pending")
        assert hook.requests == []
