"""What a person does about a line: each is recorded with where the line stood before, so that it
can be taken back (PRODUCT 3a, rules 8 to 13)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from reminder.domain import acts
from reminder.domain.acts import ActKind, Entry
from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.ids import ActId, LineId, OwnerId, ReadingId
from reminder.domain.line import Clock, LineState, Situation
from reminder.domain.owner import Owner
from reminder.domain.settle import settle
from reminder.domain.silence import UseKind
from reminder.errors import Conflict, InvalidInput, NotFound
from reminder.service import intake
from reminder.service.fields import Fields
from reminder.service.lines import LineView, keep, view
from reminder.service.many import Written
from reminder.service.work import Work
from reminder.storage import acts as stored
from reminder.storage import lines, owners
from reminder.storage.acts import Act
from reminder.storage.lines import Kept

__all__ = [
    "Act",
    "acknowledge",
    "add_reading",
    "counted",
    "history",
    "is_done",
    "readings",
    "remove_reading",
    "renewed",
    "resume",
    "resumed",
    "snooze",
    "stop",
    "stopped",
    "taken_back",
    "topped_up",
    "undo",
    "used",
]

SINCE = "Something was recorded or taken back later: change the line itself instead"


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is done: its kind, the change it makes, what was said with it, the link it came by."""

    kind: ActKind
    change: Callable[[Situation], Situation]
    said: Mapping[str, object] = field(default_factory=dict)
    once: str | None = None


def _act(work: Work, owner: OwnerId, line: LineId, deed: _Deed) -> LineView:
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    case = settle(work.desk.situation(kept, person, work.now), work.now)
    after = keep(work, kept, deed.change(case))
    stored.add(work.session, [_recorded(work, case, deed, after.version)])
    return view(work, after, person)


def _recorded(work: Work, before: Situation, deed: _Deed, version: int) -> Act:
    """What was done, with where the line stood before it."""
    return Act(
        id=ActId(work.new_id("act")),
        line=before.line.id,
        kind=deed.kind.value,
        at=work.now,
        before=before.standing,
        said=json.dumps({k: str(v) for k, v in deed.said.items() if v is not None}),
        version=version,
        once=deed.once,
    )


def is_done(work: Work, once: str) -> bool:
    """Whether the act that bears this mark was done already, and stands."""
    return stored.by_mark(work.session, once) is not None


def _currency(work: Work, owner: OwnerId, line: LineId) -> str:
    return lines.get(work.session, line, owner).line.currency


def _entry(work: Work) -> ReadingId:
    return ReadingId(work.new_id("rdg"))


def topped_up(
    work: Work, owner: OwnerId, line: LineId, given: Mapping[str, object], once: str | None = None
) -> LineView:
    """Record a top-up: ``amount``, the day ``on``, and the ``balance`` after it if it was seen;
    ``used`` says that the number was used that day as well, and how."""
    fields = Fields(given, frozenset({"amount", "on", "balance", "used"}))
    currency = _currency(work, owner, line)
    amount, on = fields.money("amount", currency), fields.day("on")
    balance, use = fields.money("balance", currency), fields.choice("used", UseKind)
    if amount is None and balance is None:
        fields.fault("amount", "Write the sum that was paid in, such as 300", "required")
    fields.check()

    def change(case: Situation) -> Situation:
        whole = Entry(_entry(work), balance, None) if balance else None
        if amount is not None:
            case = acts.topped_up(case, Entry(_entry(work), amount, on), whole, work.now)
        elif whole is not None:
            case = acts.record(case, ReadingKind.READING, whole, work.now)
        return acts.used(case, on, work.now) if use else case

    said = {"amount": amount and amount.amount, "on": on, "balance": balance and balance.amount}
    said["used"] = use
    return _act(work, owner, line, _Deed(ActKind.TOPPED_UP, change, said, once))


def _written(work: Work, person: Owner, kept: Kept, deed: _Deed) -> Written:
    """What an act comes to, to be written with others."""
    case = settle(work.desk.situation(kept, person, work.now), work.now)
    act = _recorded(work, case, deed, kept.version + 1)
    return Written(kept, kept.line, deed.change(case), act)


def stopped(work: Work, person: Owner, kept: Kept) -> Written:
    """What stopping a line comes to, to be written with others."""
    return _written(work, person, kept, _Deed(ActKind.STOP, lambda case: acts.stop(case, work.now)))


def resumed(work: Work, person: Owner, kept: Kept) -> Written:
    """What resuming a line comes to, to be written with others."""
    return _written(
        work, person, kept, _Deed(ActKind.RESUME, lambda case: acts.resume(case, work.now))
    )


def counted(work: Work, person: Owner, kept: Kept, paid: Entry, once: str) -> Written:
    """What one sum of a list does; ``once`` is the mark by which it is not counted again."""
    said = {"amount": paid.sum.amount, "on": paid.on}
    deed = _Deed(
        ActKind.TOPPED_UP, lambda now: acts.topped_up(now, paid, None, work.now), said, once
    )
    return _written(work, person, kept, deed)


def renewed(
    work: Work,
    owner: OwnerId,
    line: LineId,
    given: Mapping[str, object],
    once: str | None = None,
    of: date | None = None,
) -> LineView:
    """Record a renewal: without ``on`` from the anchor, with it from that day. ``of`` is the fee's
    day that was meant; raises Conflict where the line has gone on from it since, by somebody's word
    or by itself."""
    fields = Fields(given, frozenset({"on"}))
    on = fields.day("on")
    fields.check()

    def change(case: Situation) -> Situation:
        if of and case.standing.renews_on and case.standing.renews_on != of:
            raise Conflict("This date is over already: the line has gone on to the next")
        return acts.renewed(case, on, _entry(work), work.now)

    return _act(work, owner, line, _Deed(ActKind.RENEWED, change, {"on": on}, once))


def used(
    work: Work, owner: OwnerId, line: LineId, given: Mapping[str, object], once: str | None = None
) -> LineView:
    """Record that the number was used: ``on`` that day, in that ``kind`` of way."""
    fields = Fields(given, frozenset({"on", "kind"}))
    on, kind = fields.day("on"), fields.choice("kind", UseKind)
    fields.check()
    deed = _Deed(
        ActKind.USED,
        lambda case: acts.used(case, on, work.now),
        {"on": on, "kind": kind},
        once,
    )
    return _act(work, owner, line, deed)


def snooze(
    work: Work, owner: OwnerId, line: LineId, given: Mapping[str, object], once: str | None = None
) -> LineView:
    """Say nothing about the line until that day."""
    fields = Fields(given, frozenset({"until"}))
    until = fields.day("until")
    if until is None and "until" not in given:
        fields.fault("until", "Write the day to be reminded on, such as 2026-12-01", "required")
    fields.check()
    if until is None:
        raise InvalidInput.of("until", "Write the day to be reminded on, such as 2026-12-01")
    deed = _Deed(
        ActKind.SNOOZE,
        lambda case: acts.snooze(case, until, work.now),
        {"until": until},
        once,
    )
    return _act(work, owner, line, deed)


def acknowledge(
    work: Work, owner: OwnerId, line: LineId, clock: Clock | None = None, once: str | None = None
) -> LineView:
    """End what is left of a clock's deadline: of the leading clock, if none is named."""
    deed = _Deed(
        ActKind.ACKNOWLEDGE,
        lambda case: acts.acknowledge(case, clock, work.now),
        {"clock": clock},
        once,
    )
    return _act(work, owner, line, deed)


def stop(work: Work, owner: OwnerId, line: LineId, once: str | None = None) -> LineView:
    """Say nothing more about the line until it is resumed; a stopped line stays as it is."""
    seen = view(work, lines.get(work.session, line, owner), owners.get(work.session, owner))
    if seen.standing.state is LineState.STOPPED:
        return seen
    deed = _Deed(ActKind.STOP, lambda case: acts.stop(case, work.now), once=once)
    return _act(work, owner, line, deed)


def resume(work: Work, owner: OwnerId, line: LineId) -> LineView:
    """Let the clocks speak again."""
    return _act(work, owner, line, _Deed(ActKind.RESUME, lambda case: acts.resume(case, work.now)))


def undo(work: Work, owner: OwnerId, line: LineId) -> LineView:
    """Take back the last act, for 30 days, while nothing later was recorded."""
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    back = taken_back(work, person, kept, stored.last(work.session, line))
    stored.undo(work.session, [back.act], back.gone, work.now)
    return view(work, keep(work, back.kept, back.case), person)


@dataclass(frozen=True, slots=True)
class Back:
    """A line without its last act: the readings that go, the line without them, where it stands."""

    act: ActId
    gone: list[ReadingId]
    kept: Kept
    case: Situation


def taken_back(work: Work, person: Owner, kept: Kept, act: Act | None) -> Back:
    """What taking back this last act comes to; raise Conflict where that is not possible."""
    if act is None or work.now - act.at > acts.UNDO_FOR:
        raise Conflict("There is nothing to take back")
    by_people = {ReadingKind.READING, ReadingKind.TOP_UP}
    later = [r for r in kept.readings if r.kind in by_people and r.recorded_at > act.at]
    if later or (kept.standing.acted_at and kept.standing.acted_at > act.at):
        raise Conflict(SINCE)
    gone = [r.id for r in kept.readings if r.recorded_at >= act.at]
    kept = replace(kept, readings=tuple(r for r in kept.readings if r.id not in gone))
    case = work.desk.situation(kept, person, work.now)
    case = replace(case, standing=replace(act.before, acted_at=work.now))
    if act.kind == ActKind.STOP:
        case = acts.begin(case, work.now)
    return Back(act.id, gone, kept, settle(case, work.now))


def add_reading(
    work: Work, owner: OwnerId, line: LineId, given: Mapping[str, object], once: str | None = None
) -> tuple[Reading, LineView]:
    """Enter a balance as it was seen, now or on an earlier day, or as an operator's ``text`` says
    it. Raises Unread where that is not certain."""
    fields = Fields(intake.resolve(work, owner, line, given).fields, frozenset({"balance", "on"}))
    balance, on = fields.money("balance", _currency(work, owner, line)), fields.day("on")
    if balance is None:
        fields.fault("balance", "Write the balance in digits, such as 250 or 250.50", "required")
    fields.check()
    if balance is None:
        raise InvalidInput.of("balance", "Write the balance in digits, such as 250 or 250.50")
    entry = Entry(_entry(work), balance, on)
    deed = _Deed(
        ActKind.BALANCE,
        lambda case: acts.record(case, ReadingKind.READING, entry, work.now),
        {"balance": balance.amount, "on": on},
        once,
    )
    seen = _act(work, owner, line, deed)
    found = [r for r in seen.readings if r.kind is ReadingKind.READING]
    latest = max(found, key=lambda r: (r.recorded_at, r.id))
    return latest, seen


def readings(work: Work, owner: OwnerId, line: LineId) -> list[Reading]:
    """What is known of a line's balance, newest first."""
    kept = lines.get(work.session, line, owner)
    return sorted(kept.readings, key=lambda r: (r.at, r.recorded_at, r.id), reverse=True)


def remove_reading(work: Work, owner: OwnerId, line: LineId, reading: ReadingId) -> LineView:
    """Forget one reading; the projection rests on the others."""
    person = owners.get(work.session, owner)
    kept = lines.get(work.session, line, owner)
    if lines.remove_readings(work.session, line, [reading]) == 0:
        raise NotFound("There is no such reading")
    left = replace(kept, readings=tuple(r for r in kept.readings if r.id != reading))
    case = settle(work.desk.situation(left, person, work.now), work.now)
    return view(work, keep(work, left, case.moved(acted_at=work.now)), person)


def history(work: Work, owner: OwnerId, line: LineId) -> list[Act]:
    """What was done about a line, newest first."""
    lines.get(work.session, line, owner)
    return stored.latest(work.session, line)
