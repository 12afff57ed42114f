"""Import: every row is checked first, a few at a time; then all are written in one transaction.

Checking only reads, so that reminders go out meanwhile; what is ready waits in a temporary file,
so that memory stays flat. Killed at any moment, an import has written all or nothing.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, BinaryIO, Protocol, TypeVar

from reminder.domain.ids import LineId, OwnerId
from reminder.domain.line import Situation
from reminder.domain.schedule import local_date
from reminder.errors import Conflict, Fault, InvalidInput, step
from reminder.service.dates import Draft
from reminder.service.transfer import columns, sheets
from reminder.service.transfer.preparing import Cells, Preparer
from reminder.service.transfer.report import Report, RowReport, RowState
from reminder.service.transfer.sheets import Row
from reminder.service.work import Work
from reminder.storage import bulk, lines, owners
from reminder.storage.bulk import Change

T = TypeVar("T")
STEP = 250
Tell = Callable[[int, float], Awaitable[None]]


class Doors(Protocol):
    """The two doors to the database."""

    async def read(self, use: Callable[[Work], T]) -> T:
        """Run a use case that changes nothing."""

    async def write(self, use: Callable[[Work], T]) -> T:
        """Run a use case in one transaction."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to import: check only; keep the good rows although others are wrong; let a number that
    is there already be updated; the encoding and the separator, where they cannot be told."""

    dry_run: bool = False
    keep_good: bool = False
    update: bool = False
    encoding: str | None = None
    separator: str | None = None


async def run(doors: Doors, owner: OwnerId, source: BinaryIO, wishes: Wishes, tell: Tell) -> Report:
    """Import a file for an owner; ``tell`` hears how many rows are read, and which share of the
    file. Raises InvalidInput when the file as a whole cannot be read, Conflict when the lines were
    changed meanwhile."""
    size = max(source.seek(0, 2), 1)
    with tempfile.TemporaryFile() as spool:
        check = await doors.read(lambda work: Check(work, owner, source, wishes, spool))
        try:
            while await doors.read(check.step):
                await tell(check.report.rows, min(source.tell() / size, 1.0))
        finally:
            check.close()
        if check.is_wanted:
            await doors.write(check.write)
            check.report.applied = True
    return check.report


@dataclass(slots=True)
class _InHand:
    """A row on its way: its cells, with operators and channels by their ids; the line that is there
    already, or the new one as it is entered and as the rules look at it; the change that it makes,
    or why it is refused."""

    row: Row
    cells: Cells = field(default_factory=dict)
    line: LineId | None = None
    draft: Draft | None = None
    case: Situation | None = None
    change: Change | None = None
    refused: InvalidInput | Conflict | None = None

    def take(self, work: Work, go_on: Callable[[Work, _InHand], None]) -> None:
        """One step on; a row that is wrong goes no further."""
        if self.refused is None:
            try:
                go_on(work, self)
            except (InvalidInput, Conflict) as error:
                self.refused = error


class Check:
    """An import under way: rows in, changes out to the spool, and the report."""

    def __init__(
        self, work: Work, owner: OwnerId, source: BinaryIO, wishes: Wishes, spool: IO[bytes]
    ) -> None:
        self.report = Report(wishes.dry_run)
        self._owner = owner
        self._wishes = wishes
        self._ids = work.ids  # of one series: a file has more rows than a millisecond has luck
        self._spool = spool
        self._there = lines.numbers(work.session, owner)
        self._seen: dict[str, int] = {}
        person = owners.get(work.session, owner)
        self._person = person
        self._preparer = Preparer(work, person, checks_only=wishes.dry_run)
        self._today = local_date(work.now, person.timezone)
        self._sheet = sheets.open_sheet(source, columns.COLUMNS, wishes.encoding, wishes.separator)
        self.report.shape = self._sheet.shape.name if self._sheet.shape else ""

    @property
    def is_wanted(self) -> bool:
        """Whether what was checked is to be written."""
        report = self.report
        all_good = report.refused == 0 or self._wishes.keep_good
        return report.rows > report.refused and all_good and not report.dry_run

    def step(self, work: Work) -> bool:
        """Check some rows, and let what they change wait in the spool; return whether there may be
        more."""
        some = list(itertools.islice(self._sheet.rows, STEP))
        work = replace(work, ids=self._ids)
        rows = [_InHand(self._ours(row)) for row in some]
        for go_on in (self._find, self._read, self._begin, self._open):
            for one in rows:
                one.take(work, go_on)
        self._add(work, [one for one in rows if one.refused is None])
        self._spool.writelines([bulk.pack(one.change) for one in rows if one.change is not None])
        for one in rows:
            self.report.add(self._reported(one))
        return len(some) == STEP

    def close(self) -> None:
        """Let go of the file."""
        self._sheet.close()

    def write(self, work: Work) -> None:
        """Write everything that was found good; where the owner took other hours meanwhile, to be
        looked at by those."""
        self._spool.seek(0)
        bulk.write(work.session, self._owner, self._spool, work.now)
        if owners.get(work.session, self._owner) != self._person:
            lines.wake_all(work.session, self._owner, work.now)

    def _reported(self, one: _InHand) -> RowReport:
        """What a row comes to."""
        row, change = one.row, one.change
        if change is None:
            shown = str(row.cells.get("number", ""))[:40]
            return RowReport(row.number, RowState.REFUSED, shown, faults=self._wrong(one))
        state = RowState.ADDED if change.version is None else RowState.UPDATED
        return RowReport(row.number, state, change.line.number, change.line.id, (), row.left)

    def _wrong(self, one: _InHand) -> tuple[Fault, ...]:
        """What is wrong with a row, under the columns that the file has."""
        if isinstance(one.refused, Conflict):
            return (Fault("number", str(one.refused), "conflict"),)
        names = self._sheet.shape.theirs if self._sheet.shape else {}
        faults = one.refused.faults if one.refused else ()
        return tuple(replace(one, field=names.get(one.name, one.name)) for one in faults)

    def _ours(self, row: Row) -> Row:
        """A row of another program's export in our own columns."""
        shape = self._sheet.shape
        if shape is None:
            return row
        carried = shape.carry(row.cells, self._today)
        self._preparer.name_operator(carried)
        return Row(row.number, carried.cells, (*row.faults, *carried.faults), tuple(carried.left))

    def _find(self, work: Work, one: _InHand) -> None:
        """Whose row it is: that of a line that is there, or of a new one."""
        row = one.row
        unknown = [name for name in row.cells if name not in columns.COLUMNS]
        faults = (*row.faults, *(Fault(step(n[:60]), "There is no such column") for n in unknown))
        if faults:
            raise InvalidInput(*faults)
        one.cells = self._preparer.resolved(row.cells)
        number = self._preparer.number(work, one.cells)
        if number is not None:
            first = self._seen.setdefault(number, row.number)
            if first != row.number:
                raise Conflict(f"The same number stands in row {first}")
        one.line = self._there.get(number or "")
        if one.line is not None and not self._wishes.update:
            raise Conflict("This number is in your list already: ask for update to change it")

    def _read(self, work: Work, one: _InHand) -> None:
        """What it asks for."""
        if one.line is None:
            one.draft = self._preparer.drafted(work, one.cells)
        else:
            one.change = self._preparer.updated(work, one.line, one.cells)

    def _begin(self, work: Work, one: _InHand) -> None:
        if one.draft is not None:
            one.case = self._preparer.begun(work, one.draft)

    def _open(self, work: Work, one: _InHand) -> None:
        if one.draft is not None and one.case is not None:
            one.case = self._preparer.opened(work, one.cells, one.draft, one.case)

    def _add(self, work: Work, rows: Sequence[_InHand]) -> None:
        new = [(one, one.draft.line, one.case) for one in rows if one.draft and one.case]
        entered, cases = [line for _, line, _ in new], [case for _, _, case in new]
        for (one, *_), change in zip(new, self._preparer.added(work, entered, cases), strict=True):
            one.change = change
