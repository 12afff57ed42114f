"""How an owner's channels do, and what would be without one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from reminder.domain.ids import ChannelId, OwnerId
from reminder.engine.parcels import channels_for
from reminder.service import channels as use
from reminder.service.work import Work
from reminder.storage import channels, health, lines, owners
from reminder.storage.health import Health

__all__ = ["LOOKED_BACK", "Health", "Without", "everything", "get", "without"]

LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Without:
    """What follows when a channel is removed: messages on their way that are dropped, numbers that
    name it, and where reminders go then (``own``: only to the address one signs in with)."""

    waiting: int
    named_by: int
    places: tuple[str, ...]
    own: bool


def get(work: Work, owner: OwnerId, channel: ChannelId) -> Health:
    """How one channel did in the last 30 days; raises NotFound for another owner's."""
    use.get(work, owner, channel)
    return health.health(work.session, channel, work.now - LOOKED_BACK)


def everything(work: Work, owner: OwnerId) -> dict[ChannelId, Health]:
    """How each of an owner's channels did in the last 30 days."""
    since = work.now - LOOKED_BACK
    mine = channels.all_of(work.session, owner, work.desk.vault)
    return {one.id: health.health(work.session, one.id, since) for one in mine}


def without(work: Work, owner: OwnerId, channel: ChannelId) -> Without:
    """What would follow from removing a channel; changes nothing."""
    waiting = get(work, owner, channel).waiting
    person = owners.get(work.session, owner)
    mine = channels.all_of(work.session, owner, work.desk.vault)
    left = [one for one in mine if one.id != channel]
    kept = [one.line for one in lines.all_of(work.session, owner)]
    moved = [one for one in kept if channel in {c.id for c in channels_for(person, one, mine)}]
    then = {c.id: c for line in moved or kept for c in channels_for(person, line, left)}
    usable = {c.id: c for c in left if c.is_usable}
    chosen = then if kept else usable
    return Without(
        waiting=waiting,
        named_by=sum(channel in line.channels for line in kept),
        places=tuple(c.label or use.shown(c) for c in chosen.values()),
        own=not set(chosen) & set(usable),
    )
