"""Channels; their addresses and secrets are sealed.

One whose seal does not open under the present key is handed out all the same, resting and without
its address: it holds up nothing, and works again once the old key is back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, delete, func, update
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session, col, select

from reminder.domain.channel import ASKED_EVERY, Channel, ChannelState, Use, Why
from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId, OwnerId
from reminder.errors import NotFound, StorageError
from reminder.storage import codec, swift
from reminder.storage.batches import Unread
from reminder.storage.columns import Instant
from reminder.storage.swift import Query
from reminder.storage.tables import AskedRow, ChannelRow, DeliveryRow
from reminder.storage.vault import Vault

_NAMES = (
    *("id", "owner_id", "kind", "target", "format", "created_at", "label", "use", "state"),
    *("secrets", "rotated_until", "why", "failing_since", "confirmed_at"),
)
_OF_ID = Query(ChannelRow, _NAMES, key="id")
_OF_OWNER = Query(ChannelRow, _NAMES, key="owner_id")
_values = attrgetter(*_NAMES)
_LANES = {one.value: one for one in Lane}
_USES = {one.value: one for one in Use}
_STATES = {one.value: one for one in ChannelState}
_WHYS = {one.value: one for one in Why}


def _channel(row: ChannelRow, vault: Vault, *, to_sign: bool = True) -> Channel:
    return _read(_values(row), vault, to_sign=to_sign)


def _read(values: Sequence[Any], vault: Vault, *, to_sign: bool = True) -> Channel:
    """A channel out of the values of the columns :data:`_NAMES`."""
    identity, owner, kind, address, form, created_at, label, use, state, sealed, *rest = values
    rotated_until, why, failing_since, confirmed_at = rest
    state, why = _STATES[state], _WHYS[why]
    secrets: tuple[str, ...] = ()
    try:
        target = vault.open(address)
        if sealed and to_sign:
            secrets = codec.load(codec.TEXTS, vault.open(sealed))
    except StorageError:
        target, state, why = "", ChannelState.RESTING, Why.SEALED
    return Channel(
        id=identity,
        owner=owner,
        kind=_LANES[kind],
        target=target,
        format=form,
        created_at=created_at,
        label=label,
        use=_USES[use],
        state=state,
        secrets=secrets,
        rotated_until=rotated_until,
        why=why,
        failing_since=failing_since,
        confirmed_at=confirmed_at,
    )


def add(session: Session, channel: Channel, vault: Vault) -> None:
    """Keep a new channel."""
    session.add(
        ChannelRow(
            id=channel.id,
            owner_id=channel.owner,
            kind=channel.kind.value,
            target=vault.seal(channel.target),
            print=vault.print(f"{channel.kind}|{channel.format}|{channel.target}"),
            format=channel.format,
            label=channel.label,
            use=channel.use.value,
            state=channel.state.value,
            secrets=_sealed(channel, vault),
            rotated_until=channel.rotated_until,
            why=channel.why.value,
            confirmed_at=channel.confirmed_at,
            created_at=channel.created_at,
        )
    )
    session.flush()


def _sealed(channel: Channel, vault: Vault) -> str:
    return vault.seal(codec.dump(codec.TEXTS, channel.secrets)) if channel.secrets else ""


def same(session: Session, channel: Channel, vault: Vault) -> Channel | None:
    """The owner's channel to the same place in the same format, if it is there already."""
    mark = vault.print(f"{channel.kind}|{channel.format}|{channel.target}")
    query = select(ChannelRow).where(ChannelRow.owner_id == channel.owner, ChannelRow.print == mark)
    row = session.exec(query).first()
    return _channel(row, vault) if row else None


def get(
    session: Session, channel: ChannelId, vault: Vault, owner: OwnerId | None = None
) -> Channel:
    """One channel; raise NotFound if there is none or it is another owner's."""
    row = session.get(ChannelRow, channel)
    if row is None or (owner is not None and row.owner_id != owner):
        raise NotFound("There is no such channel")
    return _channel(row, vault)


def find(session: Session, channel: ChannelId, vault: Vault) -> Channel | None:
    """One channel, or None when it was removed."""
    row = session.get(ChannelRow, channel)
    return _channel(row, vault) if row else None


def some(session: Session, wanted: Collection[ChannelId], vault: Vault) -> Unread[Channel]:
    """The channels of these ids that are still there."""
    rows = swift.read(session, _OF_ID, list(wanted))
    return Unread(rows, lambda row: _read(row, vault))


def all_of(session: Session, owner: OwnerId, vault: Vault) -> list[Channel]:
    """An owner's channels, oldest first."""
    query = select(ChannelRow).where(ChannelRow.owner_id == owner).order_by(col(ChannelRow.id))
    return [_channel(row, vault) for row in session.exec(query)]


def of_owners(
    session: Session, owners: Collection[OwnerId], vault: Vault
) -> dict[OwnerId, list[Channel]]:
    """The channels of these owners, oldest first, by owner; without the secrets that sign."""
    found: dict[OwnerId, list[Channel]] = {owner: [] for owner in owners}
    for row in sorted(swift.read(session, _OF_OWNER, list(owners)), key=itemgetter(0)):
        channel = _read(row, vault, to_sign=False)
        found[channel.owner].append(channel)
    return found


def save(session: Session, channel: Channel, vault: Vault) -> None:
    """Write what may change of a channel; not of one whose seal does not open."""
    if channel.why is Why.SEALED:
        return
    session.execute(
        update(ChannelRow)
        .where(col(ChannelRow.id) == channel.id)
        .values(
            label=channel.label,
            use=channel.use.value,
            state=channel.state.value,
            secrets=_sealed(channel, vault),
            rotated_until=channel.rotated_until,
            why=channel.why.value,
            failing_since=channel.failing_since,
            confirmed_at=channel.confirmed_at,
        )
    )


def note_taken(session: Session, channels: Collection[ChannelId], at: datetime) -> None:
    """Channels took a message: they work. One that its owner stopped stays stopped, and a mailbox
    waits for its link whatever reached it."""
    _note(session, _taken(), channels, at)


def note_failed(session: Session, channels: Collection[ChannelId], at: datetime) -> None:
    """Tries failed that may succeed later: the channels fail, and have since the first of them. One
    that is off stays off."""
    _note(session, _failed(), channels, at)


@lru_cache(maxsize=1)
def _taken() -> UpdateBase:
    row = ChannelRow
    works = (
        (col(row.state) == ChannelState.WORKS.value)
        & (col(row.why) == Why.WISH.value)
        & col(row.failing_since).is_(None)
        & col(row.confirmed_at).is_not(None)
    )
    return _noting(~works, col(row.state) != ChannelState.STOPPED.value).values(
        state=ChannelState.WORKS.value,
        why=Why.WISH.value,
        failing_since=None,
        confirmed_at=func.coalesce(row.confirmed_at, bindparam("noted_at", type_=Instant)),
    )


@lru_cache(maxsize=1)
def _failed() -> UpdateBase:
    row = ChannelRow
    fails = (col(row.state) == ChannelState.FAILING.value) & col(row.failing_since).is_not(None)
    off = [ChannelState.STOPPED.value, ChannelState.RESTING.value]
    return _noting(~fails, col(row.state).not_in(off)).values(
        state=ChannelState.FAILING.value,
        failing_since=func.coalesce(row.failing_since, bindparam("noted_at", type_=Instant)),
    )


def _noting(*unless: ColumnElement[bool]) -> Update:
    """How channels do, where it is not so already; not of a mailbox that has not said yes."""
    row = ChannelRow
    waits = (col(row.kind) == Lane.EMAIL.value) & (col(row.state) == ChannelState.UNCONFIRMED.value)
    return update(row).where(col(row.id).in_(bindparam("ids", expanding=True)), ~waits, *unless)


def _note(
    session: Session, change: UpdateBase, channels: Collection[ChannelId], at: datetime
) -> None:
    if channels:
        session.flush()
        session.connection().execute(change, {"ids": list(channels), "noted_at": at})
        session.expire_all()


def failing_since(session: Session, before: datetime) -> list[ChannelId]:
    """The channels that have failed from an instant or earlier until now."""
    query = select(ChannelRow.id).where(
        ChannelRow.state == ChannelState.FAILING.value, col(ChannelRow.failing_since) <= before
    )
    return [ChannelId(found) for found in session.exec(query)]


def last_mail_taken_at(session: Session) -> datetime | None:
    """When the mail server last took a mail to anybody."""
    query = select(DeliveryRow.done_at).where(
        DeliveryRow.lane == Lane.EMAIL.value, DeliveryRow.state == "sent"
    )
    return session.exec(query.order_by(col(DeliveryRow.id).desc()).limit(1)).first()


def counts(session: Session) -> dict[ChannelState, int]:
    """How many channels there are in each state."""
    query = select(ChannelRow.state, func.count()).group_by(ChannelRow.state)
    return {ChannelState(state): number for state, number in session.exec(query)}


def next_question_at(session: Session, address: str, vault: Vault, now: datetime) -> datetime:
    """When an address may be asked whether we may write to it, and keep that moment for the
    caller: once a day, whoever enters it. It is ``now``, or lies ahead."""
    mark = vault.print(f"address|{address.casefold()}")
    row = session.get(AskedRow, mark, with_for_update=True)
    at = now if row is None else max(now, row.at + ASKED_EVERY)
    session.merge(AskedRow(print=mark, at=at))
    return at


def forget_questions(session: Session, now: datetime) -> None:
    """Drop the marks of addresses that may be asked again."""
    session.execute(delete(AskedRow).where(col(AskedRow.at) <= now - ASKED_EVERY))


def remove(session: Session, channel: ChannelId) -> None:
    """Forget a channel."""
    session.execute(delete(ChannelRow).where(col(ChannelRow.id) == channel))
