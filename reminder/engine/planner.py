"""Due owners -> deliveries: one transaction looks at all lines that are due of many owners.

A pass reads all that it needs in a dozen statements, asks the rules of each line what is owed, and
writes what that comes to in a dozen more. What one pass owes one owner on one channel is one
message, in parts by size (PRODUCT 3a, rule 15).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from reminder.domain.balance import Reading
from reminder.domain.clocks import Clocks, read
from reminder.domain.escalation import Reach, asks_at
from reminder.domain.ids import OwnerId, ReadingId, ReminderId, Series
from reminder.domain.line import Clock, Ladder, Line, Situation
from reminder.domain.look import Due, Known, look_until_turns
from reminder.domain.notice import urgency
from reminder.domain.owner import Owner, ladder
from reminder.domain.plan import Owed, owed_of, wake_after
from reminder.domain.quick import quick
from reminder.engine.copies import Copies
from reminder.engine.desk import Desk
from reminder.engine.parcels import Item, Leave, hand_over, reach_by
from reminder.engine.steps import together
from reminder.storage import channels, due, ledger, lines, owners
from reminder.storage.database import DataError, DBAPIError, IntegrityError, Peek, Session
from reminder.storage.due import Found
from reminder.storage.ledger import Ledger, Looked
from reminder.storage.lines import Kept
from reminder.storage.outbox import OwedReminder

log = structlog.get_logger(__name__)
PUSHED_OUT = timedelta(hours=1)
OWNERS_A_PASS = 1000
LINES_A_PASS = 2000
_ONE_BY_ONE = threading.Lock()
"""Of passes side by side one asks the rules while the database works for another: else all would
reckon at once, and then all wait at once."""


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


def next_at(at: Session | Peek) -> datetime | None:
    """When there is something to plan next: a line to look at, or another channel to ask."""
    return due.next_at(at)


@quick
@dataclass(frozen=True, slots=True)
class _Visit:
    """An owner in a pass, how they are written to, and their lines that are due."""

    owner: Owner
    steps: Ladder
    today: date
    kept: list[Kept]


@quick
@dataclass(frozen=True, slots=True)
class _DueLine:
    """A line that is due, its owner, and the reminders of it that exist."""

    kept: Kept
    visit: _Visit
    known: Known


@quick
@dataclass(frozen=True, slots=True)
class _Told:
    """What an owner's line comes to: every reminder that is made of it, those of them that go to a
    channel, where it stands now, and what was booked on the way."""

    owner: OwnerId
    made: list[OwedReminder]
    items: list[Item]
    looked: Looked
    booked: list[Reading]


def _plan_for(session: Session, this: Pass, taken: Sequence[OwnerId]) -> None:
    """Plan for these owners together; where the database refuses what they come to, for each alone.
    One who cannot be planned for even so is put off an hour."""
    try:
        with session.begin_nested():
            found = due.read(session, taken, this.now, this.desk.vault)
            copies = Copies(found, this.desk, this.now, this.ids)
            with _ONE_BY_ONE:
                book = _look_at_all(this, found, taken, copies)
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


def _look_at_all(this: Pass, found: Found, taken: Sequence[OwnerId], copies: Copies) -> Ledger:
    """Look at every line of these owners whose moment has come, and put what is owed in the outbox.
    An owner or a line that cannot be read is put off an hour, and the others go on."""
    book = Ledger()

    def put_off(owner: OwnerId, error: Exception) -> None:
        log.error("owner pushed out", owner=owner, exc_info=error)
        book.pushed_out[owner] = this.now + PUSHED_OUT

    def put_off_visit(visit: _Visit, error: Exception) -> None:
        put_off(visit.owner.id, error)

    def put_off_line(line: _DueLine, error: Exception) -> None:
        kept = line.kept
        log.error("line pushed out", line=kept.line.id, exc_info=error)
        book.looked.append(Looked(kept, kept.standing, this.now + PUSHED_OUT))

    visits = together(partial(_visits, this, found), taken, put_off)
    due_lines = [_DueLine(k, v, found.known[k.line.id]) for v in visits for k in v.kept]
    told = together(partial(_told, this), due_lines, put_off_line)
    items: dict[OwnerId, list[Item]] = defaultdict(list)
    for one in told:
        items[one.owner] += one.items
    for part in together(partial(_handed_over, this, found, items), visits, put_off_visit):
        book.add(part)
    for one in told:
        if one.owner not in book.pushed_out:
            _put_down(book, one)
    for owner in book.done:
        copies.note(owner, items[owner])
    return book


def _visits(this: Pass, found: Found, taken: Sequence[OwnerId]) -> list[_Visit]:
    """Who is to be looked at."""
    people = [found.owner(identity) for identity in taken]
    steps = [ladder(owner, None, this.desk.habits) for owner in people]
    today = [one.days.of(this.now) for one in steps]
    kept = [found.kept(identity) for identity in taken]
    return [_Visit(*one) for one in zip(people, steps, today, kept, strict=True)]


def _told(this: Pass, those: Sequence[_DueLine]) -> list[_Told]:
    """What lines come to: each step for all of them (:func:`reminder.domain.look.look_at_each`)."""
    desk, now = this.desk, this.now
    cases = [desk.bare_situation(x.kept, x.visit.owner, now, x.visit.steps) for x in those]
    looks = look_until_turns(cases, now)
    owes = [owed_of(seen, x.known, now) for seen, x in zip(looks, those, strict=True)]
    each = list(zip(those, owes, strict=True))
    send = [[_reminder(this, x.kept.line, one) for one in owed.send] for x, owed in each]
    skip = [[_reminder(this, x.kept.line, *one) for one in owed.skip] for x, owed in each]
    made = [skipped + sent for skipped, sent in zip(skip, send, strict=True)]
    items = [_items(x, owed, sent) for (x, owed), sent in zip(each, send, strict=True)]
    looked = [_looked(x, owed, all_) for (x, owed), all_ in zip(each, made, strict=True)]
    rows = zip(each, made, items, looked, strict=True)
    return [
        _Told(x.visit.owner.id, all_, mine, after, booked(owed.case, x.kept, this.ids))
        for (x, owed), all_, mine, after in rows
    ]


def _items(this: _DueLine, found: Owed, send: list[OwedReminder]) -> list[Item]:
    told = {key.clock for key, reason in this.known.items() if not reason} if this.known else set()
    line, clocks, today = this.kept.line, found.seen.clocks, this.visit.today
    return [_item(one, line, clocks, today, told=told) for one in send]


def _looked(this: _DueLine, found: Owed, made: list[OwedReminder]) -> Looked:
    known = {**this.known, **{one.due.key: one.skipped for one in made}}
    return Looked(this.kept, found.case.standing, wake_after(found.seen, found.case, known))


def _handed_over(
    this: Pass, found: Found, items: Mapping[OwnerId, list[Item]], visits: Sequence[_Visit]
) -> list[Ledger]:
    """What these owners' channels get."""
    book = Ledger(done=[visit.owner.id for visit in visits])
    told = [visit for visit in visits if items[visit.owner.id]]
    reaches = [reach_by(visit.owner, found.channels[visit.owner.id]) for visit in told]
    leaves = [_leave(visit.steps, this.now) for visit in told]
    for visit, reach, leave in zip(told, reaches, leaves, strict=True):
        hand_over(book, this.ids, reach, items[visit.owner.id], leave)
    return [book]


def _leave(steps: Ladder, now: datetime) -> Leave:
    """Now, or at the end of the quiet hours it falls in."""
    at = steps.moment_after(now)
    return Leave(at, asks_at(steps, at))


def _put_down(book: Ledger, told: _Told) -> None:
    book.looked.append(told.looked)
    book.reminders += told.made
    line = told.looked.kept.line.id
    book.readings += [(line, one) for one in told.booked]


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
    if case.readings is kept.readings:
        return []
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
