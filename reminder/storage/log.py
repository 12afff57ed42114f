"""The delivery log as people read it, and the answers kept for repeated requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from reminder.domain.delivery import Kind, Lane, State, expires_at
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId, ReminderId
from reminder.errors import Conflict, NotFound
from reminder.storage.batches import portions
from reminder.storage.tables import (
    AttemptRow,
    DeliveryReminderRow,
    DeliveryRow,
    IdempotencyRow,
    ReminderRow,
)


@dataclass(frozen=True, slots=True)
class LoggedReminder:
    """One reminder of a delivery, and what became of it."""

    id: str
    line: str
    label: str
    clock: str
    deadline: date
    lead_days: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoggedAttempt:
    """One try."""

    at: datetime
    ended_at: datetime
    outcome: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Logged:
    """One delivery with its reminders and tries. ``next_try_at`` is None once it is over."""

    id: DeliveryId
    kind: str
    channel: ChannelId
    state: str
    reason: str
    due_at: datetime
    next_try_at: datetime | None
    done_at: datetime | None
    reminders: tuple[LoggedReminder, ...]
    attempts: tuple[LoggedAttempt, ...]
    instead_of: DeliveryId | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries to list; None: any. ``before`` pages on from a delivery."""

    line: LineId | None = None
    channel: ChannelId | None = None
    state: State | None = None
    before: DeliveryId | None = None
    limit: int = 50


def deliveries(session: Session, owner: OwnerId, wanted: Wanted) -> list[Logged]:
    """An owner's deliveries, newest first (index ``delivery_owner``)."""
    query = select(DeliveryRow).where(DeliveryRow.owner_id == owner)
    if wanted.line is not None:
        about = (
            select(DeliveryReminderRow.delivery_id)
            .join(ReminderRow, col(ReminderRow.id) == col(DeliveryReminderRow.reminder_id))
            .where(ReminderRow.line_id == wanted.line)
        )
        query = query.where(col(DeliveryRow.id).in_(about))
    if wanted.channel is not None:
        query = query.where(DeliveryRow.channel_id == wanted.channel)
    if wanted.state is not None:
        query = query.where(DeliveryRow.state == wanted.state.value)
    if wanted.before is not None:
        query = query.where(col(DeliveryRow.id) < wanted.before)
    rows = session.exec(query.order_by(col(DeliveryRow.id).desc()).limit(wanted.limit)).all()
    return _logged(session, rows)


def delivery(session: Session, owner: OwnerId, identity: DeliveryId) -> Logged:
    """One delivery; raise NotFound for none, or another owner's."""
    row = session.get(DeliveryRow, identity)
    if row is None or row.owner_id != owner:
        raise NotFound("There is no such delivery")
    return _logged(session, [row])[0]


def _logged(session: Session, rows: Sequence[DeliveryRow]) -> list[Logged]:
    wanted = [row.id for row in rows]
    reminders, attempts = _carried(session, wanted), _tries(session, wanted)
    return [
        Logged(
            DeliveryId(row.id),
            row.kind,
            ChannelId(row.channel_id),
            row.state,
            row.reason,
            row.due_at,
            row.run_at if row.state == State.PENDING else None,
            row.done_at,
            tuple(reminders[row.id]),
            tuple(attempts[row.id]),
            DeliveryId(row.instead_of) if row.instead_of else None,
        )
        for row in rows
    ]


def _carried(session: Session, wanted: list[str]) -> dict[str, list[LoggedReminder]]:
    reminders: dict[str, list[LoggedReminder]] = defaultdict(list)
    carried = (
        select(DeliveryReminderRow, ReminderRow)
        .join(ReminderRow, col(ReminderRow.id) == col(DeliveryReminderRow.reminder_id))
        .where(col(DeliveryReminderRow.delivery_id).in_(wanted))
    )
    for part, one in session.exec(carried):
        reminders[part.delivery_id].append(
            LoggedReminder(
                one.id,
                one.line_id,
                one.label,
                one.clock,
                one.deadline,
                one.lead_days,
                part.state,
                part.reason,
            )
        )
    return reminders


def _tries(session: Session, wanted: list[str]) -> dict[str, list[LoggedAttempt]]:
    attempts: dict[str, list[LoggedAttempt]] = defaultdict(list)
    tries = select(AttemptRow).where(col(AttemptRow.delivery_id).in_(wanted))
    for one_try in session.exec(tries.order_by(col(AttemptRow.token))):
        attempts[one_try.delivery_id].append(
            LoggedAttempt(
                one_try.started_at,
                one_try.ended_at,
                one_try.outcome,
                one_try.code,
                one_try.detail,
            )
        )
    return attempts


def retry(session: Session, owner: OwnerId, identity: DeliveryId, now: datetime) -> None:
    """Try a pending or dead delivery at once, as patiently as a new one; raise Conflict for one
    that is over otherwise, or is being tried this moment."""
    current = delivery(session, owner, identity)
    if current.state not in {State.PENDING, State.DEAD}:
        raise Conflict(f"This delivery is {current.state}: only pending or dead ones are retried")
    row = session.get_one(DeliveryRow, identity)
    until = expires_at(Kind(row.kind), Lane(row.lane), now)
    values = {"state": State.PENDING.value, "run_at": now, "done_at": None, "reason": ""}
    changed = session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.id) == identity, col(DeliveryRow.lease_by).is_(None))
        .values(expires_at=until, **values)
        .returning(col(DeliveryRow.id))
    ).all()
    if not changed:
        raise Conflict("This delivery is being tried this very moment")
    session.execute(
        update(DeliveryReminderRow)
        .where(
            col(DeliveryReminderRow.delivery_id) == identity,
            col(DeliveryReminderRow.state) == State.DEAD.value,
        )
        .values(state=State.PENDING.value, reason="")
    )


def mailboxes(session: Session, identity: ReminderId) -> list[ChannelId]:
    """The mail channels that a reminder went to, or is on its way to."""
    query = (
        select(DeliveryRow.channel_id)
        .join(DeliveryReminderRow, col(DeliveryReminderRow.delivery_id) == col(DeliveryRow.id))
        .where(DeliveryReminderRow.reminder_id == identity, DeliveryRow.lane == Lane.EMAIL.value)
        .distinct()
    )
    return [ChannelId(one) for one in session.exec(query)]


def count_kind(
    session: Session, kind: str, since: datetime, *, owner: OwnerId | None, channel: str | None
) -> int:
    """How many deliveries of a kind were made since an instant: for limits."""
    query = select(DeliveryRow.id).where(DeliveryRow.kind == kind, DeliveryRow.due_at >= since)
    if owner is not None:
        query = query.where(DeliveryRow.owner_id == owner)
    if channel is not None:
        query = query.where(DeliveryRow.channel_id == channel)
    return len(session.exec(query.limit(1000)).all())


def owners_of(session: Session, deliveries: Sequence[str]) -> dict[str, str]:
    """Whose each of these deliveries is, "" for what is nobody's; those not there are left out."""
    found: dict[str, str] = {}
    for some in portions(deliveries):
        query = select(DeliveryRow.id, DeliveryRow.owner_id).where(col(DeliveryRow.id).in_(some))
        found.update(dict(session.exec(query).all()))
    return found


def forget_sign_ins(session: Session, before: datetime) -> None:
    """Drop the messages that carried sign-in links of before an instant, with their tries."""
    old = select(DeliveryRow.id).where(
        DeliveryRow.owner_id == "",
        DeliveryRow.kind == Kind.SIGN_IN.value,
        DeliveryRow.state != State.PENDING.value,
        DeliveryRow.due_at <= before,
    )
    session.execute(delete(AttemptRow).where(col(AttemptRow.delivery_id).in_(old)))
    session.execute(delete(DeliveryRow).where(col(DeliveryRow.id).in_(old)))


def answer(session: Session, owner: OwnerId, key: str, now: datetime) -> IdempotencyRow | None:
    """What was answered to a request of that key, while it is kept."""
    row = session.get(IdempotencyRow, (owner, key))
    return row if row and row.expires_at > now else None


def keep_answer(session: Session, row: IdempotencyRow) -> None:
    """Keep an answer; an expired one of the same key is replaced."""
    session.merge(row)


def forget_answers(session: Session, now: datetime) -> None:
    """Drop answers whose day is over."""
    session.execute(delete(IdempotencyRow).where(col(IdempotencyRow.expires_at) <= now))
