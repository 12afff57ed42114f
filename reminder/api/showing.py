"""What the service hands out, as the API's answers."""

from __future__ import annotations

from typing import TypeVar

from reminder.api import accounts, schemas
from reminder.api.schemas import Answered, Money
from reminder.domain import clocks as domain
from reminder.domain.balance import Reading, ReadingKind, last_reading
from reminder.domain.channel import Channel
from reminder.domain.delivery import Lane
from reminder.domain.intake import Understood
from reminder.domain.money import Money as Sum
from reminder.domain.owner import Habits, Owner, ladder
from reminder.domain.phone import mask
from reminder.service import channels
from reminder.service.channels import Added
from reminder.service.deliveries import Logged
from reminder.service.lines import LineView, Planned

A = TypeVar("A", bound=Answered)


def money(amount: Sum | None) -> Money | None:
    """An amount, if there is one."""
    return Money(amount=amount.amount, currency=amount.currency) if amount else None


def leads(days: tuple[int, ...]) -> list[str]:
    """Lead times in ISO 8601."""
    return [f"P{n}D" for n in days]


def clocks(read: domain.Clocks, language: str) -> schemas.Clocks:
    """The three clocks, their words in that language."""
    return schemas.Clocks(
        renewal=_known(schemas.RenewalClock, read.renewal),
        balance=_known(schemas.BalanceClock, read.balance),
        inactivity=_silence(read.inactivity, language) if read.inactivity else None,
    )


def _known(kind: type[A], clock: object | None) -> A | None:
    return None if clock is None else kind.model_validate(clock, from_attributes=True)


def _silence(clock: domain.InactivityClock, language: str) -> schemas.InactivityClock:
    return schemas.InactivityClock(
        lost_on=clock.lost_on,
        days_left=clock.days_left,
        rule=clock.rule,
        stale=clock.stale,
        top_up_counts=clock.top_up_counts,
        stages=[
            schemas.Stage(kind=one.kind, on=one.on, text=one.words.get(language, ""))
            for one in clock.stages
        ],
    )


def line(view: LineView, *, masked: bool = False) -> schemas.Line:
    """A line with everything about it; ``masked``: its number as messages show it."""
    entered, standing = view.line, view.standing
    number = mask(entered.number, view.owner.language) if masked else entered.number
    return schemas.Line(
        id=entered.id,
        state=standing.state,
        number=number,
        operator=entered.operator,
        operator_guess=_guess(view),
        label=entered.label,
        plan=entered.plan,
        currency=entered.currency,
        balance=_last(view),
        fee=money(entered.fee),
        renews_on=standing.renews_on,
        anchor=standing.anchor,
        period=entered.period.iso if entered.period else None,
        charged_by=entered.charged_by,
        low_balance=money(entered.low_balance),
        autopay=entered.autopay,
        last_active_on=standing.last_active_on,
        inactivity_days=entered.inactivity_days,
        lead_times=leads(view.ladder.lead_times),
        timezone=entered.timezone,
        channels=list(entered.channels),
        tied_channels=list(entered.tied_channels),
        tags=list(entered.tags),
        note=entered.note,
        top_up_url=entered.top_up_url,
        snoozed_until=standing.snoozed_until,
        created_at=view.created_at,
        clocks=clocks(view.clocks, view.owner.language),
        leading=view.clocks.leading,
        next_due_at=view.next_due_at,
    )


def _guess(view: LineView) -> schemas.Guess | None:
    if view.guess is None:
        return None
    reason = view.guess.reason.in_(view.owner.language)
    return schemas.Guess(id=view.guess.operator_id, confidence=view.guess.confidence, reason=reason)


def _last(view: LineView) -> schemas.LastBalance | None:
    seen = last_reading(view.readings)
    if seen is None:
        return None
    amount = seen.money(view.line.currency)
    return schemas.LastBalance(amount=amount.amount, currency=amount.currency, on=seen.on)


def planned(one: Planned) -> schemas.Planned:
    """A message to come."""
    return schemas.Planned(
        due_at=one.due_at,
        timezone=one.timezone,
        clock=one.clock,
        also=list(one.also),
        deadline=one.deadline,
        lead_days=one.lead_days,
        covered=one.covered,
        channels=list(one.channels),
    )


def reading(one: Reading, currency: str) -> schemas.Reading:
    """A reading; a fee or top-up names its amount, a whole balance itself."""
    amount = None if one.kind is ReadingKind.UNKNOWN else money(one.money(currency))
    whole = one.kind is ReadingKind.READING
    return schemas.Reading(
        id=one.id,
        kind=one.kind.value,
        balance=amount if whole else None,
        amount=None if whole else amount,
        on=one.on,
        at=one.at,
        recorded_at=one.recorded_at,
    )


def new_reading(
    one: Reading, view: LineView, understood: Understood | None = None
) -> schemas.NewReading:
    """A reading with the clocks as they stand now, and how it was read out of a text."""
    return schemas.NewReading(
        **dict(reading(one, view.line.currency)),
        understood=schemas.Understood(matched=understood.matched, confidence=understood.confidence)
        if understood
        else None,
        clocks=clocks(view.clocks, view.owner.language),
        leading=view.clocks.leading,
        next_due_at=view.next_due_at,
    )


def channel(one: Channel) -> accounts.Channel:
    """A channel without its secrets."""
    target = channels.shown(one)
    return accounts.Channel(
        id=one.id,
        kind=one.kind,
        address=target if one.kind is Lane.EMAIL else None,
        url=target if one.kind is Lane.WEBHOOK else None,
        format=one.format,
        label=one.label,
        use=one.use,
        state=one.state,
        reason=one.why,
        failing_since=one.failing_since,
        created_at=one.created_at,
        rotated_until=one.rotated_until,
    )


def added(one: Added) -> accounts.Channel:
    """A channel with the secret that was just made, if one was."""
    return channel(one.channel).model_copy(update={"secret": one.secret})


def delivery(one: Logged) -> accounts.Delivery:
    """A delivery with its reminders and tries."""
    return accounts.Delivery.model_validate(one, from_attributes=True)


def owner(one: Owner) -> accounts.Owner:
    """An owner as an administrator sees them."""
    return accounts.Owner(
        id=one.id,
        address=one.email,
        admin=one.admin,
        language=one.language,
        timezone=one.timezone,
        created_at=one.created_at,
    )


def me(one: Owner, default: Habits, second: Channel | None, calendar_url: str) -> accounts.Me:
    """An owner's settings as they are in force: their own, else the config's."""
    steps = ladder(one, None, default)
    return accounts.Me(
        id=one.id,
        address=one.email,
        admin=one.admin,
        language=one.language,
        timezone=one.timezone,
        at=f"{steps.hours.at:%H:%M}",
        quiet_hours=steps.hours.quiet.text if steps.hours.quiet else "",
        lead_times=leads(steps.lead_times),
        inactivity_lead_times=leads(steps.inactivity_lead_times),
        after_times=leads(steps.after_times),
        when_covered=steps.when_covered,
        place=one.place or "",
        pay=one.pay or "",
        numbers=one.numbers,
        second_contact=second.shown if second else None,
        second_contact_state=second.state if second else None,
        trips=[
            accounts.Trip(timezone=t.zone, first_day=t.first, last_day=t.last) for t in one.trips
        ],
        calendar_url=calendar_url,
    )
