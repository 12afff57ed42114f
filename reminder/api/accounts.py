"""What the API answers of people: settings, keys, channels, what was sent and who watches; as it is
written down in the OpenAPI and as it leaves."""

from __future__ import annotations

from datetime import date, datetime

from reminder.api.schemas import Answered, Clocks, Money
from reminder.domain.channel import ChannelState, Use, Why
from reminder.domain.delivery import Kind, Lane, Outcome, State
from reminder.domain.line import Clock, LineState, WhenCovered
from reminder.domain.owner import Numbers
from reminder.service.people import Scope


class Trip(Answered):
    """Days in another zone, the first and the last included."""

    timezone: str
    first_day: date
    last_day: date


class Me(Answered):
    """An owner's settings as they are in force. ``calendar_url`` null: no feed was made;
    ``second_contact`` null: nobody is named."""

    id: str
    address: str
    admin: bool
    language: str
    timezone: str
    at: str
    quiet_hours: str
    lead_times: list[str]
    inactivity_lead_times: list[str]
    after_times: list[str]
    when_covered: WhenCovered
    place: str
    pay: str
    numbers: Numbers
    second_contact: str | None
    second_contact_state: ChannelState | None
    trips: list[Trip]
    calendar_url: str | None


class Owner(Answered):
    """A person who registers lines."""

    id: str
    address: str
    admin: bool
    language: str
    timezone: str
    created_at: datetime


class Owners(Answered):
    """Owners, oldest first."""

    items: list[Owner]
    next: str | None


class SignInLink(Answered):
    """A link that signs an owner in once; ``url`` stands in the first answer only."""

    url: str | None = None


class Token(Answered):
    """An API token; ``token`` is its secret, shown in the answer that made it and never again."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    token: str | None = None


class Tokens(Answered):
    """Tokens, oldest first."""

    items: list[Token]
    next: str | None


class Channel(Answered):
    """A destination. A URL is shown without its last path part and query; ``secret`` is shown in
    the one answer that made it. ``reason`` says why nothing is sent to it: "" (its owner's wish),
    ``link``, ``not_mine``, ``gone``, ``failed``, ``sealed`` (its address must be typed again)."""

    id: str
    kind: Lane
    address: str | None = None
    url: str | None = None
    format: str
    label: str
    use: Use
    state: ChannelState
    reason: Why
    failing_since: datetime | None = None
    created_at: datetime
    rotated_until: datetime | None = None
    secret: str | None = None


class Channels(Answered):
    """Channels, oldest first."""

    items: list[Channel]
    next: str | None


class Sent(Answered):
    """The delivery that was put in the outbox."""

    id: str


class Reminder(Answered):
    """One reminder of a delivery, and what became of it."""

    id: str
    line: str
    label: str
    clock: Clock
    deadline: date
    lead_days: int
    state: str
    reason: str


class Attempt(Answered):
    """One try."""

    at: datetime
    ended_at: datetime
    outcome: Outcome
    code: str
    detail: str


class Delivery(Answered):
    """One message on one channel, with its tries; ``instead_of`` is the delivery that a fallback
    stands in for."""

    id: str
    kind: Kind
    channel: str
    state: State
    reason: str
    due_at: datetime
    next_try_at: datetime | None
    done_at: datetime | None
    reminders: list[Reminder]
    attempts: list[Attempt]
    instead_of: str | None


class Deliveries(Answered):
    """Deliveries, newest first."""

    items: list[Delivery]
    next: str | None


class Watcher(Answered):
    """Somebody who may see the numbers of a tag of yours: `invited`, or `watches`."""

    id: str
    address: str
    tag: str
    state: str
    created_at: datetime


class Watchers(Answered):
    """Who watches your numbers."""

    items: list[Watcher]
    next: None = None


class WatchedTag(Answered):
    """A tag of somebody else's that you watch, or are `invited` to."""

    id: str
    owner: str
    tag: str
    state: str


class WatchedTags(Answered):
    """What you watch."""

    items: list[WatchedTag]
    next: None = None


class WatchedLine(Answered):
    """A number that you watch: masked, without note, readings or anything that acts."""

    id: str
    number: str
    label: str
    operator: str
    state: LineState
    fee: Money | None
    clocks: Clocks
    leading: Clock | None
    next_due_at: datetime | None


class WatchedLines(Answered):
    """The numbers of a tag that you watch, most urgent first; `total` is how many there are."""

    items: list[WatchedLine]
    total: int
