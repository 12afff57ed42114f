"""The life of one delivery: the message, its states, the outcomes of a try, and what comes after.

The lanes' numbers are those of ENGINE section 8 (RFC 5321 for mail, Standard Webhooks 1.0 for
webhooks): deadline of a try, lease, retry schedule with 15 % of jitter, end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reminder.domain.ids import DeliveryId
from reminder.domain.quick import quick
from reminder.errors import Refused, Throttled, TransportError


class Kind(StrEnum):
    """What a delivery carries."""

    REMINDER = "reminder"
    TEST = "test"
    CONFIRMATION = "confirmation"
    SIGN_IN = "sign_in"
    FAILING = "failing"
    HEARTBEAT = "heartbeat"


class State(StrEnum):
    """Where a delivery, or one reminder in it, stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    SKIPPED = "skipped"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """How one try ended."""

    SENT = "sent"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"


class Lane(StrEnum):
    """Which transport takes it; each lane has its own patience."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Format(StrEnum):
    """What the body of a webhook looks like: our own standard, or what a chat service expects."""

    STANDARD = "standard"
    SLACK = "slack"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    NTFY = "ntfy"
    GOTIFY = "gotify"
    BARK = "bark"
    SERVERCHAN = "serverchan"
    FEISHU = "feishu"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    MAX = "max"

    @property
    def is_chat(self) -> bool:
        """Whether it is a chat's own format: not signed by us, with an address of its own shape."""
        return self is not Format.STANDARD


SIGNED_CHATS = frozenset({Format.FEISHU, Format.DINGTALK})
"""The chats whose robots may be given a secret of their own to check us with."""


@quick
@dataclass(frozen=True, slots=True)
class Message:
    """A rendered content, ready for a transport.

    ``id`` goes outward unchanged over all retries (``webhook-id``, ``Message-ID``). A mail uses
    ``subject``, ``text``, ``html`` and ``unsubscribe_url``; a webhook sends ``payload`` byte for
    byte. ``dated`` is the instant the message is about (its ``due_at``), equal over retries.
    """

    id: DeliveryId
    kind: Kind
    language: str
    dated: datetime
    subject: str
    text: str
    html: str = ""
    payload: bytes = b""
    unsubscribe_url: str = ""


@quick
@dataclass(frozen=True, slots=True)
class EmailTarget:
    """One mailbox."""

    address: str


@quick
@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """One URL as its owner gave it, the secrets to sign with (newest first, two while a secret
    rotates), and whether its owner may reach the networks of ``webhooks.allow_networks``."""

    url: str
    secrets: tuple[str, ...]
    private_allowed: bool = False
    format: Format = Format.STANDARD


Target = EmailTarget | WebhookTarget


@quick
@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side took the message: ``answer`` is its status (``"250"``, ``"204"``)."""

    answer: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a lane waits: in one try, in its lease, between tries, and in all."""

    deadline: timedelta
    lease: timedelta
    retries: tuple[timedelta, ...]
    then_every: timedelta
    gives_up: timedelta


def _minutes(*values: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=v) for v in values)


PATIENCE = {
    Lane.WEBHOOK: Patience(
        deadline=timedelta(seconds=20),
        lease=timedelta(seconds=60),
        retries=_minutes(5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440),
        then_every=timedelta(hours=24),
        gives_up=timedelta(days=5),
    ),
    Lane.EMAIL: Patience(
        deadline=timedelta(minutes=12),
        lease=timedelta(minutes=15),
        retries=_minutes(1, 5, 15, 30, 60),
        then_every=timedelta(hours=2),
        gives_up=timedelta(hours=48),
    ),
}
ALONE_AFTER = 3
"""Tries that ended without a word: after so many the delivery is tried alone."""
DEAD_AFTER = ALONE_AFTER + 5  # a service killed at random must not give up what is sound
"""After two more, alone, it is what stops the service: it is given up."""
SIGN_IN_LIFE = timedelta(minutes=15)
JITTER = 0.15
LONGEST_THROTTLE = timedelta(hours=24)


def expires_at(kind: Kind, lane: Lane, leaves_at: datetime) -> datetime:
    """The end of use of a message that leaves at an instant: a sign-in link's own, else the end
    of the lane's patience."""
    if kind is Kind.SIGN_IN:
        return leaves_at + SIGN_IN_LIFE
    return leaves_at + PATIENCE[lane].gives_up


def left_at(lane: Lane, end: datetime) -> datetime:
    """The instant at which a reminder was to leave whose end of use that is: when it was planned,
    or when somebody asked for another try."""
    return end - PATIENCE[lane].gives_up


def is_too_old(kind: Kind, end: datetime, now: datetime) -> bool:
    """Whether a message that was not tried in time is not tried any more. A reminder always is:
    it is judged and rendered anew, and late is better than never."""
    return kind is not Kind.REMINDER and now > end


@quick
@dataclass(frozen=True, slots=True)
class Try:
    """One try as the rule needs it: the ``tries`` so far (this one counted), the end of use of
    the delivery, and ``luck`` in [0, 1) for the jitter."""

    lane: Lane
    tries: int
    expires_at: datetime
    luck: float


@quick
@dataclass(frozen=True, slots=True)
class After:
    """What follows a try: the state, the next try's instant if there is one, and the reason."""

    state: State
    outcome: Outcome
    run_at: datetime | None = None
    reason: str = ""
    channel_off: bool = False


def outcome_of(result: Receipt | TransportError) -> Outcome:
    """Name the outcome of a try."""
    if isinstance(result, Receipt):
        return Outcome.SENT
    error = result
    if error.maybe_accepted:
        return Outcome.UNKNOWN
    match error:
        case Refused():
            return Outcome.REFUSED
        case Throttled():
            return Outcome.THROTTLED
        case _:
            return Outcome.UNREACHABLE


def backoff(lane: Lane, tries: int, luck: float) -> timedelta:
    """The wait after try number ``tries`` (1 = the first), jittered by 15 % either way.

    >>> backoff(Lane.WEBHOOK, 1, 0.5), backoff(Lane.EMAIL, 99, 0.5)
    (datetime.timedelta(seconds=5), datetime.timedelta(seconds=7200))
    """
    patience = PATIENCE[lane]
    index = max(tries, 1) - 1
    wait = patience.retries[index] if index < len(patience.retries) else patience.then_every
    return wait * (1 + JITTER * (2 * luck - 1))


def after(result: Receipt | TransportError, this: Try, now: datetime) -> After:
    """What follows a try that ended ``now``: sent, another try, or the end.

    A refusal ends it. Everything else is tried again until ``expires_at``: what would only be
    tried after that instant has expired.
    """
    if isinstance(result, Receipt):
        return After(State.SENT, Outcome.SENT)
    outcome = outcome_of(result)
    if isinstance(result, Refused):
        return After(State.DEAD, outcome, None, str(result), result.channel_off)
    wait = backoff(this.lane, this.tries, this.luck)
    if isinstance(result, Throttled):
        wait = max(wait, min(result.retry_after, LONGEST_THROTTLE))
    if now + wait >= this.expires_at:
        return After(State.DEAD, outcome, None, f"no success in time: {result}")
    return After(State.PENDING, outcome, now + wait, str(result))
