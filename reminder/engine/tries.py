"""One try: hand a letter to its transport, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from reminder.domain import delivery
from reminder.domain.channel import ChannelState
from reminder.domain.delivery import EmailTarget, Lane, Receipt, State, Try, WebhookTarget
from reminder.domain.quick import quick
from reminder.engine.letters import Dropped, Letter
from reminder.errors import TransportError, Unreachable
from reminder.storage.claims import Claimed
from reminder.storage.outbox import Attempt, Finish
from reminder.transports.base import Transport

log = structlog.get_logger(__name__)
Result = Receipt | TransportError


@dataclass(frozen=True, slots=True)
class Ways:
    """The transports: one for mailboxes, one for URLs, and how many tries each may have at once."""

    email: Transport[EmailTarget]
    webhook: Transport[WebhookTarget]
    slots: Mapping[Lane, int]

    async def send(self, letter: Letter, now: datetime) -> Result:
        """Try once; the one guard of tries: whatever breaks ends this try and no other."""
        try:
            match letter.target:
                case EmailTarget():
                    return await self.email.send(letter.message, letter.target, now)
                case WebhookTarget():
                    return await self.webhook.send(letter.message, letter.target, now)
        except TransportError as error:
            return error
        except Exception:
            log.exception("a try broke", delivery=letter.claim.id)
            return Unreachable("the try broke inside the service", maybe_accepted=True)

    async def close(self) -> None:
        """Close both."""
        await self.email.close()
        await self.webhook.close()


@quick
@dataclass(frozen=True, slots=True)
class Ended:
    """A try that ended, or a claim that came to nothing, waiting to be written."""

    finish: Finish
    claim: Claimed
    health: ChannelState | None = None


@quick
@dataclass(frozen=True, slots=True)
class Span:
    """When a try began and ended, and the ``luck`` of its next one, in [0, 1)."""

    started: datetime
    ended: datetime
    luck: float


def ended(letter: Letter, result: Result, span: Span) -> Ended:
    """What a try of a letter comes to."""
    claim = letter.claim
    this = Try(claim.lane, claim.tries, claim.expires_at, span.luck)
    after = delivery.after(result, this, span.ended)
    detail = "" if isinstance(result, Receipt) else str(result)
    attempt = Attempt(span.started, span.ended, after.outcome.value, result.answer, detail)
    finish = Finish(
        claim.id,
        claim.token,
        after.state,
        after.run_at or span.ended,
        after.reason,
        attempt,
        letter.fallen,
    )
    return Ended(finish, claim, _health(after))


def dropped(one: Dropped, now: datetime) -> Ended:
    """What a claim comes to of which nothing is sent."""
    finish = Finish(one.claim.id, one.claim.token, one.state, now, one.reason, None, one.fallen)
    return Ended(finish, one.claim)


def _health(after: delivery.After) -> ChannelState | None:
    """What a try showed about its channel."""
    if after.state is State.SENT:
        return ChannelState.WORKS
    if after.channel_off:
        return ChannelState.RESTING
    return ChannelState.FAILING if after.state is State.PENDING else None
