"""Many top-ups at once, from a pasted list of numbers and sums.

Each row is read first and named; then all that can be read is counted, or, while a row is wrong,
nothing. A sum bears a mark of its line, day and amount: the same list sent again counts nothing
again, and what a list did can be taken back by the same list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from reminder.domain.acts import Entry
from reminder.domain.ids import LineId, OwnerId, ReadingId
from reminder.domain.money import Money
from reminder.domain.owner import Owner
from reminder.domain.pasted import Fit, Pasted, read
from reminder.errors import Conflict
from reminder.service import acts, many
from reminder.service.acts import Back
from reminder.service.fields import Fields
from reminder.service.many import Ready, Written
from reminder.service.work import Work
from reminder.storage import acts as stored
from reminder.storage import lines, owners
from reminder.storage.acts import Act
from reminder.storage.lines import Kept

LONGEST = 500_000
FIELDS = frozenset({"text", "on", "dry_run", "keep_good", "undo"})


class State(StrEnum):
    """What became of a row; before a list is counted, what would."""

    COUNTED = "counted"
    ALREADY = "already"
    HEADING = "heading"
    REFUSED = "refused"
    UNDONE = "undone"


_DETAILS: Mapping[Fit, str] = {
    Fit.UNKNOWN: "This number is not in your list: check the digits, or add it first",
    Fit.NO_NUMBER: "Write a number and a sum, such as +7 916 123-45-67 300",
    Fit.NO_SUM: "Write the sum that was paid in, above zero, in the currency of this number",
    Fit.AMBIGUOUS: "This can be read in two ways: write one number, and the sum without grouping",
    Fit.TWICE: "This number stands in row {first} already: keep one of the two",
}
ALREADY = "This sum was recorded for this day already: it is not counted again"
LATER = "Something later was recorded: change the number itself instead"
NOT_THERE = "No such sum is recorded for this day: there is nothing to take back"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: as it stands, as it was read, and what is wrong with it."""

    row: int
    text: str
    state: State
    number: str = ""
    line: LineId | None = None
    label: str = ""
    sum: Money | None = None
    fit: Fit = Fit.READ
    detail: str = ""
    first: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A list, row by row. ``ready``: what is counted, or undone, to be written or standing in the
    database; None where it is not to be."""

    on: date
    items: list[Row]
    ready: Ready | None = None

    @property
    def applied(self) -> bool:
        """Whether what is counted, or undone, is to stand in the database."""
        return self.ready is not None

    def number(self, state: State) -> int:
        """How many rows came out so."""
        return sum(1 for one in self.items if one.state is state)

    @property
    def totals(self) -> list[Money]:
        """What is counted, or undone, in each currency."""
        minor: dict[str, int] = defaultdict(int)
        for one in self.items:
            if one.sum is not None and one.state in {State.COUNTED, State.UNDONE}:
                minor[one.sum.currency] += one.sum.minor
        return [Money(amount, currency) for currency, amount in sorted(minor.items())]


def look(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Report:
    """What each row of ``text`` would do, were it paid ``on`` that day (today, if none is named).
    Raises InvalidInput for no list, or a day to come."""
    text, on = _asked(work, owner, given)
    known = lines.currencies(work.session, owner)
    rows = read(text, known)
    there = lines.of_numbers(work.session, owner, {one.number for one in rows if one.number})
    asked = [_mark(there[one.number], one, on) for one in rows if one.fit is Fit.READ]
    marks = stored.marked(work.session, asked)
    return Report(on, [_judged(one, there, marks, on) for one in rows])


def count(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Report:
    """What it is to count every sum of the list; while a row is refused, none, unless
    ``keep_good``."""
    found = look(work, owner, given)
    good = [one for one in found.items if one.state is State.COUNTED]
    wants_good = Fields(given, FIELDS).flag("keep_good")
    if not good or (found.number(State.REFUSED) and not wants_good):
        return found
    person = owners.get(work.session, owner)
    there = lines.of_numbers(work.session, owner, [one.number for one in good])
    written = []
    for one in good:
        if one.sum is not None:
            paid = Entry(ReadingId(work.new_id("rdg")), one.sum, found.on)
            kept = there[one.number]
            once = mark(kept.line.id, found.on, one.sum)
            written.append(acts.counted(work, person, kept, paid, once))
    return replace(found, ready=many.ready(work, person, written))


def undo(work: Work, owner: OwnerId, given: Mapping[str, object]) -> Report:
    """What it is to take back what the same list did; a number about which something later was
    recorded stays as it is, and is named."""
    found, person = look(work, owner, given), owners.get(work.session, owner)
    done = [one for one in found.items if one.state is State.ALREADY]
    there = lines.of_numbers(work.session, owner, [one.number for one in done])
    last = stored.last_of(work.session, [kept.line.id for kept in there.values()])
    items, backs = [], []
    for one in found.items:
        back = None
        if one.state is State.ALREADY:
            kept = there[one.number]
            act, once = last.get(kept.line.id), _mark(kept, one, found.on)
            back = _taken_back(work, person, kept, act, once)
        items.append(_undone(one, back))
        backs += [back] if back else []
    if not backs:
        return Report(found.on, items)
    what = many.ready(work, person, [Written(b.kept, b.kept.line, b.case) for b in backs])
    gone = tuple(reading for back in backs for reading in back.gone)
    undone = tuple(back.act for back in backs)
    return Report(found.on, items, replace(what, undone=undone, gone=gone))


def _taken_back(work: Work, person: Owner, kept: Kept, last: Act | None, once: str) -> Back | None:
    """A line without that sum; None where something was done about it since."""
    if last is None or last.once != once:
        return None
    try:
        return acts.taken_back(work, person, kept, last)
    except Conflict:
        return None


def _undone(one: Row, back: Back | None) -> Row:
    if back is not None:
        return replace(one, state=State.UNDONE, detail="")
    if one.state is State.ALREADY:
        return replace(one, state=State.REFUSED, detail=LATER)
    is_fresh = one.state is State.COUNTED
    return replace(one, state=State.REFUSED, detail=NOT_THERE) if is_fresh else one


def mark(line: LineId, on: date, paid: Money) -> str:
    """By what a sum of a list is known again: its line, its day and its amount."""
    return f"list:{line}:{on}:{paid.minor}"


def _asked(work: Work, owner: OwnerId, given: Mapping[str, object]) -> tuple[str, date]:
    fields = Fields(given, FIELDS)
    today = owners.get(work.session, owner).days.of(work.now)
    text, on = given.get("text"), fields.day("on") or today
    if not isinstance(text, str) or len(text) > LONGEST:
        fields.fault("text", f"Paste a list as text, at most {LONGEST} characters")
    if on > today:
        fields.fault("on", f"Write a day that is not later than today, {today}")
    fields.flag("dry_run")
    fields.flag("keep_good")
    fields.check()
    return str(text), on


def _mark(kept: Kept, one: Pasted | Row, on: date) -> str:
    return mark(kept.line.id, on, one.sum) if one.sum else ""


def _judged(one: Pasted, there: Mapping[str, Kept], marks: set[str], on: date) -> Row:
    kept = there.get(one.number)
    row = Row(one.row, one.text, State.COUNTED, one.number, sum=one.sum, fit=one.fit)
    row = replace(row, first=one.first)
    if kept is not None:
        row = replace(row, line=kept.line.id, label=kept.line.label)
    if one.fit is Fit.HEADING:
        return replace(row, state=State.HEADING)
    if one.fit is not Fit.READ:
        detail = _DETAILS[one.fit].format(first=one.first)
        return replace(row, state=State.REFUSED, detail=detail)
    if kept is not None and _mark(kept, one, on) in marks:
        return replace(row, state=State.ALREADY, detail=ALREADY)
    return row
