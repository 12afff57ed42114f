"""Channels; their addresses and secrets are sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from reminder.domain.channel import Channel, ChannelState, Use
from reminder.domain.delivery import Lane
from reminder.domain.ids import ChannelId, OwnerId
from reminder.errors import NotFound
from reminder.storage import codec
from reminder.storage.tables import ChannelRow
from reminder.storage.vault import Vault


def _channel(row: ChannelRow, vault: Vault) -> Channel:
    return Channel(
        id=ChannelId(row.id),
        owner=OwnerId(row.owner_id),
        kind=Lane(row.kind),
        target=vault.open(row.target),
        format=row.format,
        created_at=row.created_at,
        label=row.label,
        use=Use(row.use),
        state=ChannelState(row.state),
        secrets=codec.load(codec.TEXTS, vault.open(row.secrets)) if row.secrets else (),
        rotated_until=row.rotated_until,
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


def all_of(session: Session, owner: OwnerId, vault: Vault) -> list[Channel]:
    """An owner's channels, oldest first."""
    query = select(ChannelRow).where(ChannelRow.owner_id == owner).order_by(col(ChannelRow.id))
    return [_channel(row, vault) for row in session.exec(query)]


def save(session: Session, channel: Channel, vault: Vault) -> None:
    """Write what may change of a channel: label, use, state, secrets."""
    session.execute(
        update(ChannelRow)
        .where(col(ChannelRow.id) == channel.id)
        .values(
            label=channel.label,
            use=channel.use.value,
            state=channel.state.value,
            secrets=_sealed(channel, vault),
            rotated_until=channel.rotated_until,
        )
    )


def set_state(
    session: Session,
    channel: ChannelId,
    state: ChannelState,
    at: datetime,
) -> None:
    """Note what a try showed about a channel. One that its owner stopped stays stopped, a mailbox
    waits for its link whatever reached it, and one that rests wakes by a success only."""
    row = session.get(ChannelRow, channel)
    if row is None or row.state == ChannelState.STOPPED.value:
        return
    waits = row.kind == Lane.EMAIL.value and row.state == ChannelState.UNCONFIRMED.value
    rests = row.state == ChannelState.RESTING.value and state is ChannelState.FAILING
    if waits or rests:
        return
    row.state = state.value
    row.failing_since = None if state is ChannelState.WORKS else row.failing_since or at
    session.add(row)


def remove(session: Session, channel: ChannelId) -> None:
    """Forget a channel."""
    session.execute(delete(ChannelRow).where(col(ChannelRow.id) == channel))
