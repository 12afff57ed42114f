"""Plain messages and instants for the tests of the transports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from reminder.domain.delivery import Kind, Message
from reminder.domain.ids import DeliveryId
from reminder.transports.mime import Letterhead

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HEAD = Letterhead.of("Reminder <reminder@example.org>", "https://sim.example.org")


USUAL = Message(
    id=DeliveryId("dlv_06h0nphc00000001"),
    kind=Kind.REMINDER,
    language="zh",
    dated=NOW,
    subject="妈妈的号码：12月1日扣 300 卢布",
    text="余额 120.50 卢布。\n.点开头的一行\n",
    html="<p>余额 <b>120.50</b> 卢布。</p>",
    payload='{"type":"reminder.due","text":"妈妈"}'.encode(),
    unsubscribe_url="https://sim.example.org/u/" + "k" * 160,
)


def message(number: int = 1, **changes: Any) -> Message:
    """A reminder as rendering makes it, with another id for each number."""
    return replace(USUAL, **({"id": DeliveryId(f"dlv_06h0nphc{number:08d}")} | changes))
