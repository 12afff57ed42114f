"""Real processes under a false clock: at each 09:00 one mail and one webhook, over month-ends and
the change to summer time, and none on the days between."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reminder.app import open_app
from reminder.config import load
from reminder.service import channels, lines, people
from reminder.service.work import Work
from tests.fakes import SmtpSink, WebhookSink
from tests.faults.machine import Machine

LIBRARY = next((p for p in Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), Path("/nowhere"))
BERLIN = ZoneInfo("Europe/Berlin")
HEAD_START = timedelta(seconds=2)
DAYS = {
    "2027-01-28": 3,
    "2027-01-29": None,
    "2027-01-30": 1,
    "2027-01-31": 0,
    "2027-02-25": 3,
    "2027-02-26": None,
    "2027-02-27": 1,
    "2027-02-28": 0,
    "2027-03-28": 3,  # 02:00 to 03:00 is skipped in Berlin that night
    "2027-03-29": None,
    "2027-03-30": 1,
    "2027-03-31": 0,
}


def _register(work: Work, hook: str) -> None:
    owner = people.add_owner(work, "anna@example.org", timezone="Europe/Berlin")
    channels.add(work, owner.id, {"kind": "webhook", "url": hook})
    fields = {
        "number": "+79161234567",
        "operator": "other",
        "fee": "300",
        "renews_on": "2027-01-31",
        "period": "P1M",
        "lead_times": ["P3D", "P1D", "P0D"],
    }
    lines.register(work, owner.id, fields)


def _false_clock(at: datetime) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": f"@{at:%Y-%m-%d %H:%M:%S}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",  # else no file is as old as Python's cache of it says: all is compiled
        "TZ": "UTC",
    }


@pytest.mark.skipif(not LIBRARY.exists(), reason="needs Debian's faketime")
@pytest.mark.timeout(240)
async def test_one_of_each_at_nine(tmp_path: Path) -> None:
    """Started before 09:00 on twelve days: the days with a lead bring one mail and one webhook at
    09:00 local, the others none."""
    async with SmtpSink() as smtp, WebhookSink() as hook:
        environ = {
            "REMINDER_EMAIL__URL": smtp.url,
            "REMINDER_WEBHOOKS__ALLOW_NETWORKS": '["127.0.0.0/8"]',
        }
        machine = Machine(tmp_path, environ)
        settings = load(machine.config, machine.settings_environ)
        async with open_app(settings, clock=lambda: datetime(2027, 1, 27, tzinfo=UTC)) as app:
            await app.write(lambda work: _register(work, hook.url))
        for day, lead in DAYS.items():
            nine = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=BERLIN)
            machine.environ = environ | _false_clock(nine.astimezone(UTC) - HEAD_START)
            mails, hooks = len(smtp.messages), len(hook.requests)
            await machine.start()
            if lead is None:
                await asyncio.sleep(HEAD_START.total_seconds() + 1)
            async with asyncio.timeout(60):
                while lead is not None and not (smtp.messages[mails:] and hook.requests[hooks:]):
                    await asyncio.sleep(0.1)
            assert await machine.end(signal.SIGTERM) == 0
            came = (len(smtp.messages) - mails, len(hook.requests) - hooks)
            print(f"{day} 09:00 Berlin: {came[0]} mail, {came[1]} webhook")
            assert came == ((0, 0) if lead is None else (1, 1)), day
            if lead is not None:
                sent = hook.requests[-1]
                one = json.loads(sent.body)["data"]["reminders"][0]
                assert (one["days_left"], one["late"]) == (lead, False)
                stamp = datetime.fromtimestamp(int(sent.headers["webhook-timestamp"]), UTC)
                assert timedelta() <= stamp - nine < timedelta(minutes=1)
