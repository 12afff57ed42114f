"""Rows that the tests of the storage put in place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import select

from reminder.domain.channel import Channel, ChannelState
from reminder.domain.delivery import Kind, Lane
from reminder.domain.ids import ActId, ChannelId, DeliveryId, LineId, OwnerId, ReminderId
from reminder.domain.line import Clock, Standing
from reminder.domain.look import Due, Key
from reminder.domain.owner import Owner
from reminder.storage import ledger, lines, outbox, owners
from reminder.storage.acts import Act
from reminder.storage.database import Session
from reminder.storage.ledger import Ledger, Superseded
from reminder.storage.outbox import NewDelivery, OwedReminder
from reminder.storage.tables import LineRow
from tests.builders import build_line, build_standing

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
SOON = NOW + timedelta(seconds=1)
ANNA, BORIS = OwnerId("own_1"), OwnerId("own_2")
LINE = LineId("lin_1")
MAIL = ChannelId("chn_mail")
NODE = "one"


def owner(identity: OwnerId = ANNA, email: str = "anna@example.org") -> Owner:
    """Anna in Moscow, who reads English."""
    return Owner(identity, email, "en", "Europe/Moscow", NOW, confirmed=True)


def channel(identity: str = "chn_mail", **changes: object) -> Channel:
    """Anna's mailbox, which works. Names are Channel's."""
    mine = Channel(
        ChannelId(identity), ANNA, Lane.EMAIL, "anna@example.org", "email", NOW, secrets=()
    )
    return replace(mine, **{"state": ChannelState.WORKS, **changes})  # type: ignore[arg-type]


def hook(identity: str = "chn_hook", **changes: object) -> Channel:
    """Anna's webhook, whose URL holds a token."""
    values = {"kind": Lane.WEBHOOK, "format": "standard", "target": "https://example.org/t0ken"}
    return channel(identity, **{**values, "secrets": ("whsec_sealed",), **changes})


def owed(
    identity: str = "rem_1", lead: int = 7, clock: Clock = Clock.RENEWAL, line: LineId = LINE
) -> OwedReminder:
    """A reminder of Anna's line, due now."""
    due = Due(Key(clock, date(2026, 12, 1), lead), NOW)
    return OwedReminder(ReminderId(identity), line, ANNA, "Mum", due, NOW)


def message(identity: str = "dlv_1", *reminders: str, **changes: object) -> NewDelivery:
    """A mail to Anna that is due now. Names are NewDelivery's."""
    new = NewDelivery(
        id=DeliveryId(identity),
        owner=ANNA,
        channel=MAIL,
        kind=Kind.REMINDER,
        lane=Lane.EMAIL,
        due_at=NOW,
        run_at=NOW,
        expires_at=NOW + timedelta(hours=48),
        reminders=tuple(ReminderId(r) for r in reminders),
    )
    return replace(new, **changes)  # type: ignore[arg-type]  # names and types are NewDelivery's


def act(identity: str = "act_1", once: str | None = None) -> Act:
    """Anna stopped her line."""
    return Act(ActId(identity), LINE, "stop", NOW, Standing(), "{}", 2, once)


def supersede(session: Session, *here: ChannelId, clock: Clock = Clock.RENEWAL) -> None:
    """The next reminder of Anna's line and that clock has fallen due for these channels."""
    book = Ledger(superseded=[Superseded(frozenset(here), LINE, clock)])
    ledger.write(session, book, SOON)


def people(session: Session) -> None:
    """Anna with a line that is due, and Boris with nothing."""
    owners.add(session, owner())
    owners.add(session, owner(BORIS, "boris@example.org"))
    lines.add(session, build_line(), build_standing(), NOW, NOW)


def one_due(session: Session) -> None:
    """Anna, Boris, and a mail to Anna with one reminder."""
    people(session)
    outbox.add_reminders(session, [owed()])
    outbox.add_delivery(session, message("dlv_1", "rem_1"))


def next_wake_at(session: Session) -> datetime | None:
    """When the first owner of all wakes."""
    return session.exec(owners.FIRST_WAKE).one_or_none()


def least_wake_at(session: Session, owner: OwnerId) -> datetime | None:
    """When the first of an owner's lines wakes."""
    first = select(func.min(LineRow.wake_at)).where(LineRow.owner_id == owner)
    return session.exec(first).one_or_none()
