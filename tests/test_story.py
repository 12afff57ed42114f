"""The main job as a story, over real sockets: a line is registered, its moment comes, the mail and
the webhook arrive, somebody presses the link, and it is quiet."""

from __future__ import annotations

import json
import re
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from standardwebhooks import Webhook
from time_machine import travel

from reminder.service import acts, channels, deliveries, lines, links
from tests.conftest import KINDS, World, line_fields


@pytest.fixture(params=KINDS)
def dialect(request: pytest.FixtureRequest) -> str:
    """The story is the same on either database."""
    return str(request.param)


async def _register(world: World, **changes: object) -> lines.LineView:
    fields = line_fields(**changes)
    return await world.app.write(lambda work: lines.register(work, world.owner, fields))


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def _plain(text: str) -> str:
    """With every kind of space as a plain one."""
    return " ".join(text.split())


async def test_one_mail_and_one_webhook_at_the_minute(world: World) -> None:
    """At 09:00 in Moscow seven days before the fee, one mail and one signed webhook arrive."""
    fields = {"kind": "webhook", "url": world.hook.url}
    added = await world.app.write(lambda work: channels.add(work, world.owner, fields))
    view = await _register(world)
    assert view.next_due_at is not None
    assert view.next_due_at.isoformat() == "2026-11-24T06:00:00+00:00"
    await world.beat("2026-11-24T05:59:59")
    assert (world.smtp.messages, world.hook.requests) == ([], [])
    await world.beat("2026-11-24T06:00:00")
    await world.beat("2026-11-24T06:00:30")
    assert (len(world.smtp.messages), len(world.hook.requests)) == (1, 1)

    mail = world.smtp.messages[0].parsed
    assert mail["To"] == "anna@example.org"
    assert _plain(mail["Subject"]) == "Mum: 179.50 ₽ short for 1 Dec"
    for kind in ("plain", "html"):
        text = _part(mail, kind)
        assert "https://support.mts.ru/" in text
        assert "https://reminder.test/operators/mts?language=en" in text
        assert "123-45-67" not in text
        assert "1234567" not in text

    request = world.hook.requests[0]
    assert added.secret is not None
    body = json.loads(request.body)
    assert body["type"] == "reminder.due"
    one = body["data"]["reminders"][0]
    assert one["short"] == {"amount": "179.50", "currency": "RUB"}
    assert (one["days_left"], one["late"], one["line"]["number"]) == (7, False, "+79161234567")
    assert request.headers["webhook-id"].startswith("dlv_")
    with travel(world.clock.at, tick=False):
        Webhook(added.secret).verify(request.body, request.headers)


async def test_i_topped_up_from_the_mail(world: World) -> None:
    """The link in the mail records the top-up once, and the rest of this deadline is quiet."""
    view = await _register(world)
    await world.beat("2026-11-24T06:00:00")
    text = _part(world.smtp.messages[0].parsed, "plain")
    found = re.search(r"https://reminder\.test/a/topped-up/\S+", text)
    assert found is not None
    token = urlsplit(found[0]).path.rsplit("/", 1)[1]
    opened = await world.app.read(lambda work: links.open_link(work, "topped-up", token))
    assert opened.done is None
    given = {"amount": "300"}
    for _ in range(2):
        pressed = await world.app.write(lambda work: links.press(work, "topped-up", token, given))
        assert pressed.view is not None
        assert pressed.view.clocks.renewal is not None
        assert pressed.view.clocks.renewal.covered is True
    readings = await world.app.read(lambda work: acts.readings(work, world.owner, view.line.id))
    assert [r.minor for r in readings] == [30000, 12050]
    for day in ("2026-11-28", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-08"):
        await world.beat(f"{day}T06:00:00")
    assert len(world.smtp.messages) == 1
    after = await world.app.read(lambda work: lines.get(work, world.owner, view.line.id))
    assert after.standing.renews_on is not None
    assert after.standing.renews_on.isoformat() == "2027-01-01"
    assert after.clocks.balance is not None
    assert after.clocks.balance.projected is not None
    assert after.clocks.balance.projected.amount == "120.50"


async def test_three_lines_are_one_mail(world: World) -> None:
    """What one pass owes one owner on one channel is one message, most urgent first."""
    for n, fee in enumerate(("300", "500", "400")):
        await _register(world, number=f"+7 916 123-45-6{n}", label=f"Line no {n}", fee=fee)
    await world.beat("2026-11-24T06:00:00")
    assert len(world.smtp.messages) == 1
    text = _part(world.smtp.messages[0].parsed, "plain")
    assert text.index("Line no 1") < text.index("Line no 2") < text.index("Line no 0")


async def test_down_for_ten_days_is_one_late_message(world: World) -> None:
    """Stopped over three leads, each line gets one message with today's days, marked late."""
    await _register(world)
    await world.beat("2026-11-30T12:00:00")
    await world.beat("2026-11-30T12:01:00")
    assert len(world.smtp.messages) == 1
    log = await world.app.read(lambda work: deliveries.everything(work, world.owner))
    assert [(r.lead_days, r.state) for d in log for r in d.reminders] == [(1, "sent")]


async def test_a_deleted_line_sends_nothing_more(world: World) -> None:
    """What was planned for a line that is gone is skipped, and the log says why."""
    view = await _register(world)
    world.clock.set("2026-11-24T06:00:00")
    await world.app.plan()
    await world.app.write(lambda work: lines.remove(work, world.owner, view.line.id))
    await world.app.ensure_sender().drain()
    log = await world.app.read(lambda work: deliveries.everything(work, world.owner))
    assert [(d.state, d.reason) for d in log] == [("skipped", "deleted")]
    assert world.smtp.messages == []
