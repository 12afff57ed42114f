"""Import: every row is checked first, a few at a time; then all are written in one transaction.

Checking only reads, so that reminders go out meanwhile; what is ready waits in a temporary file,
so that memory stays flat. Killed at any moment, an import has written all or nothing.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import IO, BinaryIO, Protocol, TypeVar

from reminder.domain.ids import OwnerId
from reminder.domain.schedule import local_date
from reminder.errors import Conflict, Fault, InvalidInput, step
from reminder.service.transfer import columns, sheets
from reminder.service.transfer.preparing import Preparer
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
        """Check some rows; return whether there may be more."""
        some = list(itertools.islice(self._sheet.rows, STEP))
        work = replace(work, ids=self._ids)
        for row in some:
            self.report.add(self._checked(work, row))
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

    def _checked(self, work: Work, row: Row) -> RowReport:
        row = self._ours(row)
        shown = str(row.cells.get("number", ""))[:40]
        try:
            change = self._change(work, row)
        except InvalidInput as error:
            return RowReport(row.number, RowState.REFUSED, shown, faults=self._theirs(error))
        except Conflict as error:
            fault = Fault("number", str(error), "conflict")
            return RowReport(row.number, RowState.REFUSED, shown, faults=(fault,))
        self._spool.write(bulk.pack(change))
        state = RowState.ADDED if change.version is None else RowState.UPDATED
        return RowReport(row.number, state, change.line.number, change.line.id, (), row.left)

    def _ours(self, row: Row) -> Row:
        """A row of another program's export in our own columns."""
        shape = self._sheet.shape
        if shape is None:
            return row
        carried = shape.carry(row.cells, self._today)
        self._preparer.name_operator(carried)
        return Row(row.number, carried.cells, (*row.faults, *carried.faults), tuple(carried.left))

    def _theirs(self, error: InvalidInput) -> tuple[Fault, ...]:
        """What is wrong, under the columns that the file has."""
        names = self._sheet.shape.theirs if self._sheet.shape else {}
        return tuple(replace(one, field=names.get(one.name, one.name)) for one in error.faults)

    def _change(self, work: Work, row: Row) -> Change:
        unknown = [name for name in row.cells if name not in columns.COLUMNS]
        faults = (*row.faults, *(Fault(step(n[:60]), "There is no such column") for n in unknown))
        if faults:
            raise InvalidInput(*faults)
        cells = self._preparer.resolved(row.cells)
        number = self._preparer.number(work, cells)
        if number is not None:
            first = self._seen.setdefault(number, row.number)
            if first != row.number:
                raise Conflict(f"The same number stands in row {first}")
        line = self._there.get(number or "")
        if line is None:
            return self._preparer.added(work, cells)
        if not self._wishes.update:
            raise Conflict("This number is in your list already: ask for update to change it")
        return self._preparer.updated(work, line, cells)
