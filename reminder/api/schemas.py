"""What the API answers of lines, and of what is wrong, as it is written down in the OpenAPI and as
it leaves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from reminder.domain.intake import Confidence
from reminder.domain.line import ChargedBy, Clock, LineState, Plan
from reminder.domain.silence import StageKind, TopUpCounts


class Answered(BaseModel):
    """What all answers share: they are made once and not changed."""

    model_config = ConfigDict(frozen=True)


class Money(Answered):
    """An amount with all decimals of its currency."""

    amount: str = Field(examples=["120.50"])
    currency: str = Field(examples=["RUB"])


class LastBalance(Money):
    """The last balance a person stated, and the day it was so."""

    on: date


class Guess(Answered):
    """The operator that the number's first digits were first given to: a hint."""

    id: str
    confidence: str
    reason: str


class RenewalClock(Answered):
    """The fee's day. ``covered`` null: not known, or the owner renews by hand."""

    on: date
    days_left: int
    covered: bool | None
    overdue: bool
    short: Money | None
    unconfirmed: bool


class BalanceClock(Answered):
    """The money: ``projected`` is today's, null where it is not known. ``floor`` is the owner's
    own where ``runs_out_on`` is the day it falls under that, null where it is used up then."""

    runs_out_on: date | None
    days_left: int | None
    projected: Money | None
    basis: str | None
    floor: Money | None


class Stage(Answered):
    """A step in which a silent number is lost: its day (null: it hangs on something else), and in
    words what happens and what still helps."""

    kind: StageKind
    on: date | None
    text: str


class InactivityClock(Answered):
    """Silence: the day the operator may take the number back, and whose figure says so; whether a
    top-up alone counts as use there, and the steps of the loss, earliest first."""

    lost_on: date
    days_left: int
    rule: str
    stale: bool
    top_up_counts: TopUpCounts
    stages: list[Stage]


class Clocks(Answered):
    """The three clocks; one that does not run is null."""

    renewal: RenewalClock | None
    balance: BalanceClock | None
    inactivity: InactivityClock | None


class Ahead(Answered):
    """What is to come for a line."""

    clocks: Clocks
    leading: Clock | None
    next_due_at: datetime | None


class Line(Ahead):
    """A line: what was entered, normalised, and where its clocks stand."""

    id: str
    state: LineState
    number: str
    operator: str
    operator_guess: Guess | None
    label: str
    plan: Plan
    currency: str
    balance: LastBalance | None
    fee: Money | None
    renews_on: date | None
    anchor: date | None
    period: str | None
    charged_by: ChargedBy
    low_balance: Money | None
    autopay: bool
    last_active_on: date | None
    inactivity_days: int | None
    lead_times: list[str]
    timezone: str
    channels: list[str]
    tied_channels: list[str]
    tags: list[str]
    note: str
    top_up_url: str | None
    snoozed_until: date | None
    created_at: datetime


class Lines(Answered):
    """Lines, most urgent first."""

    items: list[Line]
    next: str | None


class Planned(Answered):
    """A message to come, if every deadline is met on its day. ``timezone``: where you are then."""

    due_at: datetime
    timezone: str
    clock: Clock
    also: list[Clock]
    deadline: date
    lead_days: int
    covered: bool
    channels: list[str]


class Schedule(Answered):
    """Every message of the months asked for."""

    items: list[Planned]
    next: None = None


class Forecast(Answered):
    """How far the money goes. ``a_day`` is an estimate where it was measured from readings;
    ``fees`` are taken before ``until``, and ``needed`` is the least to pay in now to reach that
    day: zero is enough, null cannot be known."""

    until: date
    projected: Money | None
    a_day: Money | None
    is_estimate: bool
    runs_out_on: date | None
    basis: str | None
    fees: list[date]
    fees_sum: Money | None
    needed: Money | None


class Reading(Answered):
    """Something known about a balance: ``balance`` for a whole one that was read, ``amount`` for a
    sum added (``top_up``) or taken (``fee``)."""

    id: str
    kind: Literal["reading", "top_up", "fee", "unknown"]
    balance: Money | None
    amount: Money | None
    on: date
    at: datetime
    recorded_at: datetime


class Readings(Answered):
    """Readings, newest first."""

    items: list[Reading]
    next: str | None


class Understood(Answered):
    """How a balance was read out of a text: the part that says it, and how sure that is."""

    matched: str = Field(examples=["120,50 р"])
    confidence: Confidence


class NewReading(Reading, Ahead):
    """A reading, and the clocks as they stand with it. ``understood`` null: it was typed."""

    understood: Understood | None


class Preview(Answered):
    """The next message about a line, in every form it is sent in."""

    language: str
    subject: str
    text: str
    html: str
    json_: dict[str, object] = Field(alias="json")


class Previewed(RootModel[Preview | dict[str, Any]]):
    """All forms of a message, or, where `format` names a chat, what that chat gets."""


class Fault(Answered):
    """One field that is wrong."""

    pointer: str = Field(examples=["#/renews_on"])
    detail: str


class Problem(Answered):
    """An error (RFC 9457). ``code`` is a stable word."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault]
