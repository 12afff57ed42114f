"""Due owners -> deliveries: one transaction looks at all lines that are due of many owners.

A pass reads all that it needs in a dozen statements, asks the rules of each line what is owed, and
writes what that comes to in a dozen more. What one pass owes one owner on one channel is one
message, in parts by size (PRODUCT 3a, rule 15).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from reminder.domain.balance import Reading
from reminder.domain.clocks import Clocks, read
from reminder.domain.escalation import Reach, asks_at
from reminder.domain.ids import OwnerId, ReadingId, ReminderId, Series
from reminder.domain.line import Clock, Ladder, Line, Situation
from reminder.domain.look import Due, Known
from reminder.domain.notice import urgency
from reminder.domain.owner import Owner, ladder
from reminder.domain.plan import owed, wake_after
from reminder.engine.copies import Copies
from reminder.engine.desk import Desk
from reminder.engine.parcels import Item, Leave, hand_over, reach_by
from reminder.storage import channels, due, ledger, lines, owners
from reminder.storage.database import DataError, DBAPIError, IntegrityError, Session
from reminder.storage.due import Found
from reminder.storage.ledger import Ledger, Looked
from reminder.storage.lines import Kept
from reminder.storage.outbox import OwedReminder

log = structlog.get_logger(__name__)
PUSHED_OUT = timedelta(hours=1)
OWNERS_A_PASS = 1000
LINES_A_PASS = 2000


@dataclass(frozen=True, slots=True)
class Pass:
    """What stays the same in one pass."""

    desk: Desk
    now: datetime
    ids: Series


def plan(session: Session, desk: Desk, now: datetime) -> int:
    """Plan for the owners longest due; return how many there were. Run again until none is left."""
    taken = due.take(session, now, OWNERS_A_PASS, LINES_A_PASS)
    _plan_for(session, Pass(desk, now, desk.series(now)), taken)
    return len(taken)


def next_at(session: Session) -> datetime | None:
    """When there is something to plan next: a line to look at, or another channel to ask."""
    return due.next_at(session)


def _plan_for(session: Session, this: Pass, taken: Sequence[OwnerId]) -> None:
    """Plan for these owners together; where one of them cannot be read, or the database refuses
    what it comes to, for each alone. One who cannot be planned for even so is put off an hour."""
    try:
        with session.begin_nested():
            found = due.read(session, taken, this.now, this.desk.vault)
            book, copies = Ledger(), Copies(found, this.desk, this.now, this.ids)
            for owner in taken:
                book.add(_look_guarded(this, found, owner, copies))
            book.add(copies.ledger(session, taken))
            ledger.write(session, book, this.now)
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError):
            raise
        if len(taken) == 1:
            log.exception("owner pushed out", owner=taken[0])
            owners.set_wake_at(session, taken[0], this.now + PUSHED_OUT)
            return
        for owner in taken:
            _plan_for(session, this, [owner])


def _look_guarded(this: Pass, found: Found, owner: OwnerId, copies: Copies) -> Ledger:
    """An owner who cannot be read is put off an hour; the others go on."""
    try:
        return _look_at_owner(this, found, owner, copies)
    except Exception:
        log.exception("owner pushed out", owner=owner)
        return Ledger(pushed_out={owner: this.now + PUSHED_OUT})


def _look_at_owner(this: Pass, found: Found, identity: OwnerId, copies: Copies) -> Ledger:
    """Look at every line of an owner whose moment has come, and put what is owed in the outbox."""
    owner, book = found.owner(identity), Ledger(done=[identity])
    steps = ladder(owner, None, this.desk.habits)
    items: list[Item] = []
    reader = owner, steps, steps.days.of(this.now)
    for kept in found.kept(identity):
        try:
            items += _look(this, book, reader, kept, found.known[kept.line.id])
        except Exception:
            log.exception("line pushed out", line=kept.line.id)
            book.looked.append(Looked(kept, kept.standing, this.now + PUSHED_OUT))
    if items:
        reach = reach_by(owner, found.channels[identity])
        hand_over(book, this.ids, reach, items, _leave(steps, this.now))
        copies.note(identity, items)
    return book


def _leave(steps: Ladder, now: datetime) -> Leave:
    """Now, or at the end of the quiet hours it falls in."""
    at = steps.moment_after(now)
    return Leave(at, asks_at(steps, at))


def _look(
    this: Pass, book: Ledger, reader: tuple[Owner, Ladder, date], kept: Kept, known: Known
) -> list[Item]:
    """Put in the ledger what one line comes to: all of it or, should that fail, nothing."""
    owner, steps, today = reader
    line, now = kept.line, this.now
    found = owed(this.desk.bare_situation(kept, owner, now, steps), known, now)
    told = {key.clock for key, reason in known.items() if not reason} if known else set()
    reminders = [_reminder(this, line, one) for one in found.send]
    skipped = [_reminder(this, line, one, why) for one, why in found.skip]
    items = [_item(one, line, found.seen.clocks, today, told=told) for one in reminders]
    made = skipped + reminders
    seen = {**known, **{one.due.key: one.skipped for one in made}}
    looked = Looked(kept, found.case.standing, wake_after(found.seen, found.case, seen))
    if found.case.readings is not kept.readings:
        book.readings += [(line.id, one) for one in booked(found.case, kept, this.ids)]
    book.reminders += made
    book.looked.append(looked)
    return items


def _reminder(this: Pass, line: Line, one: Due, skipped: str = "") -> OwedReminder:
    identity, label = ReminderId(this.ids.new("rem")), line.label or line.number
    return OwedReminder(identity, line.id, line.owner, label, one, this.now, skipped)


def _item(
    one: OwedReminder, line: Line, clocks: Clocks, today: date, *, told: Collection[Clock]
) -> Item:
    deadline = one.due.key.deadline
    order = urgency(clocks, deadline, (deadline - today).days)
    return Item(one.id, one.due, line, order, is_first=one.due.key.clock not in told)


def booked(case: Situation, kept: Kept, ids: Series) -> list[Reading]:
    """The readings that the rules booked, under ids of their own."""
    held = {one.id for one in kept.readings}
    return [
        replace(one, id=ReadingId(ids.new("rdg"))) for one in case.readings if one.id not in held
    ]


def keep_bookings(
    session: Session, desk: Desk, case: Situation, kept: Kept, now: datetime
) -> Situation:
    """Keep the readings that the rules booked."""
    fresh, held = booked(case, kept, desk.series(now)), {one.id for one in kept.readings}
    lines.add_readings(session, kept.line.id, fresh)
    return replace(case, readings=(*(r for r in case.readings if r.id in held), *fresh))


def reach_of(session: Session, desk: Desk, owner: Owner) -> Reach:
    """How an owner can be reached now."""
    return reach_by(owner, channels.all_of(session, owner.id, desk.vault))


def tell(
    session: Session, desk: Desk, owner: Owner, case: Situation, due: Due, now: datetime
) -> None:
    """Put one reminder in the outbox at once, on the channels that every reminder of its line
    takes: for who asks for it, whatever the hour."""
    this, book = Pass(desk, now, desk.series(now)), Ledger()
    one, steps = _reminder(this, case.line, due), ladder(owner, None, desk.habits)
    item = _item(one, case.line, read(case, now), steps.days.of(now), told=tuple(Clock))
    book.reminders.append(one)
    leave = Leave(now, asks_at(steps, now))
    hand_over(book, this.ids, reach_of(session, desk, owner), [item], leave)
    ledger.write(session, book, now)
