"""Due owners -> deliveries: one transaction looks at all lines of an owner that are due.

For each line the rules say what is owed; what one pass owes one owner on one channel is one
message, in parts by size (PRODUCT 3a, rule 15).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from reminder.domain.channel import Channel, ChannelState, Use
from reminder.domain.delivery import Kind, Lane, expires_at
from reminder.domain.escalation import Reach, asks_at
from reminder.domain.ids import ChannelId, DeliveryId, OwnerId, ReadingId, ReminderId
from reminder.domain.line import Line, Situation
from reminder.domain.notice import Notice, most_urgent_first, notice
from reminder.domain.owner import Owner, ladder
from reminder.domain.plan import Due, Known, owed, wake_at
from reminder.engine.desk import Desk
from reminder.storage import channels, escalations, lines, outbox, owners, watches
from reminder.storage.database import DBAPIError, Session
from reminder.storage.lines import Kept

log = structlog.get_logger(__name__)
PARTS = {Lane.EMAIL: 50, Lane.WEBHOOK: 15}
CHAT_PART = 10
PUSHED_OUT = timedelta(hours=1)
OWNERS_A_PASS = 50


@dataclass(frozen=True, slots=True)
class Item:
    """One reminder on its way to a channel."""

    notice: Notice
    line: Line


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one channel is to tell at one moment: by default that of the reminders themselves. A
    fallback names the delivery that it stands in for; a copy is for who watches the lines."""

    channel: Channel
    items: list[Item]
    due_at: datetime | None = None
    instead_of: DeliveryId | None = None
    is_copy: bool = False


def plan(session: Session, desk: Desk, now: datetime) -> int:
    """Plan for the owners longest due; return how many there were. Run again until none is left."""
    due = owners.due(session, now, OWNERS_A_PASS)
    for owner in due:
        _plan_guarded(session, desk, owner, now)
    return len(due)


def _plan_guarded(session: Session, desk: Desk, owner: OwnerId, now: datetime) -> None:
    """An owner who cannot be read is put off an hour; the others go on."""
    try:
        with session.begin_nested():
            plan_owner(session, desk, owner, now)
    except DBAPIError:
        raise
    except Exception:
        log.exception("owner pushed out", owner=owner)
        owners.set_wake_at(session, owner, now + PUSHED_OUT)


def next_at(session: Session) -> datetime | None:
    """When there is something to plan next: a line to look at, or another channel to ask."""
    moments = [owners.next_wake_at(session), escalations.next_at(session)]
    return min((m for m in moments if m is not None), default=None)


def plan_owner(session: Session, desk: Desk, identity: OwnerId, now: datetime) -> None:
    """Look at every line of an owner whose moment has come, and put what is owed in the outbox."""
    owner = owners.get(session, identity)
    kept = lines.due(session, identity, now)
    known = outbox.known(session, [k.line.id for k in kept])
    items: list[Item] = []
    for one in kept:
        items += _look_guarded(session, desk, owner, one, known[one.line.id], now)
    leaves_at = ladder(owner, None, desk.habits).moment_after(now)
    _hand_over(session, desk, owner, items, now, leaves_at)
    _copy(session, desk, owner, items, now)
    owners.set_wake_at(session, identity, lines.least_wake_at(session, identity))


def _hand_over(
    session: Session,
    desk: Desk,
    owner: Owner,
    items: list[Item],
    now: datetime,
    leaves_at: datetime,
) -> None:
    """Put reminders in the outbox of every channel that takes them."""
    reach, steps = reach_of(session, desk, owner), ladder(owner, None, desk.habits)
    for item in items:
        to = reach.first(item.line.channels)
        _follow_up(session, reach, item, to, asks_at(steps, leaves_at))
        clock = item.notice.clock
        outbox.supersede(session, [c.id for c in to], item.line.id, clock, now)
    for channel, due in _by_channel(reach, items):
        enqueue(session, desk, Parcel(channel, due), now, leaves_at)


def _copy(session: Session, desk: Desk, owner: Owner, items: list[Item], now: datetime) -> None:
    """Give who watches a tag the same reminders of its lines, one message a channel; outside their
    own quiet hours. One who cannot be told holds nobody up."""
    tags: dict[OwnerId, set[str]] = {}
    for one in watches.agreed(session, owner.id) if items else ():
        if one.watcher is not None:
            tags.setdefault(one.watcher, set()).add(one.tag)
    for identity, wanted in tags.items():
        seen = [item for item in items if wanted & set(item.line.tags)]
        try:
            with session.begin_nested():
                _copy_to(session, desk, identity, seen, now)
        except DBAPIError:
            raise
        except Exception:
            log.exception("watcher left out", owner=owner.id, watcher=identity)


def _copy_to(
    session: Session, desk: Desk, identity: OwnerId, seen: list[Item], now: datetime
) -> None:
    watcher = owners.get(session, identity)
    to = [c for c in reach_of(session, desk, watcher).first(()) if c.use is not Use.SECOND]
    leaves_at = ladder(watcher, None, desk.habits).moment_after(now)
    for item in seen:
        mine = [channel.id for channel in to]
        outbox.supersede(session, mine, item.line.id, item.notice.clock, now)
    for channel in to if seen else ():
        enqueue(session, desk, Parcel(channel, seen, is_copy=True), now, leaves_at)


def _follow_up(session: Session, reach: Reach, item: Item, to: list[Channel], at: datetime) -> None:
    """Have another channel asked if nobody takes it by then; none is where there is none."""
    if not to:
        log.warning("nobody to tell", owner=reach.own.owner, reminder=item.notice.id)
    elif reach.following(item.line.channels, [c.id for c in to]) is not None:
        escalations.set_ask_at(session, [item.notice.id], at)


def _look_guarded(
    session: Session, desk: Desk, owner: Owner, kept: Kept, known: Known, now: datetime
) -> list[Item]:
    """One line that cannot be judged is pushed out an hour; the others go on."""
    try:
        with session.begin_nested():
            return _look(session, desk, owner, kept, known, now)
    except DBAPIError:
        raise
    except Exception:
        log.exception("line pushed out", line=kept.line.id)
        lines.save(session, kept, kept.line, kept.standing, now + PUSHED_OUT)
        return []


def _look(
    session: Session, desk: Desk, owner: Owner, kept: Kept, known: Known, now: datetime
) -> list[Item]:
    found = owed(desk.situation(kept, owner, now), known, now)
    case = keep_bookings(session, desk, found.case, kept, now)
    known = dict(known)
    for due, reason in found.skip:
        _keep_reminder(session, desk, case, due, now, reason)
        known[due.key] = reason
    items = []
    for due in found.send:
        identity = _keep_reminder(session, desk, case, due, now)
        known[due.key] = ""
        items.append(Item(notice(case, due, identity, now), kept.line))
    lines.save(session, kept, kept.line, case.standing, wake_at(case, known, now))
    return items


def keep_bookings(
    session: Session, desk: Desk, case: Situation, kept: Kept, now: datetime
) -> Situation:
    """Keep the readings that the rules booked, under ids of their own."""
    held = {r.id for r in kept.readings}
    readings = tuple(
        r if r.id in held else replace(r, id=ReadingId(desk.new_id("rdg", now)))
        for r in case.readings
    )
    lines.add_readings(session, kept.line.id, [r for r in readings if r.id not in held])
    return replace(case, readings=readings)


def _keep_reminder(
    session: Session, desk: Desk, case: Situation, due: Due, now: datetime, skipped: str = ""
) -> ReminderId:
    identity = ReminderId(desk.new_id("rem", now))
    label = case.line.label or case.line.number
    outbox.add_reminder(
        session,
        outbox.OwedReminder(identity, case.line.id, case.line.owner, label, due, now, skipped),
    )
    return identity


def own_address(owner: Owner) -> Channel:
    """The owner's own mailbox as a channel: the way that is left when no other is."""
    return Channel(
        id=ChannelId(owner.id),
        owner=owner.id,
        kind=Lane.EMAIL,
        target=owner.email,
        format="email",
        created_at=owner.created_at,
        state=ChannelState.WORKS if owner.confirmed else ChannelState.UNCONFIRMED,
    )


def reach_of(session: Session, desk: Desk, owner: Owner) -> Reach:
    """How an owner can be reached now."""
    mine = channels.all_of(session, owner.id, desk.vault)
    return Reach(tuple(mine), own_address(owner))


def channels_for(owner: Owner, line: Line, reachable: list[Channel]) -> list[Channel]:
    """Where a line's reminders go at their moment (rule 17)."""
    return Reach(tuple(reachable), own_address(owner)).first(line.channels)


def _by_channel(reach: Reach, items: list[Item]) -> Iterator[tuple[Channel, list[Item]]]:
    by_channel: dict[ChannelId, tuple[Channel, list[Item]]] = {}
    for item in items:
        for channel in reach.first(item.line.channels):
            by_channel.setdefault(channel.id, (channel, []))[1].append(item)
    yield from by_channel.values()


def enqueue(
    session: Session, desk: Desk, parcel: Parcel, now: datetime, leaves_at: datetime
) -> None:
    """Put one channel's reminders in the outbox; in the quiet hours they wait there (rule 3)."""
    channel = parcel.channel
    ordered = most_urgent_first([item.notice for item in parcel.items])
    size = PARTS[channel.kind] if channel.format in {"email", "standard"} else CHAT_PART
    for start in range(0, len(ordered), size):
        part = ordered[start : start + size]
        outbox.add_delivery(
            session,
            outbox.NewDelivery(
                id=DeliveryId(desk.new_id("dlv", now)),
                owner=channel.owner,
                channel=channel.id,
                kind=Kind.REMINDER,
                lane=channel.kind,
                due_at=parcel.due_at or max(n.due_at for n in part),
                run_at=leaves_at,
                expires_at=expires_at(Kind.REMINDER, channel.kind, leaves_at),
                reminders=tuple(n.id for n in part),
                instead_of=parcel.instead_of,
                is_copy=parcel.is_copy,
            ),
        )


def tell(
    session: Session, desk: Desk, owner: Owner, case: Situation, due: Due, now: datetime
) -> None:
    """Put one reminder in the outbox at once, on the channels that every reminder of its line
    takes: for who asks for it, whatever the hour."""
    identity = _keep_reminder(session, desk, case, due, now)
    item = Item(notice(case, due, identity, now), case.line)
    _hand_over(session, desk, owner, [item], now, now)
