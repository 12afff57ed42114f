"""Promises of reminder/engine/tries.py."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from reminder.domain.channel import ChannelState
from reminder.domain.delivery import (
    EmailTarget,
    Kind,
    Lane,
    Message,
    Receipt,
    State,
    WebhookTarget,
)
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId
from reminder.engine.letters import Dropped, Letter
from reminder.engine.tries import Result, Span, Ways, dropped, ended
from reminder.errors import Refused, Unreachable
from reminder.storage.claims import Claimed
from tests.conftest import START

LATER = START + timedelta(seconds=2)
SPAN = Span(START, LATER, 0.5)


class _Broken:
    """A transport that breaks."""

    async def send(self, message: Message, target: EmailTarget, now: datetime) -> Receipt:
        """Break."""
        raise ZeroDivisionError

    async def close(self) -> None:
        """Nothing is held."""


class _Shut(_Broken):
    async def send(  # type: ignore[override]  # the other lane's
        self, message: Message, target: WebhookTarget, now: datetime
    ) -> Receipt:
        """Never taken."""
        raise Refused("no", answer="410 no", channel_off=True)


@pytest.fixture
async def ways() -> AsyncIterator[Ways]:
    """Mail breaks, webhooks are refused."""
    made = Ways(_Broken(), _Shut(), {Lane.EMAIL: 1, Lane.WEBHOOK: 1})
    yield made
    await made.close()


def _letter(lane: Lane = Lane.EMAIL) -> Letter:
    mine, channel, identity = OwnerId("own_1"), ChannelId("chn_1"), DeliveryId("dlv_1")
    end = START + timedelta(days=2)
    claim = Claimed(identity, 7, 1, mine, channel, Kind.REMINDER, lane, START, end, "")
    target = EmailTarget("a@example.org") if lane is Lane.EMAIL else WebhookTarget("https://a", ())
    return Letter(claim, Message(identity, Kind.REMINDER, "en", START, "", ""), target)


async def test_what_breaks_is_a_try_whose_end_is_not_known(ways: Ways) -> None:
    """A fault of our own ends its try and no other, and the message is tried again."""
    result = await ways.send(_letter(), START)
    assert isinstance(result, Unreachable)
    assert result.maybe_accepted
    over = ended(_letter(), result, SPAN)
    assert over.finish.attempt is not None
    assert (over.finish.state, over.finish.attempt.outcome) == (State.PENDING, "unknown")
    assert over.finish.run_at == LATER + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("result", "state", "health"),
    [
        (Receipt("204"), State.SENT, ChannelState.WORKS),
        (Unreachable("later"), State.PENDING, ChannelState.FAILING),
        (Refused("no", answer="550 no"), State.DEAD, None),
        (Refused("gone", answer="410", channel_off=True), State.DEAD, ChannelState.RESTING),
    ],
)
def test_what_a_try_comes_to(result: Result, state: State, health: ChannelState | None) -> None:
    """The state of the delivery under the claim's token, and what it shows of the channel."""
    over = ended(_letter(Lane.WEBHOOK), result, SPAN)
    assert (over.finish.state, over.finish.token, over.health) == (state, 7, health)


def test_what_is_not_sent_is_no_try() -> None:
    """A claim that comes to nothing is written without an attempt."""
    over = dropped(Dropped(_letter().claim, State.SKIPPED, "deleted"), START)
    assert (over.finish.state, over.finish.attempt, over.health) == (State.SKIPPED, None, None)
