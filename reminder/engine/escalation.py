"""Ask another channel for what nobody took (PRODUCT 3a, rule 17).

All that is decided here lies in rows: a reminder's ``ask_at``, and the delivery that is added with
the new moment in one transaction. Done twice it adds nothing: a channel gets a reminder once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from reminder.domain.channel import Channel
from reminder.domain.clocks import read
from reminder.domain.delivery import State
from reminder.domain.escalation import Reach, asks_at
from reminder.domain.ids import ChannelId, DeliveryId, LineId, OwnerId, ReminderId
from reminder.domain.notice import urgency
from reminder.domain.owner import Owner, ladder
from reminder.domain.plan import moot
from reminder.domain.settle import settle
from reminder.engine.desk import Desk
from reminder.engine.parcels import Item, Parcel, enqueue
from reminder.engine.planner import PUSHED_OUT, reach_of
from reminder.storage import escalations, ledger, lines, owners
from reminder.storage.database import DBAPIError, Session
from reminder.storage.escalations import Untaken
from reminder.storage.ledger import Ledger
from reminder.storage.lines import Kept
from reminder.storage.outbox import Finish

log = structlog.get_logger(__name__)
OWNERS_A_PASS = 50


def escalate(session: Session, desk: Desk, now: datetime) -> int:
    """Ask further for the owners longest due; return how many there were. Run again until none is
    left."""
    due = escalations.owners_due(session, now, OWNERS_A_PASS)
    for owner in due:
        _escalate_guarded(session, desk, owner, now)
    return len(due)


def _escalate_guarded(session: Session, desk: Desk, owner: OwnerId, now: datetime) -> None:
    """An owner who cannot be read is put off an hour; the others go on."""
    try:
        with session.begin_nested():
            escalate_owner(session, desk, owner, now)
    except DBAPIError:
        raise
    except Exception:
        log.exception("owner pushed out", owner=owner)
        escalations.push_out(session, owner, now, now + PUSHED_OUT)


def escalate_owner(session: Session, desk: Desk, identity: OwnerId, now: datetime) -> None:
    """Give each of an owner's reminders that nobody took to the next channel; what one of them is
    asked for now is one message."""
    owner = owners.get(session, identity)
    untaken = escalations.due(session, identity, now)
    kept = lines.some(session, {one.reminder.line for one in untaken})
    reach = reach_of(session, desk, owner)
    steps = ladder(owner, None, desk.habits)
    leaves_at = steps.moment_after(now)
    ids, book, moves = desk.series(now), Ledger(), _Moves()
    for one in untaken:
        item = _item(session, desk, owner, one, kept, now)
        if isinstance(item, datetime):
            moves.at[item].append(one.reminder.id)
        else:
            moves.give(reach, one, item, asks_at(steps, leaves_at))
    for at, reminders in moves.at.items():
        escalations.set_ask_at(session, reminders, at)
    for channel, items, instead_of in moves.parcels.values():
        parcel = Parcel(channel, items, leaves_at, instead_of)
        enqueue(book, ids, parcel, leaves_at)
    ledger.write(session, book, now)


def follow(session: Session, desk: Desk, done: Sequence[Finish], now: datetime) -> None:
    """What finished deliveries mean for what they carried: taken, nobody else is asked; refused by
    all, the next is asked at once, in the finish's own transaction. Should that fail, it is left
    to the planner: what was sent stays written as sent."""
    escalations.note_taken(session, [one.id for one in done if one.state is State.SENT])
    over = {State.DEAD, State.SKIPPED, State.EXPIRED}
    lost = escalations.note_lost(session, [one.id for one in done if one.state in over], now)
    if not lost:
        return
    try:
        with session.begin_nested():
            escalate(session, desk, now)
    except DBAPIError:
        log.exception("the next channel is asked by the planner")


class _Moves:
    """What a pass comes to: the next moments of reminders, and what each channel is asked for."""

    def __init__(self) -> None:
        self.at: dict[datetime | None, list[ReminderId]] = defaultdict(list)
        self.parcels: dict[ChannelId, tuple[Channel, list[Item], DeliveryId | None]] = {}

    def give(self, reach: Reach, one: Untaken, item: Item | None, then: datetime) -> None:
        """Give a reminder to the next channel, if there is something to say and somebody left. One
        that had nobody to go to at its moment goes where it would have gone."""
        identity = one.reminder.id
        to = _next(reach, one, item) if item else []
        if item is None or not to:
            self.at[None].append(identity)
            if item is not None:
                log.warning("nobody took it", owner=reach.own.owner, reminder=identity)
            return
        asked = {*one.tried, *(channel.id for channel in to)}
        is_last = reach.following(item.line.channels, asked) is None
        self.at[None if is_last else then].append(identity)
        for channel in to:
            empty: tuple[Channel, list[Item], DeliveryId | None] = (channel, [], one.instead_of)
            self.parcels.setdefault(channel.id, empty)[1].append(item)


def _next(reach: Reach, one: Untaken, item: Item) -> list[Channel]:
    if not one.tried:
        return reach.first(item.line.channels)
    following = reach.following(item.line.channels, one.tried)
    return [following] if following else []


def _item(
    session: Session,
    desk: Desk,
    owner: Owner,
    one: Untaken,
    kept: Mapping[LineId, Kept],
    now: datetime,
) -> Item | datetime | None:
    """What there is to say now; None: nothing any more. A line that cannot be judged is looked at
    again in an hour; the others go on."""
    held = kept.get(one.reminder.line)
    if held is None or one.is_taken or one.is_superseded:
        return None
    try:
        with session.begin_nested():
            case = settle(desk.situation(held, owner, now), now)
            due = one.reminder.due
            if moot(case, due, one.reminder.planned_at, now) is not None:
                return None
            left = (due.key.deadline - case.ladder.days.of(now)).days
            order = urgency(read(case, now), due.key.deadline, left)
            return Item(one.reminder.id, due, held.line, order)
    except DBAPIError:
        raise
    except Exception:
        log.exception("reminder pushed out", reminder=one.reminder.id)
        return now + PUSHED_OUT
