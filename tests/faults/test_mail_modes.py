"""A mail server at its worst, on every engine: which phase failed is known, unknown begins with
DATA, and what may pass is tried again under the same id (ENGINE section 9, row 27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reminder.app import App, open_app
from reminder.transports.email import EmailTransport, SmtpServer, Waits
from reminder.transports.mime import Letterhead
from tests.conftest import settings_in
from tests.fakes import Act, SmtpSink, Step
from tests.faults.checker import came, check
from tests.faults.load import Ahead, add_due, put_forward, settled, tried

MODES: dict[str, tuple[Step, str | Act, str, str]] = {
    "cut after it was accepted": (Step.END, Act.CUT, "unknown", "pending"),
    "stall after it was accepted": (Step.END, Act.STALL, "unknown", "pending"),
    "cut in the middle of the text": (Step.BODY, Act.CUT, "unknown", "pending"),
    "421 at MAIL": (Step.MAIL, "421 4.3.2 closing", "unreachable", "pending"),
    "450 at RCPT": (Step.RCPT, "450 4.2.0 greylisted", "unreachable", "pending"),
    "451 after the text": (Step.END, "451 4.3.0 later", "unreachable", "pending"),
    "550 at RCPT": (Step.RCPT, "550 5.1.1 no such user", "refused", "dead"),
    "554 after the text": (Step.END, "554 5.6.0 no", "refused", "dead"),
    "cut at DATA": (Step.DATA, Act.CUT, "unreachable", "pending"),
}
TAKEN_THE_FIRST_TIME = 2
HASTE = timedelta(seconds=0.5)


def _in_haste(app: App, smtp: SmtpSink) -> EmailTransport:
    """Let a try by mail last half a second: a server that stalls is given up soon."""
    sender = app.ensure_sender()
    head = Letterhead.of(app.settings.email.sender, app.settings.server.base_url)
    mail = EmailTransport(SmtpServer.parse(smtp.url), head, waits=Waits(deadline=HASTE))
    sender._ways = replace(sender._ways, email=mail)
    return mail


@pytest.mark.timeout(240)
async def test_every_mode_of_a_mail_server(tmp_path: Path, environ: dict[str, str]) -> None:
    """Each fault in turn, one mail each; two hours later all are over, and only the two that had
    been accepted without our knowing came twice."""
    record, clock = tmp_path / "accepted", Ahead()
    async with SmtpSink(record=record) as smtp:
        environ["REMINDER_EMAIL__URL"] = smtp.url
        async with open_app(settings_in(tmp_path, environ), clock=clock) as app:
            mail = _in_haste(app, smtp)
            await app.start()
            for number, (name, (step, answer, outcome, state)) in enumerate(MODES.items()):
                smtp.behave(step, answer, times=1)
                await app.write(lambda work, n=number: add_due(work, n, 1))  # type: ignore[misc]
                await app.plan()
                log = await tried(app, number + 1)
                assert log[-1][:2] == (outcome, state), name
            smtp.recover()
            await put_forward(app, clock, timedelta(hours=2))
            await settled(app)
            twice = check(app.database, record, owed=len(MODES), twice=TAKEN_THE_FIRST_TIME)
            states = [state for _, state, _ in await tried(app, len(MODES))]
            await mail.close()
    assert states.count("dead") == 2
    assert twice == TAKEN_THE_FIRST_TIME
    assert len(came(record)) == len(MODES) - 2
