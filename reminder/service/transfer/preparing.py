"""One row into one change: a new line, a line as it was exported, or a line that is updated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reminder.domain import phone
from reminder.domain.acts import Entry, record
from reminder.domain.balance import Reading, ReadingKind
from reminder.domain.channel import Channel
from reminder.domain.delivery import Lane
from reminder.domain.glance import Glance, glances
from reminder.domain.ids import LineId, ReadingId
from reminder.domain.line import Line, Situation
from reminder.domain.look import Look, look_at, look_at_each, settled
from reminder.domain.owner import Owner, ladder
from reminder.domain.plan import wake_after
from reminder.errors import Fault, InvalidInput, NotFound
from reminder.service import drafts
from reminder.service.dates import Dates, Draft
from reminder.service.fields import Fields
from reminder.service.lines import begun, opened, patched
from reminder.service.transfer import columns
from reminder.service.transfer.foreign.carrying import Carried
from reminder.service.work import Work
from reminder.storage import channels, lines, outbox
from reminder.storage.bulk import Change

Cells = Mapping[str, object]
Likeness = tuple[tuple[str, object], ...]
OTHER = "other"
MOST_ALIKE = 500
_ALIKE = frozenset(
    ["operator", "plan", "currency", "fee", "period", "charged_by", "low_balance", "autopay"]
)
_OWN = drafts.OWN | {"balance_on"}
FRESH = "rdg_"


class Preparer:
    """Makes changes out of the rows of one owner's file: with each line at a glance, unless they
    are only checked."""

    def __init__(self, work: Work, person: Owner, *, checks_only: bool = False) -> None:
        self._person = person
        self._steps = ladder(person, None, work.desk.habits)
        self._checks_only = checks_only
        self._alike: dict[Likeness, Draft] = {}
        self._channels = _by_name(channels.all_of(work.session, person.id, work.desk.vault))
        self._operators = {
            name.casefold(): operator.id
            for operator in reversed(work.desk.catalogue.all())
            for name in (operator.names.zh, operator.names.ru, operator.names.en, operator.id)
        }

    def resolved(self, cells: Cells) -> dict[str, object]:
        """The same cells with operators and channels by their ids."""
        found = dict(cells)
        operator = found.get("operator")
        if isinstance(operator, str):
            found["operator"] = self._operators.get(operator.strip().casefold(), operator)
        return found

    def name_operator(self, carried: Carried) -> None:
        """The operator of another program's record: as it names it, else as its label does."""
        named = carried.cells.get("operator")
        if isinstance(named, str):
            if named.casefold() not in self._operators:
                carried.leave("carrier", named)
                carried.cells["operator"] = OTHER
            return
        words = f" {carried.cells.get('label', '')} ".casefold()
        found = [name for name in self._operators if re.search(rf"\W{re.escape(name)}\W", words)]
        carried.put("operator", self._operators[max(found, key=len)] if found else None)

    def number(self, work: Work, cells: Cells) -> str | None:
        """The number of a row in E.164, None where it cannot be read."""
        typed, operator = cells.get("number"), cells.get("operator")
        try:
            known = work.desk.catalogue.get(operator if isinstance(operator, str) else None)
        except NotFound:
            known = work.desk.catalogue.get(None)
        country = drafts.country_of_number(known, self._person)
        try:
            return phone.parse(typed, country) if isinstance(typed, str) else None
        except InvalidInput:
            return None

    def drafted(self, work: Work, cells: Cells) -> Draft:
        """The line that a row registers, as it was entered. Most rows of a list are alike but for a
        few fields, so what one was read as is kept for the others."""
        exported = columns.is_restored(cells)
        fields, day = self._fields(cells)
        if exported or day is not None:
            fields.pop("balance", None)
        identity = LineId(work.new_id("lin"))
        like = None if exported else _likeness(cells)
        known = self._alike.get(like) if like is not None else None
        if known is not None:
            return drafts.read_like(work, self._person, fields, known, identity)
        dates = Dates.MAY_BE_PAST if exported else Dates.ASKED
        draft = drafts.read(work, self._person, fields, None, identity, dates=dates)
        if like is not None and work.desk.catalogue.of_line(draft.line.operator).country:
            if len(self._alike) >= MOST_ALIKE:
                self._alike.clear()
            self._alike[like] = draft
        return draft

    def begun(self, work: Work, draft: Draft) -> Situation:
        """A new line as the rules look at it, before its balance."""
        return begun(work, self._person, draft, self._steps)

    def opened(self, work: Work, cells: Cells, draft: Draft, case: Situation) -> Situation:
        """A new line with its balance; one that was exported comes back as it stood."""
        case = opened(work, case, draft)
        if columns.is_restored(cells):
            line = draft.line
            kept = columns.restored(cells, case.standing, line.currency, line.id)
            return replace(case, standing=kept.standing, readings=kept.readings)
        return _with_dated_balance(work, case, cells)

    def added(
        self, work: Work, entered: Sequence[Line], cases: Sequence[Situation]
    ) -> list[Change]:
        """The changes that register these lines, each step for all of them (as in
        :func:`reminder.domain.look.look_at_each`)."""
        looks = look_at_each(cases, work.now)
        wakes = [wake_after(look, look.case, {}) for look in looks]
        readings = [_named(work, case.readings) for case in cases]
        made = zip(entered, cases, readings, wakes, self._seen(looks), strict=True)
        return [Change(line, x.standing, known, at, seen=s) for line, x, known, at, s in made]

    def updated(self, work: Work, line: LineId, cells: Cells) -> Change:
        """The change that gives a line what the row names; what it leaves empty stays, and so do
        the readings and the state of a line that is there."""
        kept = lines.get(work.session, line, self._person.id)
        fields, day = self._fields(cells)
        exported = columns.is_restored(cells)
        if exported or day is not None:
            fields.pop("balance", None)
        entered, case = patched(work, self._person, kept, fields)
        if not exported:
            case = _with_dated_balance(work, case, cells)
        held = {one.id for one in kept.readings}
        known = outbox.known(work.session, [line])[line]
        found = look_at(case, work.now)
        wake = wake_after(found, case, known)
        fresh = _named(work, [one for one in case.readings if one.id not in held])
        return Change(entered, case.standing, fresh, wake, kept.version, *self._seen([found]))

    def _seen(self, found: Sequence[Look]) -> Sequence[Glance | None]:
        """The lines at a glance, so that no board has to look at thousands anew."""
        return [None] * len(found) if self._checks_only else glances(map(settled, found))

    def _fields(self, cells: Cells) -> tuple[dict[str, object], str | None]:
        fields = columns.fields_of(cells)
        for field in ("channels", "tied_channels"):
            named = fields.get(field)
            if isinstance(named, list):
                fields[field] = [self._channels.get(str(name), name) for name in named]
        day = cells.get("balance_on")
        return fields, day if isinstance(day, str) else None


def _likeness(cells: Cells) -> Likeness | None:
    """What a row has in common with others: texts of columns that stand for themselves; None where
    it says more than those."""
    shared = [(name, value) for name, value in cells.items() if name not in _OWN]
    alike = all(name in _ALIKE and isinstance(value, str) for name, value in shared)
    return tuple(shared) if alike else None


def _by_name(mine: list[Channel]) -> dict[str, str]:
    """Each channel's id by its address, its label and its id; the later the surer."""
    addresses = {one.target: one.id for one in mine if one.kind is Lane.EMAIL}
    labels = {one.label: one.id for one in mine if one.label}
    return {**addresses, **labels, **{one.id: one.id for one in mine}}


def _with_dated_balance(work: Work, case: Situation, cells: Cells) -> Situation:
    day = cells.get("balance_on")
    if "balance" not in cells or not isinstance(day, str):
        return case
    fields = Fields(dict(cells), frozenset(cells))
    seen, on = fields.money("balance", case.line.currency), fields.day("balance_on")
    fields.check()
    if seen is None:
        return case
    try:
        entry = Entry(ReadingId(work.new_id("rdg")), seen, on)
        return record(case, ReadingKind.READING, entry, work.now)
    except InvalidInput as error:
        raise InvalidInput(*(Fault("balance_on", one.detail) for one in error.faults)) from error


def _named(work: Work, readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Readings under ids of their own; those that were just entered have one."""
    return tuple(
        one if one.id.startswith(FRESH) else replace(one, id=ReadingId(work.new_id("rdg")))
        for one in readings
    )
